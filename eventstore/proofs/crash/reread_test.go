package crash

import (
	"context"
	"fmt"

	"dialtone/eventstore"
)

// remember keeps the place of every event of an attempt that was acknowledged.
func (c *crew) remember(a attempt, last eventstore.Appended) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for n := range a.Events {
		back := a.Events - 1 - n
		c.answered[a.id(n)] = eventstore.Appended{
			Revision: last.Revision - uint64(back), Position: last.Position - eventstore.Position(back),
		}
	}
}

// reread holds what a store that refuses writes still reads against what it has
// acknowledged. The file was new when this life began.
func (c *crew) reread(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	count := 0
	for event, err := range c.store.ReadAll(ctx, 0, eventstore.Forwards, 0) {
		complaint := ""
		switch place, known := c.answered[event.ID]; {
		case err != nil:
			complaint = "reading fails: " + err.Error()
		case !known && c.Number == 0:
			complaint = fmt.Sprintf("position %d of %s was never acknowledged", event.Position, event.Stream)
		case known && place != eventstore.Appended{Revision: event.Revision, Position: event.Position}:
			complaint = fmt.Sprintf("position %d of %s was acknowledged at %+v", event.Position, event.Stream, place)
		case known:
			count++
		}
		if complaint != "" {
			return send(c.reports, report{Verdict: misread, Fault: complaint})
		}
	}
	if count != len(c.answered) {
		return send(c.reports, report{Verdict: misread, Fault: fmt.Sprintf("%d of %d acknowledged events are read", count, len(c.answered))})
	}
	return nil
}
