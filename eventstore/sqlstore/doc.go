// Package sqlstore keeps events, and the data keys of persons, in SQLite
// files: the embedded default. One goroutine writes, many appends share one
// transaction and one fsync; several processes may use the same file.
package sqlstore
