package group

import "slices"

// Kind is what a group is for.
type Kind string

// The kinds of groups.
const (
	Hunt   Kind = "hunt"   // a call rings members until one takes it
	Pickup Kind = "pickup" // members take calls that ring at others
	Park   Kind = "park"   // members park calls and take them back
	Queue  Kind = "queue"  // calls wait for a member who is free
)

// Kinds lists the kinds there are.
var Kinds = []Kind{Hunt, Pickup, Park, Queue}

// How calls go to the members of hunt groups and queues.
const (
	All         = "all"          // they ring together
	Ordered     = "ordered"      // one after the other, always from the first on
	RoundRobin  = "round-robin"  // one after the other, on from the one who was last
	LongestIdle = "longest-idle" // whoever has not talked for longest
)

// strategies lists what a kind of group can have, the usual one first.
var strategies = map[Kind][]string{
	Hunt:  {All, Ordered, RoundRobin, LongestIdle},
	Queue: {LongestIdle, All, Ordered, RoundRobin},
}

// Known tells whether there is such a kind.
func (k Kind) Known() bool { return slices.Contains(Kinds, k) }

// Rings tells whether calls to the group ring its members: only then is there a
// strategy, and members log in and out.
func (k Kind) Rings() bool { return len(strategies[k]) > 0 }

// Strategies lists what the kind can have, the usual one first; none where calls
// do not ring the members.
func (k Kind) Strategies() []string { return slices.Clone(strategies[k]) }

func (k Kind) usual() string {
	if !k.Rings() {
		return ""
	}
	return strategies[k][0]
}
