package user_test

import (
	"testing"

	"dialtone/domain"
	"dialtone/domain/user"
)

// change is a change of Ada by the operator of unifyoffice at noon, an hour
// before anything could be given up.
func change(what func(*user.Change)) domain.Decide {
	in := user.Change{Company: firm("unifyoffice"), Actor: operator, At: noon}
	what(&in)
	return in.Decide
}

func TestAUserIsChanged(t *testing.T) {
	other := domain.E164("+4930120050")
	none := domain.E164("")
	rename := change(func(in *user.Change) { in.Person.LastName, in.Site = new("King"), new("") })
	renamed := user.DetailsChanged{Site: new(""), Personal: &user.PersonChanges{LastName: new("King")}}
	move := change(func(in *user.Change) {
		in.Number, in.Extension, in.ExtensionReason = &other, new("0050"), "last digits of the number"
	})
	moved := []domain.Event{
		user.NumberChanged{Number: other, Previous: "+4930120049"},
		user.ExtensionChanged{Extension: "0050", Previous: "0049", Reason: "last digits of the number"},
	}
	mail := change(func(in *user.Change) {
		in.Person.Email, in.EmailClaim = new("king@example.com"), user.EmailStream("king")
	})
	mailChanged := []domain.Event{
		user.DetailsChanged{Personal: &user.PersonChanges{Email: new("king@example.com")}}, user.EmailClaimed{Claim: user.EmailStream("king")},
	}
	louder := change(func(in *user.Change) { in.Person.Email, in.EmailClaim = new("ADA@example.com"), claims().Email })
	play(t, []scenario{
		{"only what differs is written", ordered, rename, []domain.Event{renamed}, ""},
		{"changing twice is nothing", then(ordered, renamed), rename, nil, ""},
		{"changing nothing is nothing", ordered, change(func(*user.Change) {}), nil, ""},
		{"number and extension move, and the user is told what to log in with", confirmed, move, then(moved, notice(user.PurposeNumberChanged, user.Mail, confirmed)), ""},
		{"which a user is not who has no login yet", netActive, move, moved, ""},
		{"moving twice is nothing", then(confirmed, moved...), move, nil, ""},
		{"a new address comes with its claim", ordered, mail, mailChanged, ""},
		{"a new address twice is nothing", then(ordered, mailChanged...), mail, nil, ""},
		{
			"another writing of the address keeps the claim", ordered, louder,
			[]domain.Event{user.DetailsChanged{Personal: &user.PersonChanges{Email: new("ADA@example.com")}}},
			"",
		},
		{
			"the same address keeps its claim, named or not",
			ordered, change(func(in *user.Change) { in.Person.Email = new(ada.Email) }), nil, "",
		},
		{
			"the line can be taken away",
			confirmed, change(func(in *user.Change) { in.Number, in.Extension = &none, new("") }),
			[]domain.Event{user.NumberChanged{Previous: "+4930120049"}, user.ExtensionChanged{Previous: "0049"}, notice(user.PurposeNumberChanged, user.Mail, confirmed)},
			"",
		},
		{"nobody can't be changed", nil, rename, nil, "no-user"},
		{"who is deleted can't be changed", deleted, rename, nil, "no-user"},
	})
}

func TestAWrongChangeNamesEveryField(t *testing.T) {
	foreign, wrong := domain.E164("+4930130000"), domain.E164("030")
	play(t, []scenario{
		{"an address can't be removed", ordered, change(func(in *user.Change) { in.Person.Email = new("") }), nil, "invalid-input, /email missing"},
		{
			"nor names", ordered, change(func(in *user.Change) { in.Person.FirstName, in.Person.LastName = new(""), new(" ") }), nil,
			"invalid-input, /firstName missing, /lastName missing",
		},
		{"nor the language", ordered, change(func(in *user.Change) { in.Language = new("") }), nil, "invalid-input, /language missing"},
		{"a foreign number", ordered, change(func(in *user.Change) { in.Number = &foreign }), nil, "invalid-input, /number foreign"},
		{"no number", ordered, change(func(in *user.Change) { in.Number = &wrong }), nil, "invalid-input, /number e164"},
		{"a short extension", ordered, change(func(in *user.Change) { in.Extension = new("1") }), nil, "invalid-input, /extension form"},
		{
			"an unknown place", ordered,
			change(func(in *user.Change) { in.Language, in.Site, in.Device = new("fr"), new("paris"), new("?") }), nil,
			"invalid-input, /site unknown, /device/kind form, /language unknown",
		},
	})
}

