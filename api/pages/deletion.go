package pages

import "time"

// Ending is what the deletion of a user would do, as its page shows it.
type Ending struct {
	Goes         []Going
	Licence      LicenceChoice
	Groups       []LeftGroup
	Plans        int // that will not be done
	RestoreUntil *time.Time
	EraseAt      *time.Time
}

// Going is something that goes with a deleted user: What is a kind, To where it goes.
type Going struct {
	What, Value, To string
	Until           *time.Time
}

// LeftGroup is a group that a deleted user leaves, and how many are told.
type LeftGroup struct {
	ID, Name string
	Told     int
}

// Comeback is what a restoration would bring back, and what stands in its way.
type Comeback struct {
	Comes     []Going
	Conflicts []Conflict
}

// Conflict is something that a restored user does not get back, and why.
type Conflict struct{ What, Value, Why string }

func (g Going) words(f Frame) string {
	return f.Say("ending.what."+g.What, "Value", g.Value)
}

func (g Going) whereTo(f Frame) string {
	if g.Until != nil {
		return f.Say("ending.to.rests", "Day", g.Until.UTC().Format(time.DateOnly))
	}
	return f.Say("ending.to." + g.To)
}

func (c Conflict) words(f Frame) string {
	return f.Say("ending.what."+c.What, "Value", c.Value) + ": " + c.Why
}
