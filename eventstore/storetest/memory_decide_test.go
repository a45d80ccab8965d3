package storetest_test

import (
	"context"
	"iter"
	"slices"

	"dialtone/eventstore"
)

// decide tells whether events are new to a stream, or else where they are.
func (m *memory) decide(
	stream string, there []eventstore.Recorded, expected eventstore.Expected, events []eventstore.Proposed,
) (eventstore.Appended, bool, error) {
	last := eventstore.Expected(len(there) - 1)
	conflict := &eventstore.ConflictError{Stream: stream, Expected: expected, Actual: last}
	deleted := m.deleted(stream) && m.bug != "deletion ignored"
	if m.gone(stream) || deleted && expected == eventstore.StreamExists && m.bug != "deleted stream exists" {
		return eventstore.Appended{}, false, &eventstore.DeletedError{Stream: stream}
	}
	switch {
	case m.bug == "wrong actual revision":
		conflict.Actual++
	case m.bug == "conflict half written" && len(events) > 1 && expected > last:
		m.write(stream, there, events[:1])
	}
	switch {
	case deleted && expected == eventstore.NoStream && m.bug != "deleted stream is there" &&
		(m.bug == "nothing repeated in a deleted stream" || len(events) == 0 || last < 0 || there[0].ID != events[0].ID):
		return answer(there), len(events) > 0, nil
	case expected == eventstore.StreamExists && last < 0 && !m.described(stream) && m.bug != "missing stream exists":
		return eventstore.Appended{}, false, conflict
	case expected == eventstore.Any, expected == eventstore.StreamExists:
		return m.anywhere(there, events, conflict)
	case expected > last && m.bug != "future revision accepted":
		return eventstore.Appended{}, false, conflict
	case expected < last:
		return m.behind(there, int(expected)+1, events, conflict)
	case len(events) == 0:
		return answer(there), false, nil
	}
	return eventstore.Appended{}, true, nil
}

func (m *memory) anywhere(there []eventstore.Recorded, events []eventstore.Proposed, conflict error) (eventstore.Appended, bool, error) {
	if len(events) == 0 {
		return answer(there), false, nil
	}
	if m.bug == "any is always new" {
		return eventstore.Appended{}, true, nil
	}
	found := eventstore.Appended{}
	for i, event := range events {
		at := slices.IndexFunc(there, func(one eventstore.Recorded) bool { return one.ID == event.ID })
		switch {
		case at < 0 && i == 0:
			return eventstore.Appended{}, true, nil
		case at < 0 && m.bug == "only the first id counts":
			return found, false, nil
		case at < 0:
			return eventstore.Appended{}, false, conflict
		}
		found = answer(there[:at+1])
	}
	return found, false, nil
}

func (m *memory) behind(there []eventstore.Recorded, from int, events []eventstore.Proposed, conflict error) (eventstore.Appended, bool, error) {
	if m.bug == "stale revision accepted" {
		return eventstore.Appended{}, true, nil
	}
	if len(events) == 0 && m.bug != "nothing is always right" || from+len(events) > len(there) || m.bug == "repetition refused" {
		return eventstore.Appended{}, false, conflict
	}
	for i, event := range events {
		if there[from+i].ID != event.ID {
			return eventstore.Appended{}, false, conflict
		}
	}
	if m.bug == "repetition answered with the head" {
		return answer(there), false, nil
	}
	return answer(there[:from+len(events)]), false, nil
}

func (m *memory) Subscribe(ctx context.Context, after eventstore.Position, prefixes ...string) iter.Seq2[eventstore.Message, error] {
	return func(yield func(eventstore.Message, error) bool) {
		if m.bug == "begins at its position" && after > 0 {
			after--
		}
		for live := false; ; live = true {
			m.mu.Lock()
			news, changed, closed := m.behindPosition(after), m.changed, m.closed
			m.mu.Unlock()
			if closed && m.bug != "subscriptions survive closing" {
				yield(eventstore.Message{}, errClosed)
				return
			}
			for _, message := range m.messages(news, after, prefixes, live) {
				after = max(after, message.Position)
				if !yield(message, nil) {
					return
				}
			}
			select {
			case <-changed:
			case <-ctx.Done():
				yield(eventstore.Message{}, ctx.Err())
				return
			}
		}
	}
}

func (m *memory) behindPosition(after eventstore.Position) []eventstore.Recorded {
	var news []eventstore.Recorded
	for _, recorded := range m.log {
		if recorded.Position > after {
			news = append(news, recorded)
		}
	}
	return news
}

func (m *memory) messages(news []eventstore.Recorded, after eventstore.Position, prefixes []string, live bool) []eventstore.Message {
	var messages []eventstore.Message
	for i, recorded := range news {
		after = recorded.Position
		matches := m.matches(recorded.Stream, prefixes)
		switch {
		case live && i == 1 && m.bug == "skipped position", live && m.bug == "filter ignored when live" && !matches:
			matches = !matches
		case !live && m.bug == "history skipped":
			matches = false
		}
		if !matches {
			continue
		}
		message := eventstore.Message{Kind: eventstore.EventAppeared, Event: recorded, Position: recorded.Position}
		messages = append(messages, message)
		if live && m.bug == "live events twice" {
			messages = append(messages, message)
		}
	}
	switch m.bug {
	case "never caught up":
		return messages
	case "position told too far":
		after += 25
	case "no progress told":
		if len(messages) == 0 {
			return nil
		}
	}
	return append(messages, eventstore.Message{Kind: eventstore.CaughtUp, Position: after})
}
