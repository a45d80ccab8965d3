package linear

import (
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/anishathalye/porcupine"

	"dialtone/eventstore"
)

// history is what clients did and saw.
type history struct {
	began      time.Time
	mu         sync.Mutex
	operations []porcupine.Operation
}

func newHistory() *history { return &history{began: time.Now()} }

func (h *history) now() int64 { return int64(time.Since(h.began)) }

// add takes in an operation that has ended just now.
func (h *history) add(client int, called int64, in input, out output) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.operations = append(h.operations, porcupine.Operation{
		ClientId: client, Call: called, Return: h.now(), Input: in, Output: out,
	})
}

// settled gives the operations for a check, when all has been read. What was
// never read again after an unknown outcome has not happened: events don't
// vanish. The rest of unknown outcome ends with the history.
func (h *history) settled(all []eventstore.Recorded) []porcupine.Operation {
	there := map[string]bool{}
	for _, event := range all {
		there[event.ID] = true
	}
	var list []porcupine.Operation
	for _, operation := range h.operations {
		in, out := operation.Input.(input), operation.Output.(output)
		if out.unknown {
			if in.isRead() || !there[in.ids[0]] {
				continue
			}
			operation.Return = math.MaxInt64
		}
		list = append(list, operation)
	}
	return list
}

// finalReads makes a read of each stream that ends the history.
func (h *history) finalReads(all []eventstore.Recorded) {
	streams := map[string][]string{}
	for _, event := range all {
		streams[event.Stream] = append(streams[event.Stream], event.ID)
	}
	called := h.now()
	for stream, ids := range streams {
		h.add(-1, called, input{stream: stream}, output{ids: ids, revision: eventstore.Expected(len(ids) - 1)})
	}
}

// misplaced holds the positions of the answers against those of the events.
func (h *history) misplaced(all []eventstore.Recorded) []string {
	at := map[string]eventstore.Position{}
	var complaints []string
	for i, event := range all {
		at[event.ID] = event.Position
		if i > 0 && event.Position <= all[i-1].Position {
			complaints = append(complaints, fmt.Sprintf("position %d comes behind %d", event.Position, all[i-1].Position))
		}
	}
	for _, operation := range h.operations {
		in, out := operation.Input.(input), operation.Output.(output)
		if in.isRead() || out.unknown || out.conflict {
			continue
		}
		if place := at[in.ids[len(in.ids)-1]]; place != out.position {
			complaints = append(complaints, fmt.Sprintf("an append to %s was answered with position %d and is at %d", in.stream, out.position, place))
		}
	}
	return complaints
}

// undelivered holds what a subscription delivered against all that is there.
func undelivered(delivered, all []eventstore.Recorded) []string {
	equal := func(a, b eventstore.Recorded) bool {
		return a.ID == b.ID && a.Position == b.Position && a.Stream == b.Stream && a.Revision == b.Revision
	}
	if slices.EqualFunc(delivered, all, equal) {
		return nil
	}
	for i := range min(len(delivered), len(all)) {
		if !equal(delivered[i], all[i]) {
			return []string{fmt.Sprintf("message %d has position %d, %d is there", i, delivered[i].Position, all[i].Position)}
		}
	}
	return []string{fmt.Sprintf("%d events were delivered, %d are there", len(delivered), len(all))}
}
