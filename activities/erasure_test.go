package activities_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"dialtone/activities"
	"dialtone/domain"
	"dialtone/domain/group"
	"dialtone/domain/policy"
	"dialtone/domain/user"
	"dialtone/eventstore"
)

// readers note whom they were to forget.
type readers struct{ forgot []string }

// Forget notes it.
func (r *readers) Forget(_ context.Context, subject string) error {
	r.forgot = append(r.forgot, subject)
	return nil
}

type mortalReaders struct {
	activities.Readers
	*mortal
}

// Forget forgets while the process lives.
func (r mortalReaders) Forget(ctx context.Context, subject string) error {
	return r.effect("forget", func() error { return r.Readers.Forget(ctx, subject) })
}

type mortalKeys struct {
	activities.Keys
	*mortal
}

// Destroy destroys while the process lives.
func (k mortalKeys) Destroy(ctx context.Context, subject string, at time.Time) error {
	return k.effect("destroy", func() error { return k.Keys.Destroy(ctx, subject, at) })
}

// isKeptForAWhile is deleted by a company whose policy keeps persons for two days.
func isKeptForAWhile(p *person) {
	rules := p.rules
	rules.Retention = policy.Duration(48 * time.Hour)
	p.does(user.Delete{Actor: domain.Actor{Kind: domain.ActorOperator}, Policy: rules}.Decide)
}

// comesBack is restored, with nothing claimed.
func comesBack(p *person) {
	s := p.state()
	p.does(user.Restore{Actor: domain.Actor{Kind: domain.ActorOperator}, Policy: p.rules, At: p.now, DeletedAt: s.DeletedAt}.Decide)
}

// settles carries duties out until there is nothing left but to wait.
func (p *person) settles() user.Duty {
	p.Helper()
	duty := p.look()
	for n := 0; duty.Task != user.Rest && duty.Task != user.Wait; n++ {
		if n == 50 {
			p.Fatalf("it is still to %s", duty.Task)
		}
		duty = p.perform(duty, &killing{at: nowhere})
	}
	return duty
}

func TestAPersonIsErasedWhenThePolicysTimeIsOver(t *testing.T) {
	w := newWorld(t)
	p := w.bear("onenet", "standard")
	p.settles()
	isKeptForAWhile(p)
	duty := p.settles()
	deleted := p.state()
	if duty.Task != user.Wait || !duty.Due.Equal(deleted.DeletedAt.Add(48*time.Hour)) {
		t.Fatalf("behind the deletion it is to %+v", duty)
	}
	if deleted.Person != p.Person {
		t.Fatal("the person is gone before the time")
	}
	w.now = duty.Due
	if duty = p.settles(); duty.Task != user.Rest {
		t.Fatalf("behind the erasure it is to %+v", duty)
	}
	s := p.state()
	if !s.Forgotten || s.Person != (user.Person{}) {
		t.Errorf("what is left is %+v", s.Person)
	}
	if _, err := w.keys.Subject(t.Context(), user.Stream(p.id)); !errors.Is(err, eventstore.ErrErased) {
		t.Errorf("the key: %v", err)
	}
	if !slices.Contains(w.readers.forgot, user.Stream(p.id)) {
		t.Error("the read models were not asked to forget")
	}
	refused := user.Restore{Policy: p.rules, At: w.now, DeletedAt: s.DeletedAt}.Check(s)
	if fault, ok := errors.AsType[*domain.Fault](refused); !ok || fault.Code != "erased" {
		t.Errorf("a restoration says %v", refused)
	}
}

func TestWhoComesBackIsNotErased(t *testing.T) {
	w := newWorld(t)
	p := w.bear("onenet", "standard")
	p.settles()
	isKeptForAWhile(p)
	p.settles()
	comesBack(p)
	w.now = w.now.Add(72 * time.Hour)
	p.settles()
	if s := p.state(); !s.Exists() || s.Erasing || s.Person != p.Person {
		t.Errorf("the user is %+v", s)
	}
}

func TestARestoredUserHasThePlacesOfBefore(t *testing.T) {
	w := newWorld(t)
	p := w.bear("onenet", "standard")
	p.settles()
	joinsGroups(p)
	before := w.memberships(p)
	if len(before) == 0 {
		t.Fatal("the story has no groups")
	}
	leavesForGood(p)
	p.settles()
	for _, g := range w.memberships(p) {
		t.Errorf("who is deleted is a member of %s", g.Name)
	}
	comesBack(p)
	p.settles()
	after := w.memberships(p)
	if len(after) != len(before) {
		t.Fatalf("a member of %d groups, before of %d", len(after), len(before))
	}
	for n := range after {
		if after[n].ID != before[n].ID || after[n].Place(p.id) != before[n].Place(p.id) {
			t.Errorf("at place %d of %s, before at %d", after[n].Place(p.id), after[n].Name, before[n].Place(p.id))
		}
	}
	if s := p.state(); len(s.Rejoins) > 0 {
		t.Errorf("still to rejoin %v", s.Rejoins)
	}
}

// memberships are the groups a person is a member of, by their ids.
func (w *world) memberships(p *person) (groups []group.State) {
	w.Helper()
	ids, err := roll{w}.GroupsToLeave(w.Context(), p.id, 0)
	w.must(err)
	slices.Sort(ids)
	for _, id := range ids {
		h, err := w.journal.Load(w.Context(), group.Stream(id))
		w.must(err)
		if s := group.Fold(h.Facts); s.Place(p.id) > 0 {
			groups = append(groups, s)
		}
	}
	return groups
}
