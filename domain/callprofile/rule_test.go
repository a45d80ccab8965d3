package callprofile_test

import (
	"slices"
	"testing"

	"dialtone/domain"
	"dialtone/domain/callprofile"
)

const boss, spam = domain.E164("+493012345678"), domain.E164("+493087654321")

func TestSwitchesAndRulesAreSet(t *testing.T) {
	home := callprofile.Saved{ID: "h", Name: "Home", To: callprofile.Target{Kind: callprofile.Number, To: string(boss)}}
	on := callprofile.Switches{DoNotDisturb: true, Also: []domain.E164{boss}, Forwards: []callprofile.Saved{home}, On: "h"}
	block := callprofile.Rule{Direction: callprofile.Inbound, Effect: callprofile.Reject, Subject: callprofile.These, Numbers: []domain.E164{spam}}
	with := func(change func(*callprofile.Rule)) domain.Decide {
		r := block
		change(&r)
		return callprofile.SetRule{ID: "r", Rule: r}.Decide
	}
	set := callprofile.RuleSet{Rule: "r", Personal: &block}
	for name, c := range map[string]struct {
		given []domain.Event
		when  domain.Decide
		then  []domain.Event
		fault string
	}{
		"switches":                   {when: callprofile.SetSwitches{Switches: on}.Decide, then: []domain.Event{callprofile.SwitchesSet{Personal: &on}}},
		"the same switches":          {given: []domain.Event{callprofile.SwitchesSet{Personal: &on}}, when: callprofile.SetSwitches{Switches: on}.Decide},
		"a forward that is not kept": {when: callprofile.SetSwitches{Switches: callprofile.Switches{On: "x"}}.Decide, fault: "invalid-input"},
		"two forwards of one id":     {when: callprofile.SetSwitches{Switches: callprofile.Switches{Forwards: []callprofile.Saved{home, home}}}.Decide, fault: "invalid-input"},
		"a forward to nowhere":       {when: callprofile.SetSwitches{Switches: callprofile.Switches{Forwards: []callprofile.Saved{{ID: "n", Name: "N"}}}}.Decide, fault: "invalid-input"},
		"six more phones":            {when: callprofile.SetSwitches{Switches: callprofile.Switches{Also: slices.Repeat([]domain.E164{boss}, 6)}}.Decide, fault: "invalid-input"},
		"a phone of no number":       {when: callprofile.SetSwitches{Switches: callprofile.Switches{Also: []domain.E164{"110"}}}.Decide, fault: "invalid-input"},
		"a rule":                     {when: with(func(*callprofile.Rule) {}), then: []domain.Event{set}},
		"the same rule":              {given: []domain.Event{set}, when: with(func(*callprofile.Rule) {})},
		"no number":                  {when: with(func(r *callprofile.Rule) { r.Numbers = nil }), fault: "invalid-input"},
		"numbers for every call":     {when: with(func(r *callprofile.Rule) { r.Subject = callprofile.Every }), fault: "invalid-input"},
		"inbound and international":  {when: with(func(r *callprofile.Rule) { r.Subject, r.Numbers = callprofile.International, nil }), fault: "invalid-input"},
		"outbound and anonymous": {when: with(func(r *callprofile.Rule) {
			r.Direction, r.Subject, r.Numbers = callprofile.Outbound, callprofile.Anonymous, nil
		}), fault: "invalid-input"},
		"sideways":                  {when: with(func(r *callprofile.Rule) { r.Direction = "sideways" }), fault: "invalid-input"},
		"of no effect":              {when: with(func(r *callprofile.Rule) { r.Effect = "ignore" }), fault: "invalid-input"},
		"under no profile":          {when: with(func(r *callprofile.Rule) { r.Profiles = []string{"siesta"} }), fault: "invalid-input"},
		"forwarded to nowhere":      {when: with(func(r *callprofile.Rule) { r.Effect = callprofile.Divert }), fault: "invalid-input"},
		"rejected to somewhere":     {when: with(func(r *callprofile.Rule) { r.To = callprofile.Target{Kind: callprofile.Voicemail} }), fault: "invalid-input"},
		"an exception of no number": {when: with(func(r *callprofile.Rule) { r.Except = []domain.E164{"boss"} }), fault: "invalid-input"},
		"a rule goes":               {given: []domain.Event{set}, when: callprofile.RemoveRule{ID: "r"}.Decide, then: []domain.Event{callprofile.RuleRemoved{Rule: "r"}}},
		"a rule that was never set": {when: callprofile.RemoveRule{ID: "r"}.Decide, fault: "no-rule"},
	} {
		t.Run(name, func(t *testing.T) { check(t, c.given, c.when, c.then, c.fault) })
	}
}

