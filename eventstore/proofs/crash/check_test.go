package crash

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"dialtone/eventstore"
	"dialtone/eventstore/sqlstore"
)

// examine opens a file after its process has gone and compares it with the
// ledger. The complaints say what is wrong with it.
func (l *ledger) examine(ctx context.Context, path string) error {
	if err := l.integrity(ctx, path); err != nil {
		return err
	}
	store, err := sqlstore.Open(ctx, sqlstore.Config{Path: path, Clock: time.Now})
	if err != nil {
		return err
	}
	return errors.Join(l.compare(ctx, store), store.Close())
}

// integrity asks SQLite itself.
func (l *ledger) integrity(ctx context.Context, path string) error {
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		return err
	}
	defer db.Close()
	var result string
	if err := db.QueryRowContext(ctx, `pragma integrity_check`).Scan(&result); err != nil {
		return fmt.Errorf("check the integrity of %s: %w", path, err)
	}
	if result != "ok" {
		l.complain("integrity check: %s", result)
	}
	return nil
}

// compare reads everything, once by position and once stream by stream.
func (l *ledger) compare(ctx context.Context, store eventstore.Store) error {
	var all []eventstore.Recorded
	streams := map[string][]eventstore.Recorded{}
	for event, err := range store.ReadAll(ctx, 0, eventstore.Forwards, 0) {
		if err != nil {
			return err
		}
		all = append(all, event)
		streams[event.Stream] = append(streams[event.Stream], event)
	}
	l.sequence(all)
	for name, want := range streams {
		var got []eventstore.Recorded
		for event, err := range store.Read(ctx, name, 0, eventstore.Forwards, 0) {
			if err != nil {
				return err
			}
			got = append(got, event)
		}
		if !slices.EqualFunc(got, want, same) {
			l.complain("%s has %d events when read alone, %d among all", name, len(got), len(want))
		}
	}
	l.settle(all)
	return nil
}

func same(a, b eventstore.Recorded) bool {
	return a.ID == b.ID && a.Position == b.Position && a.Revision == b.Revision
}

// sequence holds the events against each other: no gap, no id twice.
func (l *ledger) sequence(all []eventstore.Recorded) {
	next := map[string]uint64{}
	seen := map[string]bool{}
	for i, event := range all {
		if want := eventstore.Position(i + 1); event.Position != want {
			l.complain("position %d stands where %d belongs", event.Position, want)
		}
		if event.Revision != next[event.Stream] {
			l.complain("%s has revision %d where %d belongs", event.Stream, event.Revision, next[event.Stream])
		}
		if i > 0 && event.Time.Before(all[i-1].Time) {
			l.complain("position %d was recorded before the one ahead", event.Position)
		}
		if seen[event.ID] {
			l.complain("the event at position %d of %s is there twice", event.Position, event.Stream)
		}
		seen[event.ID] = true
		next[event.Stream]++
	}
}

// settle holds the events against what was tried and what was answered.
func (l *ledger) settle(all []eventstore.Recorded) {
	byID := make(map[string]eventstore.Recorded, len(all))
	for _, event := range all {
		byID[event.ID] = event
	}
	explained := 0
	for _, name := range l.order {
		e := l.entries[name]
		var found []eventstore.Recorded
		for n, proposed := range e.proposed() {
			event, ok := byID[e.id(n)]
			if ok && (event.Stream != e.Stream || string(event.Data) != string(proposed.Data)) {
				l.complain("event %d of %s is in %s, or with other data", n, name, event.Stream)
			}
			if ok {
				found = append(found, event)
			}
		}
		explained += len(found)
		l.judge(e, found)
	}
	if explained != len(all) {
		l.complain("%d events are there, %d were written by somebody", len(all), explained)
	}
}

// judge holds the events of one attempt against its verdict.
func (l *ledger) judge(e *entry, found []eventstore.Recorded) {
	switch {
	case e.verdict == kept && len(found) == 0:
		l.complain("%s was acknowledged at %+v and is lost", e.Name, e.appended)
	case e.verdict == conflict && len(found) > 0:
		l.complain("%s was refused and is there", e.Name)
	case e.verdict == conflict && strings.HasPrefix(e.Stream, alone):
		l.complain("%s met a conflict where nobody else writes", e.Name)
	case len(found) > 0 && len(found) < e.Events:
		l.complain("%s is there in part: %d of %d", e.Name, len(found), e.Events)
	case len(found) > 0:
		l.place(e, found)
	}
}

// place holds the events against the expected revision and the answer.
func (l *ledger) place(e *entry, found []eventstore.Recorded) {
	first, last := found[0], found[len(found)-1]
	for n, event := range found {
		if event.Revision != first.Revision+uint64(n) || event.Position != first.Position+eventstore.Position(n) {
			l.complain("%s is torn: event %d at %d of %s", e.Name, n, event.Revision, e.Stream)
		}
	}
	if e.Expected >= eventstore.NoStream && eventstore.Expected(first.Revision) != e.Expected+1 {
		l.complain("%s expected %d and begins at %d", e.Name, e.Expected, first.Revision)
	}
	if e.Expected == eventstore.StreamExists && first.Revision == 0 {
		l.complain("%s expected a stream and began one", e.Name)
	}
	if at := (eventstore.Appended{Revision: last.Revision, Position: last.Position}); e.verdict == kept && at != e.appended {
		l.complain("%s was acknowledged at %+v and is at %+v", e.Name, e.appended, at)
	}
}
