package activities_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"dialtone/activities"
	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/group"
	"dialtone/domain/user"
	"dialtone/eventstore"
)

// roll lists memberships from the groups' own facts.
type roll struct{ *world }

// GroupsToLeave lists the groups of a user.
func (r roll) GroupsToLeave(ctx context.Context, id string, _ eventstore.Position) (groups []string, err error) {
	seen := map[string]bool{}
	for event, err := range r.store.ReadAll(ctx, 0, eventstore.Forwards, 0) {
		if err != nil {
			return nil, err
		}
		name, is := strings.CutPrefix(event.Stream, group.Stream(""))
		if !is || seen[name] {
			continue
		}
		seen[name] = true
		h, err := r.journal.Load(ctx, event.Stream)
		if err != nil {
			return nil, err
		}
		if group.Fold(h.Facts).Place(id) > 0 {
			groups = append(groups, name)
		}
	}
	return groups, nil
}

// colleague orders another user of the same company.
func (p *person) colleague(name, language string, person user.Person) string {
	p.Helper()
	id := domain.DeriveID(p.id, name)
	p.execute(user.Stream(id), func(domain.Cause) domain.Decide {
		return func([]domain.Fact) ([]domain.Event, error) {
			return []domain.Event{user.Created{ID: id, Company: p.company, Language: language, Extension: "9", Personal: &person}}, nil
		}
	})
	return id
}

// groupOf makes a group of the company with members.
func (p *person) groupOf(name string, members ...string) string {
	p.Helper()
	id := domain.DeriveID(p.id, "group", name)
	firm, err := p.journal.Load(p.Context(), company.Stream(p.company))
	p.must(err)
	of := company.Fold(firm.Facts)
	p.execute(group.Stream(id), func(domain.Cause) domain.Decide {
		return group.Create{ID: id, Company: of, Kind: group.Hunt, Name: name}.Decide
	})
	for _, member := range members {
		h, err := p.journal.Load(p.Context(), user.Stream(member))
		p.must(err)
		p.execute(group.Stream(id), func(domain.Cause) domain.Decide {
			return group.Join{Member: user.Fold(h.Facts), Company: of}.Decide
		})
	}
	return id
}

// joinsGroups makes the user a member of two groups, with a colleague in both
// and another in one of them.
func joinsGroups(p *person) {
	ben := p.colleague("ben", "en", user.Person{FirstName: "Ben", Email: "ben@example.com"})
	cleo := p.colleague("cleo", "de", user.Person{FirstName: "Cleo", Email: "cleo@example.com"})
	p.groupOf("Sales", p.id, ben, cleo)
	p.groupOf("Night", ben, p.id)
}

// deletes lets an admin delete the user, and the workflow do what follows.
func (p *person) deletes() {
	p.Helper()
	p.orders++
	cause := domain.Cause{Command: domain.DeriveID("deletes", p.id), Actor: domain.Actor{Kind: domain.ActorAdmin, ID: "boss"}, At: p.now}
	_, err := p.journal.Execute(p.Context(), user.Stream(p.id), cause, user.Delete{Actor: domain.Actor{Kind: domain.ActorOperator}, Policy: p.rules}.Decide)
	p.must(err)
	for duty := p.look(); duty.Task != user.Rest; {
		duty = p.perform(duty, &killing{})
	}
}

