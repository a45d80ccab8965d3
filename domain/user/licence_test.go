package user_test

import (
	"testing"

	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/user"
)

// swedish is a company of teleproffs, whose free licence rings the mobile.
func swedish() company.State {
	firm := firm("teleproffs")
	firm.Licences = map[string]int{"office": 5, "free": 5}
	return firm
}

func TestALicenceIsChanged(t *testing.T) {
	to := func(kind string, more ...func(*user.Change)) domain.Decide {
		change := user.Change{Company: swedish(), Actor: admin, At: noon, Licence: &kind, Seat: user.SeatStream("acme", kind, 2)}
		for _, with := range more {
			with(&change)
		}
		return change.Decide
	}
	named := func(mobile string) func(*user.Change) {
		return func(c *user.Change) { c.Person.Mobile = &mobile }
	}
	free := user.LicenceChanged{Licence: "free", Previous: "office", Claim: user.SeatStream("acme", "free", 2), Verify: true}
	office := user.LicenceChanged{Licence: "office", Previous: "free", Claim: user.SeatStream("acme", "office", 2)}
	verified := then(confirmed, user.MobileVerified{ID: "code-1"})
	rung := then(started, user.StepDone{Step: "line"}, user.StepDone{Step: "link"}, free)
	play(t, []scenario{
		{"who has a login is asked to verify the mobile", confirmed, to("free"), []domain.Event{free, notice(user.PurposeVerifyMobile, user.Mail, confirmed)}, ""},
		{"not whose mobile is verified", verified, to("free"), []domain.Event{user.LicenceChanged{Licence: "free", Previous: "office", Claim: free.Claim}}, ""},
		{
			"but again where the mobile changes with it", verified, to("free", named("+46701234567")),
			[]domain.Event{user.DetailsChanged{Personal: &user.PersonChanges{Mobile: new("+46701234567")}}, free, notice(user.PurposeMobileChanged, user.Mail, verified), rungAt(verified, ada.Mobile), rungAt(verified, "+46701234567"), notice(user.PurposeVerifyMobile, user.Mail, verified)},
			"",
		},
		{"without a mobile it says what is missing", without(confirmed, false, true), to("free"), nil, "invalid-input, /mobile missing"},
		{"which may come with it", without(confirmed, false, true), to("free", named("+46701234567")), []domain.Event{
			user.DetailsChanged{Personal: &user.PersonChanges{Mobile: new("+46701234567")}}, free, notice(user.PurposeMobileChanged, user.Mail, confirmed), notice(user.PurposeVerifyMobile, user.Mail, confirmed),
		}, ""},
		{"the same is nothing", confirmed, to("office"), nil, ""},
		{"a kind nobody ordered", confirmed, to("gold"), nil, "invalid-input, /licence unknown"},
		{"none is no kind", confirmed, to(""), nil, "invalid-input, /licence missing"},
		{"what waited for the mobile alone is activated without", rung, to("office", byOperator), []domain.Event{office, user.Activated{}}, ""},
		{"the operator adds the step to an activation", started, to("free", byOperator), []domain.Event{free}, ""},
	})
	s := user.Fold(facts(then(started, free)...))
	if step, ok := s.Step("mobile"); !ok || step.State != user.Waiting || s.Claims.Seat != free.Claim || len(s.Loose) != 1 || s.Loose[0] != claims().Seat {
		t.Errorf("steps %+v, claims %+v, loose %v", s.Steps, s.Claims, s.Loose)
	}
	s = user.Fold(facts(then(confirmed, free)...))
	if s.Lifecycle != user.Active || s.Demands(swedish(), noon) != user.DemandMobile {
		t.Errorf("%s, the login demands %q", s.Lifecycle, s.Demands(swedish(), noon))
	}
	if s = user.Fold(facts(then(confirmed, free, user.MobileVerified{})...)); s.Demands(swedish(), noon) != user.DemandNothing {
		t.Errorf("a verified mobile is demanded again: %q", s.Demands(swedish(), noon))
	}
}

func byOperator(c *user.Change) { c.Actor = operator }

func TestAUserNameIsChanged(t *testing.T) {
	to := func(name string) domain.Decide {
		return user.Change{Company: swedish(), Actor: admin, At: noon, Username: &name, UsernameClaim: user.LoginStream(name)}.Decide
	}
	set := user.UsernameSet{Claim: user.LoginStream("countess"), Personal: &user.Username{Username: "countess"}}
	before := user.UsernameSet{Claim: "login-ada", Personal: &user.Username{Username: "ada"}}
	named := then(confirmed, before)
	elsewhere := user.Change{Company: firm("unifyoffice"), Actor: admin, At: noon, Username: new("countess")}.Decide
	play(t, []scenario{
		{"and the user told", named, to("countess"), []domain.Event{set, notice(user.PurposeUsernameChanged, user.Mail, named)}, ""},
		{"by SMS where there is no address", without(named, true, false), to("countess"), []domain.Event{set, notice(user.PurposeUsernameChanged, user.SMS, named)}, ""},
		{"not who has nothing to log in with yet", netActive, to("countess"), []domain.Event{set}, ""},
		{"the same is nothing", named, to("ada"), nil, ""},
		{"none is no name", named, to(""), nil, "invalid-input, /username missing"},
		{"a telephone number is none", named, to("46701234567"), nil, "invalid-input, /username letter"},
		{"a name in capitals is none", named, to("Countess"), nil, "invalid-input, /username form"},
		{"what is just given back", then(named, set), to("ada"), nil, "being-released"},
		{"where nobody logs in by it", confirmed, elsewhere, nil, "invalid-input, /username unused"},
	})
	if s := user.Fold(facts(then(named, set)...)); s.Credential.Username != "countess" || len(s.Loose) != 1 || s.Loose[0] != "login-ada" {
		t.Errorf("the name is %q, loose %v", s.Credential.Username, s.Loose)
	}
}

func TestOptionsAreAList(t *testing.T) {
	to := func(options ...string) domain.Decide {
		return user.Change{Company: swedish(), Actor: admin, At: noon, Options: &options}.Decide
	}
	given := then(confirmed, user.DetailsChanged{Options: &[]string{"recording", "cc-pro"}})
	play(t, []scenario{
		{"that is changed as a whole", given, to("recording"), []domain.Event{user.DetailsChanged{Options: &[]string{"recording"}}}, ""},
		{"the same is nothing", given, to("recording", "cc-pro"), nil, ""},
		{"none were none", confirmed, to(), nil, ""},
		{"names are short and lower-case", confirmed, to("Fax!"), nil, "invalid-input, /options form"},
		{"and there once", confirmed, to("recording", "recording"), nil, "invalid-input, /options twice"},
	})
	in := order()
	in.Options = []string{"recording"}
	events, err := in.Decide(nil)
	if s := user.Fold(facts(events...)); err != nil || len(s.Options) != 1 || s.Options[0] != "recording" {
		t.Errorf("ordered %v, %v", s.Options, err)
	}
}
