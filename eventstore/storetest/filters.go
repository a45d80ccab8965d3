package storetest

import (
	"dialtone/eventstore"
)

func filterCases() []Case {
	return []Case{
		on("a filtered subscription delivers only what matches", followFiltered),
		on("a filtered subscription goes on live", followFilteredLive),
		on("a filtered subscription tells how far it has looked", progressWithoutMatch),
		on("a filtered subscription resumed from what it told misses nothing", resumeFromProgress),
		on("a filtered subscription finds what lies far apart", followFarApart),
	}
}

func followFiltered(t *trial) {
	t.mixed()
	all := t.all()
	for _, c := range []struct {
		prefixes []string
		want     []eventstore.Recorded
	}{
		{[]string{"s"}, of(all, "s", "s-2")},
		{[]string{"s-", "z"}, of(all, "s-2", "z")},
		{[]string{"a", "a"}, of(all, "a")},
		{[]string{"_", "%"}, nil},
	} {
		f := t.follow(0, c.prefixes...)
		t.same("filtered", f.events(len(c.want)), c.want)
		f.caughtUp(all[len(all)-1].Position)
		f.leave()
	}
}

func followFilteredLive(t *trial) {
	f := t.follow(0, "user-")
	defer f.leave()
	f.caughtUp(0)
	for i := range 5 {
		t.write("company-1", anyv, 3*i)
		t.write("user-1", anyv, 3*i+1)
		t.write("user", anyv, 3*i+2)
		t.numbered(f.events(1), 3*i+1)
	}
}

// progressed waits until a position has been told, without an event.
func (f *follower) progressed(position eventstore.Position) {
	f.t.Helper()
	for f.last < position {
		if message := f.next(); message.Kind == eventstore.EventAppeared {
			f.t.Fatalf("event %d of %s does not match", message.Event.Revision, message.Event.Stream)
		}
	}
}

func progressWithoutMatch(t *trial) {
	history := t.write("company-1", none, numbers(0, 50)...)
	f := t.follow(0, "user-")
	defer f.leave()
	f.progressed(history.Position)
	live := t.write("company-1", anyv, numbers(50, 50)...)
	f.progressed(live.Position)
}

func resumeFromProgress(t *trial) {
	t.write("user-1", none, 0)
	last := t.write("company-1", none, 1, 2)
	f := t.follow(0, "user-")
	t.numbered(f.events(1), 0)
	f.progressed(last.Position)
	told := f.last
	f.leave()
	if told > last.Position {
		t.Errorf("position %d was told, %d is the last", told, last.Position)
	}
	t.write("user-1", eventstore.Exactly(0), 3)
	t.write("company-1", anyv, 4)
	t.write("user-2", none, 5)
	f = t.follow(told, "user-")
	defer f.leave()
	t.numbered(f.events(2), 3, 5)
}

func followFarApart(t *trial) {
	t.write("rare", none, 9000)
	t.long("s")
	t.write("rare", eventstore.Exactly(0), 9001)
	f := t.follow(0, "rare")
	defer f.leave()
	t.numbered(f.events(2), 9000, 9001)
	t.long("s-2")
	t.write("rare", eventstore.Exactly(1), 9002)
	t.numbered(f.events(1), 9002)
}
