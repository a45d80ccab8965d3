package user_test

import (
	"reflect"
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/domain/policy"
	"dialtone/domain/user"
)

func TestADeletedUserComesBack(t *testing.T) {
	restore := user.Restore{Actor: operator, Policy: presets["unifyoffice"], At: after(1), DeletedAt: noon, Licence: "office", Claims: claims()}
	freed := func(given []domain.Event) []domain.Event {
		return then(given, user.Deleted{}, user.ClaimsReleased{Claims: claims().List()})
	}
	back := func(as user.Lifecycle) []domain.Event {
		return []domain.Event{user.Restored{As: as, Number: "+4930120049", Extension: "0049", Licence: "office", Claims: claims()}}
	}
	byAdmin := restore
	byAdmin.Actor, byAdmin.Policy = admin, presets["onenet"]
	bounded := restore
	bounded.Policy.RestoreWithin = policy.Duration(30 * time.Minute)
	other := restore
	other.DeletedAt = after(-1)
	play(t, []scenario{
		{"as active as before", freed(confirmed), restore.Decide, back(user.Active), ""},
		{"as pending as before", freed(mailed), restore.Decide, back(user.Pending), ""},
		{"as failed as before", freed(expired), restore.Decide, back(user.Failed), ""},
		{"not before everything was given back", deleted, restore.Decide, nil, "being-released"},
		{"who is not deleted needs nothing", confirmed, restore.Decide, nil, ""},
		{"twice is nothing", then(freed(confirmed), back(user.Active)...), restore.Decide, nil, ""},
		{"nobody can't be restored", nil, restore.Decide, nil, "no-user"},
		{"an admin restores an active user", freed(confirmed), byAdmin.Decide, back(user.Active), ""},
		{"but nobody who was not yet", freed(mailed), byAdmin.Decide, nil, "not-active"},
		{"not when the policy's time is over", freed(confirmed), bounded.Decide, nil, "restore-too-late"},
		{"not when it was deleted once more", freed(confirmed), other.Decide, nil, "busy"},
	})
}

func TestWhoIsForgottenDoesNotComeBack(t *testing.T) {
	history := facts(then(confirmed, user.Deleted{}, user.ClaimsReleased{Claims: claims().List()})...)
	history[0].Erased = true
	_, err := user.Restore{Actor: operator, At: after(1), DeletedAt: noon, Claims: claims()}.Decide(history)
	if code(err) != "erased" {
		t.Errorf("the fault is %v", err)
	}
}

func TestWhatWasGivenUpMeanwhileIsNotBelievedIn(t *testing.T) {
	history := facts(then(confirmed, user.Deleted{}, user.ClaimsReleased{Claims: claims().List()}, user.ClaimAbandoned{Claim: claims().Number})...)
	history[len(history)-1].At = after(2)
	for hours, want := range map[float64]string{1: "claims-expired", 3: ""} {
		_, err := user.Restore{Actor: operator, At: after(hours), DeletedAt: noon, Claims: claims()}.Decide(history)
		if code(err) != want {
			t.Errorf("asked after %v h: %v, want %q", hours, err, want)
		}
	}
}

func TestARestoredUserIsWhatItWas(t *testing.T) {
	before := user.Fold(facts(then(onHold, user.DeviceLoginIssued{Username: "u1"}, scheduled(user.ToResume, day))...))
	given := then(onHold, user.DeviceLoginIssued{Username: "u1"}, scheduled(user.ToResume, day), user.Deleted{}, user.ClaimsReleased{Claims: claims().List()})
	history := facts(then(given, user.Restored{As: user.Active, Number: "+4930120049", Extension: "0049", Licence: "office", Claims: claims()})...)
	history[len(history)-1].At = after(5)
	s := user.Fold(history)
	if !s.Exists() || s.Shown() != user.OnHold || s.Number != before.Number || s.Claims != before.Claims || !reflect.DeepEqual(s.Person, before.Person) {
		t.Errorf("restored to %+v", s)
	}
	if s.Login.Username != "" || len(s.Scheduled) != 0 || !s.Credential.Since.Equal(after(5)) {
		t.Error("an old login, plan or session is still good")
	}
	if s.Credential.Sum != before.Credential.Sum {
		t.Error("the password does not count any more")
	}
}