func TestOnlyOneForwardIsOn(t *testing.T) {
	two := callprofile.Switches{Forwards: []callprofile.Saved{
		{ID: "a", Name: "A", To: callprofile.Target{Kind: callprofile.Voicemail}}, {ID: "b", Name: "B", To: callprofile.Target{Kind: callprofile.Number, To: "700"}},
	}}
	if _, on := two.Forward(); on {
		t.Error("none is on, but one is")
	}
	two.On = "b"
	if to, on := two.Forward(); !on || to.To != "700" {
		t.Errorf("it is %+v, %t", to, on)
	}
}

func TestWhichRuleDecides(t *testing.T) {
	rule := func(id string, r callprofile.Rule) callprofile.RuleSet {
		if r.Direction == "" {
			r.Direction = callprofile.Inbound
		}
		return callprofile.RuleSet{Rule: id, Personal: &r}
	}
	blockAll := rule("all", callprofile.Rule{Effect: callprofile.Reject, Profiles: []string{"vacation"}, Except: []domain.E164{boss}})
	let := rule("let", callprofile.Rule{Effect: callprofile.Accept, Subject: callprofile.These, Numbers: []domain.E164{boss}})
	divert := rule("divert", callprofile.Rule{Effect: callprofile.Divert, To: callprofile.Target{Kind: callprofile.Voicemail}})
	nameless := rule("nameless", callprofile.Rule{Effect: callprofile.Reject, Subject: callprofile.Anonymous})
	abroad := rule("abroad", callprofile.Rule{Direction: callprofile.Outbound, Effect: callprofile.Reject, Subject: callprofile.International})
	grey := rule("grey", callprofile.Rule{Direction: callprofile.Outbound, Effect: callprofile.Reject, Subject: callprofile.GreyListed, Except: []domain.E164{boss}})
	for name, c := range map[string]struct {
		rules     []domain.Event
		direction callprofile.Direction
		other     callprofile.Party
		profile   string
		want      string
		met       int
	}{
		"no rules":                        {nil, callprofile.Inbound, callprofile.Party{Number: spam}, "available", "", 0},
		"only on vacation":                {[]domain.Event{blockAll}, callprofile.Inbound, callprofile.Party{Number: spam}, "available", "", 0},
		"all but the boss":                {[]domain.Event{blockAll}, callprofile.Inbound, callprofile.Party{Number: boss}, "vacation", "", 0},
		"all on vacation":                 {[]domain.Event{blockAll}, callprofile.Inbound, callprofile.Party{Number: spam}, "vacation", "all", 1},
		"reject before forward":           {[]domain.Event{divert, let, blockAll}, callprofile.Inbound, callprofile.Party{Number: spam}, "vacation", "all", 2},
		"accept before forward":           {[]domain.Event{divert, let}, callprofile.Inbound, callprofile.Party{Number: boss}, "vacation", "let", 2},
		"forward what is left":            {[]domain.Event{divert, let}, callprofile.Inbound, callprofile.Party{Number: spam}, "vacation", "divert", 1},
		"no number is shown":              {[]domain.Event{nameless}, callprofile.Inbound, callprofile.Party{}, "lunch", "nameless", 1},
		"a number is shown":               {[]domain.Event{nameless}, callprofile.Inbound, callprofile.Party{Number: spam}, "lunch", "", 0},
		"rules of the other direction":    {[]domain.Event{abroad}, callprofile.Inbound, callprofile.Party{Number: spam, International: true}, "lunch", "", 0},
		"calls abroad":                    {[]domain.Event{abroad}, callprofile.Outbound, callprofile.Party{Number: spam, International: true}, "lunch", "abroad", 1},
		"calls at home":                   {[]domain.Event{abroad}, callprofile.Outbound, callprofile.Party{Number: spam}, "lunch", "", 0},
		"what the operator warns of":      {[]domain.Event{grey}, callprofile.Outbound, callprofile.Party{Number: spam, GreyListed: true}, "lunch", "grey", 1},
		"what the operator warns of, but": {[]domain.Event{grey}, callprofile.Outbound, callprofile.Party{Number: boss, GreyListed: true}, "lunch", "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			decides, met := callprofile.Fold(facts(c.rules...)).Ruling(c.direction, c.other, c.profile)
			if (decides == nil) != (c.want == "") || decides != nil && decides.ID != c.want || len(met) != c.met {
				t.Errorf("it is %+v of %d", decides, len(met))
			}
		})
	}
}
