package storetest

import (
	"fmt"
	"time"

	"dialtone/eventstore"
)

func timeCases() []Case {
	return []Case{
		on("recorded times never fall and are in UTC", timesRise),
		on("the position at a moment is that of the last event recorded by then", positionAt),
		on("an empty log is at position 0 at any moment", positionAtOfNothing),
	}
}

func timesRise(t *trial) {
	for i := range 20 {
		t.write(fmt.Sprintf("s-%d", i%3), anyv, i)
	}
	var last time.Time
	for _, recorded := range t.all() {
		if recorded.Time.Before(last) || recorded.Time.IsZero() {
			t.Errorf("position %d was recorded at %v, the one ahead at %v", recorded.Position, recorded.Time, last)
		}
		if recorded.Time.Location() != time.UTC {
			t.Errorf("position %d was recorded in %v", recorded.Position, recorded.Time.Location())
		}
		last = recorded.Time
	}
}

func positionAt(t *trial) {
	for i := range 20 {
		t.write(fmt.Sprintf("s-%d", i%3), anyv, i)
		if i%5 == 0 { // so that not all events have one time
			pause := time.NewTimer(2 * time.Millisecond)
			<-pause.C
		}
	}
	all := t.all()
	moments := []time.Time{all[0].Time.Add(-time.Hour), all[len(all)-1].Time.Add(time.Hour)}
	for _, recorded := range all {
		moments = append(moments, recorded.Time.Add(-time.Microsecond), recorded.Time, recorded.Time.Add(time.Microsecond))
	}
	for _, moment := range moments {
		var want eventstore.Position
		for _, recorded := range all {
			if !recorded.Time.After(moment) {
				want = recorded.Position
			}
		}
		if got, err := t.store.PositionAt(t.ctx, moment); err != nil || got != want {
			t.Errorf("the position at %v is %d, %v; want %d", moment, got, err, want)
		}
	}
}

func positionAtOfNothing(t *trial) {
	if got, err := t.store.PositionAt(t.ctx, time.Unix(2_000_000_000, 0)); err != nil || got != 0 {
		t.Errorf("position %d, %v; want 0", got, err)
	}
}
