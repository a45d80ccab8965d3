package user_test

import (
	"testing"

	"dialtone/domain"
	"dialtone/domain/user"
)

func TestSuspensionAndDeletion(t *testing.T) {
	suspended, resumed := []domain.Event{user.Suspended{}}, []domain.Event{user.Resumed{}}
	remove := user.Delete{Actor: operator, Policy: presets["unifyoffice"]}.Decide
	play(t, []scenario{
		{"an active user is suspended", confirmed, user.Suspend{}.Decide, suspended, ""},
		{"a pending user is suspended", mailed, user.Suspend{}.Decide, suspended, ""},
		{"suspending twice is nothing", onHold, user.Suspend{}.Decide, nil, ""},
		{"nobody can't be suspended", nil, user.Suspend{}.Decide, nil, "no-user"},
		{"who is deleted can't be suspended", deleted, user.Suspend{}.Decide, nil, "no-user"},
		{"a suspended user is resumed", onHold, user.Resume{}.Decide, resumed, ""},
		{"resuming twice is nothing", then(onHold, resumed...), user.Resume{}.Decide, nil, ""},
		{"resuming who was never suspended is nothing", confirmed, user.Resume{}.Decide, nil, ""},
		{"nobody can't be resumed", nil, user.Resume{}.Decide, nil, "no-user"},
		{"who is deleted can't be resumed", then(onHold, user.Deleted{}), user.Resume{}.Decide, nil, "no-user"},
		{"a user is deleted", confirmed, remove, []domain.Event{user.Deleted{Goes: goes()}}, ""},
		{"a suspended user is deleted", onHold, remove, []domain.Event{user.Deleted{Goes: goes()}}, ""},
		{"deleting twice is nothing", deleted, remove, nil, ""},
		{"nobody can't be deleted", nil, remove, nil, "no-user"},
	})
}

func TestWhatAUserIsShownAs(t *testing.T) {
	for _, c := range []struct {
		name  string
		given []domain.Event
		shown user.Lifecycle
		there bool
	}{
		{"nobody", nil, user.NotOrdered, false},
		{"an abandoned order", []domain.Event{user.ClaimAbandoned{Claim: "x"}}, user.NotOrdered, false},
		{"an ordered user", ordered, user.Pending, true},
		{"a started user", started, user.Pending, true},
		{"a user whose link expired", expired, user.Failed, true},
		{"a user whom the network refused", netFailed, user.Failed, true},
		{"an active user", confirmed, user.Active, true},
		{"a suspended user", onHold, user.OnHold, true},
		{"a suspended user who had failed", then(expired, user.Suspended{}), user.OnHold, true},
		{"a resumed user who had failed", then(expired, user.Suspended{}, user.Resumed{}), user.Failed, true},
		{"a deleted user", deleted, user.Gone, false},
		{"a user deleted while suspended", then(onHold, user.Deleted{}), user.Gone, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if s := user.Fold(facts(c.given...)); s.Shown() != c.shown || s.Exists() != c.there {
				t.Errorf("shown as %q, exists %v; want %q, %v", s.Shown(), s.Exists(), c.shown, c.there)
			}
		})
	}
}

func TestDeviceLogins(t *testing.T) {
	hashes := user.HA1("u1", "dialtone.local", "secret")
	issue := user.IssueDeviceLogin{Username: "u1", Realm: "dialtone.local", HA1: hashes}.Decide
	issued := []domain.Event{user.DeviceLoginIssued{Username: "u1", Realm: "dialtone.local", Personal: &user.DeviceLogin{HA1: hashes}}}
	noLine := []domain.Event{user.Created{ID: adaID, Company: "acme", Personal: &ada}}
	play(t, []scenario{
		{"a phone gets a login", confirmed, issue, issued, ""},
		{"a pending user may call out and so may log in", started, issue, issued, ""},
		{"another command gives another login", then(confirmed, issued...), issue, issued, ""},
		{"without a line there is nothing to log in to", noLine, issue, nil, "no-line"},
		{"nobody gets no login", nil, issue, nil, "no-user"},
		{"who is deleted gets no login", deleted, issue, nil, "no-user"},
	})
	next := user.DeviceLoginIssued{Username: "u2", Realm: "dialtone.local"}
	if s := user.Fold(facts(then(then(confirmed, issued...), next)...)); s.Login.Username != "u2" || s.Login.Personal != nil {
		t.Errorf("the login before still counts: %+v", s.Login)
	}
}

func TestClaimsAreGivenUpOnlyWhereNoFactNamesThem(t *testing.T) {
	lost := user.ClaimAbandoned{Claim: "extension-acme-0050"} // noted at noon
	give := func(claim string, hours float64) domain.Decide {
		return user.AbandonClaim{Claim: claim, Deadline: after(hours)}.Decide
	}
	play(t, []scenario{
		{"a claim without owner is given up", nil, give(lost.Claim, -1), []domain.Event{lost}, ""},
		{"a claim of a change that never came is given up", confirmed, give(lost.Claim, -1), []domain.Event{lost}, ""},
		{"giving up twice is nothing", then(confirmed, lost), give(lost.Claim, -1), nil, ""},
		{"a later taking is given up too", then(confirmed, lost), give(lost.Claim, 1), []domain.Event{lost}, ""},
		{"what the user names is kept", ordered, give(claims().Extension, -1), nil, "claim-held"},
		{"the seat too", ordered, give(claims().Seat, -1), nil, "claim-held"},
		{"what a deleted user had is not held", deleted, give(claims().Seat, -1), []domain.Event{user.ClaimAbandoned{Claim: claims().Seat}}, ""},
	})
}

func TestReleasedClaimsAreNotedOnce(t *testing.T) {
	all := claims().List()
	note := user.NoteReleased{Claims: all}.Decide
	moved := then(confirmed, user.NumberChanged{Number: "+4930120050", Previous: "+4930120049"})
	play(t, []scenario{
		{"all claims of a deleted user are noted", deleted, note, []domain.Event{user.ClaimsReleased{Claims: all}}, ""},
		{"noting twice is nothing", then(deleted, user.ClaimsReleased{Claims: all}), note, nil, ""},
		{"only those that were waiting", moved, note, []domain.Event{user.ClaimsReleased{Claims: []string{"number-+4930120049"}}}, ""},
		{"nothing was waiting", confirmed, note, nil, ""},
		{"the rest", then(deleted, user.ClaimsReleased{Claims: all[:1]}), note, []domain.Event{user.ClaimsReleased{Claims: all[1:]}}, ""},
	})
}
