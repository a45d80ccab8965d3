package user_test

import (
	"strings"
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/domain/user"
)

// The stations of verifying a mobile. The code is issued at noon.
var (
	wantsCode = then(ordered, user.ActivationStarted{Steps: []string{"line", "mobile"}}, user.StepStarted{Step: "line", Attempt: 1}, user.StepDone{Step: "line"})
	mobileSMS = carrying(issuedID(0), user.PurposeMobileCode, user.SMS)
	theCode   = user.MobileCodeIssued{ID: issuedID(0), Key: user.LinkKey, Digits: 7, Guesses: 5, ExpiresAt: noon.Add(10 * time.Minute)}
	coded     = then(wantsCode, theCode, mobileSMS)
	missed    = user.MobileCodeMissed{ID: theCode.ID}
	verified  = user.MobileVerified{ID: theCode.ID}
)

func TestMobilesAreVerifiedByCodes(t *testing.T) {
	ask := func(after time.Duration) domain.Decide {
		cause := issuing
		cause.At = noon.Add(after)
		return user.RequestMobileCode{Cause: cause, Policy: presets["teleproffs"]}.Decide
	}
	typed := func(right bool, after time.Duration) domain.Decide {
		return user.VerifyMobile{At: noon.Add(after), Right: func(issued user.MobileCodeIssued) bool { return right && issued.ID == theCode.ID }}.Decide
	}
	later := theCode
	later.ExpiresAt = noon.Add(11 * time.Minute)
	five := then(wantsCode, theCode, theCode, theCode, theCode, theCode)
	moved := user.DetailsChanged{Personal: &user.PersonChanges{Mobile: new("+491711234568")}}
	done := []domain.Event{verified, user.StepDone{Step: "mobile"}, user.Activated{}}
	play(t, []scenario{
		{"a code is sent", wantsCode, ask(0), []domain.Event{theCode, mobileSMS}, ""},
		{"not twice a minute", coded, ask(59 * time.Second), nil, "too-soon"},
		{"another one later", coded, ask(time.Minute), []domain.Event{later, mobileSMS}, ""},
		{"five a day at most", five, ask(23 * time.Hour), nil, "too-soon"},
		{"not without a mobile", without(wantsCode, false, true), ask(0), nil, "no-mobile, /mobile no-mobile"},
		{"not to who is suspended", then(wantsCode, user.Suspended{}), ask(0), nil, "suspended"},
		{"not to nobody", nil, ask(0), nil, "no-user"},
		{"not once it is verified", then(coded, verified), ask(time.Hour), nil, ""},
		{"the right code ends the step", coded, typed(true, time.Minute), done, ""},
		{"a wrong one is a miss", coded, typed(false, time.Minute), []domain.Event{missed}, ""},
		{"the fifth guess may be right", then(coded, missed, missed, missed, missed), typed(true, time.Minute), done, ""},
		{"there is no sixth", then(coded, missed, missed, missed, missed, missed), typed(true, time.Minute), nil, "code-void, /code code-void"},
		{"but after another code", then(coded, missed, missed, missed, missed, missed, theCode), typed(true, time.Minute), done, ""},
		{"after ten minutes it is over", coded, typed(true, 10*time.Minute), nil, "code-void, /code code-void"},
		{"no code, no guess", wantsCode, typed(true, 0), nil, "code-void, /code code-void"},
		{"a code to another mobile proves nothing", then(coded, moved), typed(true, time.Minute), nil, "code-void, /code code-void"},
		{"twice is nothing", then(coded, done...), typed(true, time.Minute), nil, ""},
		{"outside of an activation it is a fact only", then(confirmed, theCode), typed(true, time.Minute), []domain.Event{verified}, ""},
	})
	if s := user.Fold(facts(then(coded, verified, moved)...)); s.Verification.Verified {
		t.Error("another mobile counts as verified")
	}
}

func TestTheFreeLicenceAsksForTheMobile(t *testing.T) {
	for licence, want := range map[string]string{"free": `["line","link","mobile"]`, "office": `["line","link"]`} {
		in := order()
		in.Company, in.Activate, in.Licence = firm("teleproffs"), true, licence
		in.Company.Licences = map[string]int{"free": 1, "office": 1}
		events, err := in.Decide(nil)
		if err != nil {
			t.Fatal(err)
		}
		started, _ := events[len(events)-1].(user.ActivationStarted)
		if got := text(t, started.Steps); got != want {
			t.Errorf("%s: steps %s, want %s", licence, got, want)
		}
	}
	step, _ := user.Fold(facts(wantsCode...)).Step("mobile")
	if step.Cause != "mobile-unverified" || step.Responsible != "user" {
		t.Errorf("the step waits: %+v", step)
	}
	if duty := user.Fold(facts(wantsCode...)).Duty(noon); duty.Task != user.Rest {
		t.Errorf("the workflow is asked for %s", duty.Task)
	}
	office := firm("teleproffs")
	if demand := user.Fold(facts(then(wantsCode, user.PasswordChanged{})...)).Demands(office, noon); demand != user.DemandMobile {
		t.Errorf("a login demands %q", demand)
	}
}

func TestMobileCodesAreDerivedAndHaveAllDigits(t *testing.T) {
	key := []byte(strings.Repeat("k", 32))
	code := user.MobileCode(key, adaID, theCode)
	if len(code) != 7 || strings.Trim(code, "0123456789") != "" || !user.IsMobileCode(key, adaID, theCode, " "+code[:3]+" "+code[3:]) {
		t.Errorf("code %q", code)
	}
	if user.IsMobileCode(key, adaID, theCode, code[1:]) || user.IsMobileCode(key, adaID, user.MobileCodeIssued{}, "") {
		t.Error("another code is right")
	}
	seen := map[byte]bool{}
	for n := range 200 {
		seen[user.MobileCode(key, adaID, user.MobileCodeIssued{ID: string(rune('a' + n)), Digits: 7})[0]] = true
	}
	if len(seen) != 10 {
		t.Errorf("codes begin with %d digits", len(seen))
	}
}
