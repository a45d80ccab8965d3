// Package sqlstore keeps events, and the data keys of persons, in SQLite files,
// which is the embedded default, or in PostgreSQL. One goroutine of a process
// writes, many appends share one transaction and one fsync; several processes may
// use the same file or database.
//
// In PostgreSQL an advisory lock, taken when a transaction begins and given back
// by its end, puts the writers of all processes in one row. So positions are
// given in the order of the commits: whoever has seen a position has seen, or
// can read, everything before it. A writer that stands still with the lock in
// its hand for ten seconds is cut off by the server, as is one whose machine does
// not answer for twenty; its appends are of unknown outcome, and the others go
// on. A statement that waits two seconds for a lock is given up and the group
// tried again, for as long as somebody wants its answer or the store is open.
//
// Subscribers are woken by notifications, which need a session of their own: a
// pool in front of the server that shares sessions makes the store look for
// itself instead. The tables are made where they are missing; a role that finds
// them needs to select and insert only (for keys: to update, too, and to own
// their table). What a connection string says of TLS and the like is passed on.
//
// Of several hosts in a connection string one that takes writes is used, unless
// target_session_attrs asks for another kind: a standby may lag, and who reads
// there and then elsewhere would miss events. For the same reason a balancer in
// front of the servers that reads from replicas is not supported.
//
// A writer that finds the log shorter than it has seen it, after a failover to a
// standby that lagged or under an old copy of the file, refuses to write from then
// on: readers would have other events at positions that they have seen. What is
// lost is an operator's to judge; a process that starts anew takes the log as it is.
package sqlstore