func TestWhoIsDeletedLeavesAllGroupsAndTheOthersAreTold(t *testing.T) {
	w := newWorld(t)
	p := w.bear("onenet", "standard")
	ben := p.colleague("ben", "en", user.Person{FirstName: "Ben", Email: "ben@example.com"})
	cleo := p.colleague("cleo", "de", user.Person{FirstName: "Cleo", Email: "cleo@example.com"})
	dora := p.colleague("dora", "en", user.Person{FirstName: "Dora", Mobile: "+491711234569"}) // no address
	sales, night := p.groupOf("Sales", p.id, ben, cleo, dora), p.groupOf("Night", ben, p.id)
	other := p.groupOf("Others", cleo)
	p.deletes()
	for id, want := range map[string][]string{sales: {ben, cleo, dora}, night: {ben}, other: {cleo}} {
		h, err := w.journal.Load(t.Context(), group.Stream(id))
		w.must(err)
		var members []string
		for _, m := range group.Fold(h.Facts).Members {
			members = append(members, m.User)
		}
		if !slices.Equal(members, want) {
			t.Errorf("the members are %v, want %v", members, want)
		}
		last := h.Facts[len(h.Facts)-1]
		if _, left := last.Event.(group.MemberRemoved); id != other && (!left || last.Reason != "user deleted" || last.Actor.ID != "boss" || last.Causation == "") {
			t.Errorf("the fact is %+v", last)
		}
	}
	if state := p.state(); state.Leaving || len(state.Leaves) > 0 {
		t.Errorf("the user is still %+v", state.Leaves)
	}
	for id, c := range map[string]struct{ to, says string }{
		ben: {"ben@example.com", "Ada " + p.LastName + " is no longer a member of"}, cleo: {"cleo@example.com", "gehört nicht mehr zu Sales"},
	} {
		duty, err := w.users.Look(t.Context(), activities.Errand{User: id})
		w.must(err)
		if duty.Task != user.Deliver {
			t.Fatalf("the duty is %+v", duty)
		}
		duty, err = w.users.Deliver(t.Context(), activities.Errand{User: id, Duty: duty})
		w.must(err)
		if duty.Task != user.Rest {
			t.Errorf("then it is %+v", duty)
		}
		messages, err := w.inbox.Messages(t.Context(), c.to)
		w.must(err)
		if len(messages) != 1 || !strings.Contains(messages[0].Text, c.says) {
			t.Errorf("%s was sent %d messages: %+v", c.to, len(messages), messages)
		}
	}
	if duty, err := w.users.Look(t.Context(), activities.Errand{User: dora}); err != nil || duty.Task != user.Rest {
		t.Errorf("who has no address has the duty %+v, %v", duty, err)
	}
	messages, err := w.inbox.Messages(t.Context(), "ben@example.com")
	w.must(err)
	if !strings.Contains(messages[0].Text, "Sales") || !strings.Contains(messages[0].Text, "Night") {
		t.Errorf("one letter tells of both groups: %s", messages[0].Text)
	}
}

func TestAMemberIsToldOnceForEachDeletion(t *testing.T) {
	w := newWorld(t)
	p := w.bear("onenet", "standard")
	ben := p.colleague("ben", "en", user.Person{FirstName: "Ben", Email: "ben@example.com"})
	p.groupOf("Sales", p.id, ben)
	p.deletes()
	again := func() { _, err := w.users.LeaveGroups(t.Context(), activities.Errand{User: p.id}); w.must(err) }
	again()
	again()
	h, err := w.journal.Load(t.Context(), user.Stream(ben))
	w.must(err)
	told := 0
	for _, fact := range h.Facts {
		if m, is := fact.Event.(user.MessageRequested); is && m.Purpose == user.PurposeGroupLeft {
			told++
			if fact.Channel != domain.ChannelNotice {
				t.Errorf("the letter came through %s, which wakes nobody", fact.Channel)
			}
		}
	}
	if told != 1 {
		t.Errorf("told %d times", told)
	}
}

func TestWhatIsNotKnownYetIsWaitedFor(t *testing.T) {
	w := newWorld(t)
	p := w.bear("onenet", "standard")
	ben := p.colleague("ben", "en", user.Person{FirstName: "Ben", Email: "ben@example.com"})
	p.groupOf("Sales", p.id, ben)
	w.users.Memberships = behind{}
	p.does(user.Delete{Actor: domain.Actor{Kind: domain.ActorOperator}, Policy: p.rules}.Decide)
	if _, err := w.users.LeaveGroups(t.Context(), activities.Errand{User: p.id}); domain.KindOf(err) != domain.Unavailable {
		t.Fatalf("late read models: %v", err)
	}
	if !p.state().Leaving {
		t.Error("the groups were lost")
	}
}

// behind are read models that are late.
type behind struct{}

// GroupsToLeave does not know it yet.
func (behind) GroupsToLeave(context.Context, string, eventstore.Position) ([]string, error) {
	return nil, domain.Faultf(domain.Unavailable, "behind", "the read models are behind; try again")
}
