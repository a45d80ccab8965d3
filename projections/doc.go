// Package projections keeps the read models: rows in a database that follow the
// event store and can be built again from it. One file holds one projection,
// how its facts are applied and what can be asked of it. Beside them lie rows
// that are no projections: sessions, idempotency keys, leases, registrations.
package projections