// Rule 1.7 with X9: company admins wait for the activation, the back-office
// can always repair.
func TestWhoMayTouchAUserWhoIsNotActive(t *testing.T) {
	by := func(rules string, actor domain.Actor) (change, remove domain.Decide) {
		acme := firm(rules)
		return user.Change{Company: acme, Actor: actor, At: noon, Site: new("")}.Decide, user.Delete{Actor: actor, Policy: acme.Policy}.Decide
	}
	moved, gone := []domain.Event{user.DetailsChanged{Site: new("")}}, []domain.Event{user.Deleted{Goes: goes()}}
	change, remove := by("onenet", admin)
	play(t, []scenario{
		{"a company admin can't change a pending user", netStarted, change, nil, "not-active"},
		{"a company admin can't delete a pending user", netStarted, remove, nil, "not-active"},
		{"a company admin can't change a failed user", netFailed, change, nil, "not-active"},
		{"a company admin can't delete a failed user", netFailed, remove, nil, "not-active"},
		{"a company admin changes an active user", netActive, change, moved, ""},
		{"a company admin deletes an active user", netActive, remove, gone, ""},
		{"a company admin deletes a suspended user who was active", then(netActive, user.Suspended{}), remove, gone, ""},
	})
	change, remove = by("onenet", operator)
	play(t, []scenario{
		{"the back-office changes a pending user", netStarted, change, moved, ""},
		{"the back-office deletes a pending user", netStarted, remove, gone, ""},
		{"the back-office changes a failed user", netFailed, change, moved, ""},
		{"the back-office deletes a failed user", netFailed, remove, gone, ""},
	})
	change, remove = by("unifyoffice", admin)
	play(t, []scenario{
		{"unifyoffice's admins change pending users", mailed, change, moved, ""},
		{"unifyoffice's admins delete failed users", expired, remove, gone, ""},
	})
}

// Suspending, resuming and making admins are changes, too, also on a date.
func TestOnlyTheBackOfficeSuspendsOrMakesAdminsOfWhoIsNotActive(t *testing.T) {
	cause := domain.Cause{Command: "plan", At: noon}
	for name, by := range map[string]struct {
		rules string
		actor domain.Actor
		code  string // where the user is not active
	}{
		"an admin of onenet": {"onenet", admin, "not-active"}, "onenet's back-office": {"onenet", operator, ""},
		"an admin of unifyoffice": {"unifyoffice", admin, ""},
	} {
		t.Run(name, func(t *testing.T) {
			suspend := user.Suspend{Actor: by.actor, Policy: presets[by.rules]}.Decide
			resume := user.Resume{Actor: by.actor, Policy: presets[by.rules]}.Decide
			grant := user.SetAdmin{Admin: true, Actor: by.actor, Policy: presets[by.rules]}.Decide
			revoke := user.SetAdmin{Actor: by.actor, Policy: presets[by.rules]}.Decide
			for _, history := range [][]domain.Event{netStarted, netFailed, netActive} {
				code, only := by.code, func(event domain.Event) []domain.Event {
					if by.code != "" {
						return nil
					}
					return []domain.Event{event}
				}
				if user.Fold(facts(history...)).Lifecycle == user.Active {
					code, only = "", func(event domain.Event) []domain.Event { return []domain.Event{event} }
				}
				cause.Actor = by.actor
				rows := []scenario{
					{"suspends", history, suspend, only(user.Suspended{}), code},
					{"resumes", then(history, user.Suspended{}), resume, only(user.Resumed{}), code},
					{"makes an admin", history, grant, only(user.AdminGranted{}), code},
					{"makes an admin no longer one", then(history, user.AdminGranted{}), revoke, only(user.AdminRevoked{}), code},
				}
				for _, what := range []user.Action{user.ToSuspend, user.ToResume} {
					plan := user.Schedule{Cause: cause, Policy: presets[by.rules], What: what, At: after(day)}
					planned := user.ActionScheduled{ID: user.PlanID(user.Fold(facts(history...)).ID, cause), What: what, At: after(day)}
					cancel := user.CancelAction{Action: planned.ID, Actor: by.actor, Policy: presets[by.rules]}
					rows = append(rows, scenario{"plans to " + string(what), history, plan.Decide, only(planned), code},
						scenario{"cancels " + string(what), then(history, planned), cancel.Decide, only(user.ActionCancelled{ID: planned.ID}), code})
				}
				play(t, rows)
			}
		})
	}
}

// What was claimed for a change can be lost while the change is on its way.
func TestASlowChangeDoesNotTakeWhatWasGivenUp(t *testing.T) {
	abandoned := then(confirmed, user.ClaimAbandoned{Claim: "extension-acme-0050"}) // at noon
	early, late := after(-0.5), after(0.5)
	extend := func(in *user.Change) { in.Extension = new("0050") }
	moved := []domain.Event{user.ExtensionChanged{Extension: "0050", Previous: "0049"}}
	play(t, []scenario{
		{"a change begun before conflicts", abandoned, change(func(in *user.Change) { extend(in); in.At = early }), nil, "claims-expired"},
		{"a change begun behind it has claimed anew", abandoned, change(func(in *user.Change) { extend(in); in.At = late }), moved, ""},
		{
			"another change is not touched",
			abandoned, change(func(in *user.Change) { in.Extension, in.At = new("0051"), early }),
			[]domain.Event{user.ExtensionChanged{Extension: "0051", Previous: "0049"}},
			"",
		},
		{
			"what is just being released can't be had back yet",
			then(confirmed, moved...), change(func(in *user.Change) { in.Extension = new("0049") }), nil, "being-released",
		},
		{
			"what was released can be had again",
			then(confirmed, moved[0], user.ClaimsReleased{Claims: []string{"extension-acme-0049"}}),
			change(func(in *user.Change) { in.Extension = new("0049") }),
			[]domain.Event{user.ExtensionChanged{Extension: "0049", Previous: "0050"}},
			"",
		},
	})
}
