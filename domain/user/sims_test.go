package user_test

import (
	"errors"
	"testing"

	"dialtone/domain"
	"dialtone/domain/policy"
	"dialtone/domain/sim"
	"dialtone/domain/user"
)

var mobileRules = policy.Policy{SIMs: policy.SIMs{Auto: true, Licences: []string{"mobile"}}}

func TestWhoMayHaveASIM(t *testing.T) {
	for name, c := range map[string]struct {
		licence, kind string
		options       []string
		rules         policy.Policy
		want          string
	}{
		"a mobile licence":                    {"mobile-10gb", sim.Voice, nil, mobileRules, ""},
		"an eSIM with a mobile licence":       {"mobile-10gb", sim.ESIM, nil, mobileRules, ""},
		"a fixed licence":                     {"fixed", sim.Voice, nil, mobileRules, "sim-licence"},
		"a licence that only begins alike":    {"mobilehome", sim.Voice, nil, mobileRules, "sim-licence"},
		"no licence":                          {"", sim.Voice, nil, mobileRules, "sim-licence"},
		"any licence where none is listed":    {"fixed", sim.Voice, nil, policy.Policy{}, ""},
		"a twin card without its add-on":      {"mobile-10gb", sim.Data, []string{"fax"}, mobileRules, "sim-add-on"},
		"a twin card with its add-on":         {"mobile-10gb", sim.Data, []string{"twin-data"}, mobileRules, ""},
		"a twin card with the policy's":       {"fixed", sim.Data, []string{"surf"}, policy.Policy{SIMs: policy.SIMs{TwinOption: "surf"}}, ""},
		"a kind that does not exist":          {"mobile-10gb", "gold", nil, mobileRules, "invalid-input"},
		"a twin card with another's add-on's": {"fixed", sim.Data, []string{"twin-data"}, policy.Policy{SIMs: policy.SIMs{TwinOption: "surf"}}, "sim-add-on"},
	} {
		s := user.Fold([]domain.Fact{{Event: user.Created{ID: adaID, Company: "acme", Licence: c.licence, Options: c.options}}})
		err := s.MayHaveSIM(c.kind, c.rules)
		got := ""
		if fault, ok := errors.AsType[*domain.Fault](err); ok {
			got = fault.Code
		}
		if got != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestASIMIsOrderedOnceByItself(t *testing.T) {
	facts := []domain.Fact{{Event: user.Created{ID: adaID, Company: "acme", Licence: "mobile-10gb", SIM: true}}}
	duty := user.Fold(facts).Duty(facts[0].At)
	if duty.Task != user.OrderSIM || duty.Subject == "" {
		t.Fatalf("the duty is %+v", duty)
	}
	byHand := append(facts[:1:1], domain.Fact{Event: user.SIMAdded{SIM: "by-hand", Kind: sim.Voice}})
	if next := user.Fold(byHand).Duty(facts[0].At); next.Task == user.OrderSIM {
		t.Error("a SIM is ordered for who has one")
	}
	_, err := user.NameSIM{SIM: user.SIM{ID: duty.Subject, Kind: sim.Voice, Automatic: true}}.Decide(byHand)
	if fault, ok := errors.AsType[*domain.Fault](err); !ok || fault.Code != "has-sim" {
		t.Errorf("the ordered one is named besides: %v", err)
	}
	twin := append(facts[:1:1], domain.Fact{Event: user.SIMAdded{SIM: "twin", Kind: sim.Data}})
	if next := user.Fold(twin).Duty(facts[0].At); next.Task != user.OrderSIM {
		t.Errorf("a twin card stands for the SIM that is to be ordered: %+v", next)
	}
}

func TestWhoIsDeletedLetsSIMsGo(t *testing.T) {
	facts := []domain.Fact{
		{Event: user.Created{ID: adaID, Company: "acme"}},
		{Event: user.SIMAdded{SIM: "a", Kind: sim.Voice}},
		{Event: user.Deleted{}},
	}
	if duty := user.Fold(facts).Duty(facts[0].At); duty.Task != user.LetSIMGo || duty.Subject != "a" {
		t.Errorf("the duty is %+v", duty)
	}
	if _, err := (user.NameSIM{SIM: user.SIM{ID: "b"}}).Decide(facts); domain.KindOf(err) != domain.Refused {
		t.Errorf("who is deleted gets a SIM: %v", err)
	}
	facts = append(facts, domain.Fact{Event: user.SIMRemoved{SIM: "a"}})
	if duty := user.Fold(facts).Duty(facts[0].At); duty.Task == user.LetSIMGo {
		t.Errorf("the duty is still %+v", duty)
	}
}

func TestWhatASIMNeedsStaysWhileItIsThere(t *testing.T) {
	to := func(what func(*user.Change)) domain.Decide {
		in := user.Change{Company: nordic(), Actor: operator, At: noon}
		what(&in)
		return in.Decide
	}
	services := func(names ...string) domain.Decide { return to(func(in *user.Change) { in.Options = &names }) }
	office := to(func(in *user.Change) {
		in.Licence, in.Seat, in.Options = new("office"), user.SeatStream("acme", "office", 2), &[]string{}
	})
	mobile := then(confirmed, user.LicenceChanged{Licence: "mobile-10gb", Previous: "office"}, user.DetailsChanged{Options: &[]string{"twin-data", "recording"}})
	card := then(mobile, user.SIMAdded{SIM: "card", Kind: sim.Voice})
	twin := then(mobile, user.SIMAdded{SIM: "twin", Kind: sim.Data})
	changed := func(names ...string) []domain.Event { return []domain.Event{user.DetailsChanged{Options: &names}} }
	play(t, []scenario{
		{"the add-on of a twin card", twin, services("recording"), nil, "invalid-input, /options twin-held"},
		{"an add-on beside it", twin, services("twin-data"), changed("twin-data"), ""},
		{"the add-on where there is no twin card", card, services("recording"), changed("recording"), ""},
		{"the licence of a card", card, office, nil, "invalid-input, /licence sim-held"},
		{"the licence of a card that is gone", then(card, user.SIMRemoved{SIM: "card"}), office, []domain.Event{
			user.DetailsChanged{Options: &[]string{}},
			user.LicenceChanged{Licence: "office", Previous: "mobile-10gb", Claim: user.SeatStream("acme", "office", 2)},
		}, ""},
	})
}
