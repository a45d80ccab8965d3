package projections_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/domain/group"
	"dialtone/domain/policy"
	"dialtone/domain/user"
	"dialtone/projections"
)

const sales = "33333333-3333-5333-8333-333333333333"

// salesFacts make a hunt group of three.
func salesFacts() []domain.Event {
	return []domain.Event{
		group.Created{ID: sales, Company: acme, Kind: group.Hunt, Name: "Sales", Extension: "70", Strategy: group.All, Claim: user.ExtensionStream(acme, "70")},
		group.MemberAdded{User: userID(1), Place: 1},
		group.MemberAdded{User: userID(2), Place: 2},
		group.MemberAdded{User: userID(3), Place: 1},
		group.MemberLoggedOut{User: userID(2)},
	}
}

func TestAGroupIsListedWithItsMembersAsTheyAreNow(t *testing.T) {
	h := newHouse(t)
	h.run(h.views, h.journal)
	for n := 1; n <= 3; n++ {
		h.tell(user.Stream(userID(n)), plain(userID(n), acme, "Ada", "Number"), user.ExtensionChanged{Extension: "5"}, user.ActivationStarted{Steps: []string{policy.StepLine}})
	}
	h.tell(group.Stream(sales), salesFacts()...)
	h.settled()
	members, err := h.views.GroupMembers(t.Context(), sales)
	if err != nil {
		t.Fatal(err)
	}
	if len(members) != 3 || members[0].User != userID(3) || members[2].Place != 3 || !members[2].LoggedOut || !members[0].Silent || members[0].Why.Step != policy.StepLine {
		t.Fatalf("the members are %+v", members)
	}
	h.tell(user.Stream(userID(3)), user.StepDone{Step: policy.StepLine}, user.Activated{})
	h.tell(user.Stream(userID(1)), user.Suspended{})
	h.settled()
	if members, err = h.views.GroupMembers(t.Context(), sales); err != nil || members[0].Silent || members[1].Why.State != user.OnHold || members[2].Why.State != user.Pending {
		t.Errorf("the members are %+v, %v", members, err)
	}
	row, state, err := h.views.GetGroup(t.Context(), sales)
	if err != nil || row.Members != 3 || row.Revision != 4 || row.Kind != "hunt" || len(state.Members) != 3 {
		t.Errorf("the group is %+v, %v", row, err)
	}
	if _, _, err := h.views.GetGroup(t.Context(), acme); domain.KindOf(err) != domain.Missing {
		t.Errorf("another group: %v", err)
	}
	mine, err := h.views.Memberships(t.Context(), userID(2))
	if err != nil || len(mine) != 1 || mine[0].ID != sales || mine[0].Place != 3 || !mine[0].LoggedOut || mine[0].Name != "Sales" {
		t.Errorf("the memberships are %+v, %v", mine, err)
	}
}

func TestADeletedGroupIsNobodysAnyMore(t *testing.T) {
	h := newHouse(t)
	h.run(h.views, h.journal)
	h.tell(group.Stream(sales), append(salesFacts(), group.MemberRemoved{User: userID(1), Place: 2})...)
	h.settled()
	if n, err := h.views.CountGroups(t.Context(), acme); n != 1 || err != nil {
		t.Errorf("%d groups, %v", n, err)
	}
	if mine, err := h.views.Memberships(t.Context(), userID(1)); err != nil || len(mine) != 0 {
		t.Errorf("who left is a member of %+v, %v", mine, err)
	}
	h.tell(group.Stream(sales), group.Deleted{Claim: user.ExtensionStream(acme, "70")})
	h.settled()
	rows, _, err := h.views.Groups(t.Context(), projections.GroupFilter{Company: acme})
	if err != nil || len(rows) != 0 {
		t.Errorf("listed are %+v, %v", rows, err)
	}
	if ids, err := h.views.GroupsToLeave(t.Context(), userID(2), h.head); err != nil || len(ids) != 0 {
		t.Errorf("to be left are %v, %v", ids, err)
	}
}

func TestGroupsToLeaveAreListedOnceEverythingIsKnown(t *testing.T) {
	h := newHouse(t)
	h.tell(group.Stream(sales), salesFacts()...)
	late, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := h.views.GroupsToLeave(late, userID(1), h.head); domain.KindOf(err) != domain.Unavailable {
		t.Errorf("too early: %v", err)
	}
	h.run(h.views, h.journal)
	h.settled()
	if ids, err := h.views.GroupsToLeave(t.Context(), userID(1), h.head); err != nil || !slices.Equal(ids, []string{sales}) {
		t.Errorf("to be left are %v, %v", ids, err)
	}
}

func TestWhatAGroupGaveUpIsListedUntilItIsFree(t *testing.T) {
	h := newHouse(t)
	h.run(h.views, h.journal)
	seventy := user.ExtensionStream(acme, "70")
	h.tell(seventy, take(group.Stream(sales)))
	h.tell(group.Stream(sales), append(salesFacts(), group.Deleted{Claim: seventy})...)
	h.settled()
	rows, err := h.views.OverdueClaims(t.Context(), later, 10)
	if err != nil || len(rows) != 2 || rows[1].Kind != projections.KindLoose || rows[1].Owner != group.Stream(sales) {
		t.Fatalf("listed are %+v, %v", rows, err)
	}
	h.tell(group.Stream(sales), group.ClaimsReleased{Claims: []string{seventy}})
	h.settled()
	if rows, err = h.views.OverdueClaims(t.Context(), later, 10); err != nil || len(rows) != 1 {
		t.Errorf("listed are %+v, %v", rows, err)
	}
}
