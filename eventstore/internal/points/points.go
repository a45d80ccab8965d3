// Package points names places in a store's code at which a proof may end the
// process. In production nobody listens, and passing a point costs one load.
package points

import "sync/atomic"

// Point is a place in a store's code.
type Point string

// The places on the way of a store from its opening to its end, in the order in
// which they are passed.
const (
	Opening   Point = "opening"   // the file is there, its tables need not be
	Migrating Point = "migrating" // the tables are made, but not committed
	Opened    Point = "opened"    // nothing is served yet
	Gathered  Point = "gathered"  // a group of appends waits for its transaction
	Begun     Point = "begun"     // the transaction holds the lock
	Inserted  Point = "inserted"  // one more event is in the transaction
	Decided   Point = "decided"   // all of the group is, but not committed
	Committed Point = "committed" // all of it is kept, nobody knows
	Answering Point = "answering" // one more append is about to be answered
	Fetching  Point = "fetching"  // a reader has its page, the query is open
	Draining  Point = "draining"  // the store closes, appends may be waiting
	Stopped   Point = "stopped"   // nothing is under way, the file is still open
)

// All lists every point.
func All() []Point {
	return []Point{
		Opening, Migrating, Opened, Gathered, Begun, Inserted, Decided, Committed, Answering, Fetching, Draining, Stopped,
	}
}

var listener atomic.Pointer[func(Point)]

// Listen has a function called at every point from now on, by the goroutine that
// passes it.
func Listen(passed func(Point)) { listener.Store(&passed) }

// At is called where the point is.
func At(point Point) {
	if passed := listener.Load(); passed != nil {
		(*passed)(point)
	}
}
