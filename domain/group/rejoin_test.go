package group_test

import (
	"testing"

	"dialtone/domain"
	"dialtone/domain/group"
)

func TestWhoIsRestoredIsAMemberAgainWhereThatIsPossible(t *testing.T) {
	made := group.Created{ID: "sales", Company: "acme", Kind: group.Hunt, Name: "Sales"}
	joins := func(user string, place int) group.MemberAdded { return group.MemberAdded{User: user, Place: place} }
	left := group.MemberRemoved{User: "ada", Place: 1}
	out := group.MemberRemoved{User: "ada", Place: 1, LoggedOut: true}
	for name, c := range map[string]struct {
		history []domain.Event
		reason  string // of the last fact
		place   int    // behind the command
		logged  bool
		misses  string
		refuses string
	}{
		"at the former place":         {[]domain.Event{made, joins("ada", 1), joins("ben", 2), left}, "deleted", 1, true, "", ""},
		"logged out as before":        {[]domain.Event{made, joins("ada", 1), joins("ben", 2), out}, "deleted", 1, false, "", ""},
		"behind the last where fewer": {[]domain.Event{made, group.MemberRemoved{User: "ada", Place: 4}}, "deleted", 1, true, "", ""},
		"not who had left before":     {[]domain.Event{made, joins("ada", 1), left}, "asked", 0, false, "left-before", ""},
		"not who never was one":       {[]domain.Event{made, joins("ben", 1)}, "deleted", 0, false, "left-before", ""},
		"not of a group that is gone": {[]domain.Event{made, joins("ada", 1), left, group.Deleted{}}, "deleted", 0, false, "group-deleted", "group-deleted"},
		"not of one that is full":     {[]domain.Event{made, joins("ada", 1), joins("ben", 2), joins("cleo", 3), left, joins("dora", 1)}, "deleted", 0, false, "group-full", "group-full"},
		"and nothing for a member":    {[]domain.Event{made, joins("ada", 1)}, "deleted", 1, true, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			var history []domain.Fact
			for _, event := range c.history {
				fact := domain.Fact{Event: event}
				if _, is := event.(group.MemberRemoved); is {
					fact.Reason = c.reason
				}
				history = append(history, fact)
			}
			in := group.Rejoin{User: "ada", Reason: "deleted", Most: 3}
			if s := group.Fold(history); s.Place("ada") == 0 && in.Misses(s) != "left-before" && in.Misses(s) != c.misses {
				t.Errorf("before, what speaks against it is %q", in.Misses(s))
			}
			if why := in.Refuses(group.Fold(history)); why != c.refuses {
				t.Errorf("told ahead is %q, want %q", why, c.refuses)
			}
			events, err := in.Decide(history)
			if err != nil {
				t.Fatal(err)
			}
			for _, event := range events {
				history = append(history, domain.Fact{Event: event})
			}
			s := group.Fold(history)
			m, _ := s.Member("ada")
			if s.Place("ada") != c.place || in.Misses(s) != c.misses || c.place > 0 && m.LoggedOut == c.logged {
				t.Errorf("at place %d (logged out: %t), misses %q", s.Place("ada"), m.LoggedOut, in.Misses(s))
			}
			if again, err := in.Decide(history); err != nil || len(again) > 0 && c.place > 0 {
				t.Errorf("again it decides %v, %v", again, err)
			}
		})
	}
}
