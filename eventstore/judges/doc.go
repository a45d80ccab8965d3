// Package judges lets EventStoreDB's own clients for Node judge eventstore/server.
// The judgements are JavaScript, run by Node's test runner against a server that
// is a process of its own; the Go test reports each of them as one of its
// subtests. The packages are for tests only and pinned by package-lock.json.
package judges
