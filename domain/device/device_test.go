package device_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/domain/claim"
	"dialtone/domain/device"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func facts(events ...domain.Event) []domain.Fact {
	history := make([]domain.Fact, len(events))
	for n, event := range events {
		history[n] = domain.Fact{Event: event, ID: fmt.Sprint(n), Revision: uint64(n), At: noon.Add(time.Duration(n) * time.Minute)}
	}
	return history
}

func then(before []domain.Event, more ...domain.Event) []domain.Event {
	return append(append([]domain.Event{}, before...), more...)
}

var (
	marks    = device.Marks{MAC: "001565abcdef"}
	added    = device.Added{ID: "d", Company: "acme", Manufacturer: device.Yealink, Model: "T46U", Claim: "mac-1", Personal: &marks}
	phone    = []domain.Event{added}
	assigned = device.Assigned{User: "ada", Taking: "order", Deadline: noon.Add(claim.Window)}
	hers     = then(phone, assigned)
	forGood  = then(hers, device.Confirmed{User: "ada"})
	released = device.Released{User: "ada", Reason: "changed"}
	removed  = device.Removed{Claim: "mac-1", Reason: "broken"}
)

func add(change func(*device.Add)) domain.Decide {
	in := device.Add{ID: "d", Company: "acme", Manufacturer: device.Yealink, Model: "T46U", Marks: marks, Claim: "mac-1", At: noon}
	change(&in)
	return in.Decide
}

func assign(company, user, by string, at time.Time) domain.Decide {
	return device.Assign{Company: company, User: user, By: by, At: at}.Decide
}

type row struct {
	name   string
	given  []domain.Event
	when   domain.Decide
	want   []domain.Event
	refuse string // code, or the pointers of the fields that are wrong
}

func judge(t *testing.T, rows []row) {
	t.Helper()
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			events, err := r.when(facts(r.given...))
			if got := refusal(err); got != r.refuse {
				t.Fatalf("refused with %q (%v), want %q", got, err, r.refuse)
			}
			if len(events) != len(r.want) || len(events) > 0 && !reflect.DeepEqual(events, r.want) {
				t.Errorf("wrote %+v, want %+v", events, r.want)
			}
		})
	}
}

func refusal(err error) string {
	fault := new(domain.Fault)
	if !errors.As(err, &fault) {
		return ""
	}
	if fault.Kind != domain.Invalid {
		return fault.Code
	}
	pointers := make([]string, 0, len(fault.Fields))
	for _, field := range fault.Fields {
		pointers = append(pointers, field.Pointer)
	}
	return strings.Join(pointers, " ")
}

func TestPhonesAreAddedWithMakerModelAndMark(t *testing.T) {
	serial := device.Marks{Serial: "SN-12345"}
	judge(t, []row{
		{"by its MAC address", nil, add(func(*device.Add) {}), phone, ""},
		{"by its serial number", nil, add(func(in *device.Add) { in.Marks = serial }), []domain.Event{device.Added{ID: "d", Company: "acme", Manufacturer: device.Yealink, Model: "T46U", Claim: "mac-1", Personal: &serial}}, ""},
		{"one of the two is needed", nil, add(func(in *device.Add) { in.Marks = device.Marks{} }), nil, "/mac"},
		{"everything wrong is told at once", nil, add(func(in *device.Add) {
			in.Manufacturer, in.Model, in.Marks = "acme", "\n", device.Marks{MAC: "00:15", Serial: "é"}
		}), nil, "/manufacturer /model /mac /serial"},
		{"a model that the manufacturer does not make", nil, add(func(in *device.Add) { in.Model = "D785" }), nil, "/model"},
		{"whatever it is, as other", nil, add(func(in *device.Add) { in.Manufacturer, in.Model = device.Other, "Grand 9" }), []domain.Event{device.Added{ID: "d", Company: "acme", Manufacturer: device.Other, Model: "Grand 9", Claim: "mac-1", Personal: &marks}}, ""},
		{"not twice", phone, add(func(*device.Add) {}), nil, "device-exists"},
		{"a claim that was given up conflicts", []domain.Event{device.ClaimAbandoned{Claim: "mac-1"}}, add(func(*device.Add) {}), nil, "claims-expired"},
		{"and goes when it is broken", phone, device.Remove{Reason: "broken"}.Decide, []domain.Event{removed}, ""},
		{"not while a user has it", hers, device.Remove{}.Decide, nil, "device-assigned"},
		{"once", then(phone, removed), device.Remove{}.Decide, nil, ""},
		{"what is not there does not go", nil, device.Remove{}.Decide, nil, "no-device"},
		{"what is loose is noted as given back", then(phone, removed), device.NoteReleased{Claims: []string{"mac-1", "other"}}.Decide, []domain.Event{device.ClaimsReleased{Claims: []string{"mac-1"}}}, ""},
		{"and nothing else", phone, device.NoteReleased{Claims: []string{"mac-1"}}.Decide, nil, ""},
		{"a claim that is named is not given up", phone, device.AbandonClaim{Claim: "mac-1"}.Decide, nil, "claim-held"},
		{"another is", phone, device.AbandonClaim{Claim: "mac-2", Deadline: noon}.Decide, []domain.Event{device.ClaimAbandoned{Claim: "mac-2"}}, ""},
		{"once only", []domain.Event{device.ClaimAbandoned{Claim: "mac-2"}}, device.AbandonClaim{Claim: "mac-2", Deadline: noon}.Decide, nil, ""},
	})
}

func TestAPhoneIsAtMostOneUsers(t *testing.T) {
	later := noon.Add(time.Hour)
	judge(t, []row{
		{"a free one is given", phone, assign("acme", "ada", "order", noon), []domain.Event{assigned}, ""},
		{"for the same command it is given already", hers, assign("acme", "ada", "order", noon), nil, ""},
		{"what another command of the user holds is under way", hers, assign("acme", "ada", "change", noon), nil, "being-taken"},
		{"what is the user's for good needs nothing", forGood, assign("acme", "ada", "change", later), nil, ""},
		{"another user's is taken", hers, assign("acme", "grace", "order", noon), nil, "device-taken"},
		{"another company's is not there", phone, assign("globex", "ada", "order", noon), nil, "no-device"},
		{"nor is one that was removed", then(phone, removed), assign("acme", "ada", "order", noon), nil, "no-device"},
		{"it is confirmed", hers, device.Confirm("ada"), []domain.Event{device.Confirmed{User: "ada"}}, ""},
		{"once", forGood, device.Confirm("ada"), nil, ""},
		{"for nobody else", hers, device.Confirm("grace"), nil, "claim-lost"},
		{"it is taken away", forGood, device.Release("ada", "changed"), []domain.Event{released}, ""},
		{"from nobody else", forGood, device.Release("grace", "changed"), nil, ""},
		{"a refused command gives it back", hers, device.GiveBack("ada", "order", "changed"), []domain.Event{released}, ""},
		{"but not what stands", forGood, device.GiveBack("ada", "order", "changed"), nil, ""},
		{"what is overdue expires", hers, device.Expire("ada", assigned.Deadline, "changed"), []domain.Event{released}, ""},
		{"what is not stays", hers, device.Expire("ada", assigned.Deadline.Add(-1), "changed"), nil, ""},
	})
}

func TestAPhoneIsOrderedWithItsUser(t *testing.T) {
	in := device.Add{ID: "d", Company: "acme", Manufacturer: device.Yealink, Model: "T46U", Marks: marks, Claim: "mac-1", At: noon}
	give := device.Assign{Company: "acme", User: "ada", By: "order", At: noon}
	judge(t, []row{
		{"added and given", nil, device.Order(in, give), hers, ""},
		{"the same command again is nothing", hers, device.Order(in, give), nil, ""},
		{"a refused order leaves nothing", hers, device.Return("ada", "order", "changed"), []domain.Event{released, device.Removed{Claim: "mac-1", Reason: "changed"}}, ""},
		{"what stands stays", forGood, device.Return("ada", "order", "changed"), nil, ""},
	})
}

func TestFetchesAreFactsWhenTheyAreNews(t *testing.T) {
	first := device.ConfigurationFetched{Format: device.Yealink, Sum: "1", Agent: "Yealink"}
	fetch := func(sum string, after time.Duration) domain.Decide {
		return device.NoteFetched{ConfigurationFetched: device.ConfigurationFetched{Format: device.Yealink, Sum: sum, Agent: "Yealink"}, At: noon.Add(after)}.Decide
	}
	fetched := then(phone, first)
	second := first
	second.Sum = "2"
	judge(t, []row{
		{"the first time", phone, fetch("1", 0), []domain.Event{first}, ""},
		{"not a minute later", fetched, fetch("1", 2*time.Minute), nil, ""},
		{"another version at once", fetched, fetch("2", 2*time.Minute), []domain.Event{second}, ""},
		{"and once a day", fetched, fetch("1", 25*time.Hour), []domain.Event{first}, ""},
		{"of a phone that is gone nothing", then(phone, removed), fetch("1", 0), nil, ""},
		{"an address is issued", phone, device.IssueAddress{}.Decide, []domain.Event{device.AddressIssued{Generation: 1}}, ""},
		{"and another", then(phone, device.AddressIssued{Generation: 1}), device.IssueAddress{}.Decide, []domain.Event{device.AddressIssued{Generation: 2}}, ""},
		{"not without a MAC address", []domain.Event{device.Added{ID: "d", Company: "acme", Manufacturer: device.Snom, Personal: &device.Marks{Serial: "1234"}}}, device.IssueAddress{}.Decide, nil, "no-mac"},
		{"nor for what fetches nothing", []domain.Event{device.Added{ID: "d", Company: "acme", Manufacturer: device.Other, Personal: &marks}}, device.IssueAddress{}.Decide, nil, "no-format"},
		{"nor for what is not there", nil, device.IssueAddress{}.Decide, nil, "no-device"},
	})
}

func TestKindsOfPhonesAreFoundOnTheList(t *testing.T) {
	for kind, want := range map[string]string{
		"yealink t46u": "yealink T46U", "T46U": "yealink T46U", "snom-d785": "snom D785", "vvx 250": "poly VVX 250", "t9": "other t9", "": "other unknown",
	} {
		if maker, model := device.Named(kind); maker+" "+model != want {
			t.Errorf("%q is %s %s, want %s", kind, maker, model, want)
		}
	}
	for _, maker := range device.Manufacturers {
		for _, model := range maker.Models {
			if m, of := device.Named(device.Kind(maker.Name, model)); m != maker.Name || of != model {
				t.Errorf("%s %s comes back as %s %s", maker.Name, model, m, of)
			}
		}
	}
}

func TestSecretsAreDerivedAndChangeWithTheGeneration(t *testing.T) {
	key := []byte(strings.Repeat("k", 32))
	secret := device.Secret(key, "d", 1)
	if len(secret) != 32 || !device.IsSecret(key, "d", 1, secret) {
		t.Errorf("%q is no secret", secret)
	}
	if device.IsSecret(key, "d", 2, secret) || device.IsSecret(key, "e", 1, secret) || device.IsSecret(key, "d", 0, device.Secret(key, "d", 0)) {
		t.Error("a secret opens something else")
	}
	one, two := device.MarksClaim(key, device.Snom, marks), device.MarksClaim(key, device.Poly, marks)
	if one != two || strings.Contains(one, marks.MAC) || one == device.MarksClaim(key, device.Snom, device.Marks{Serial: marks.MAC}) {
		t.Errorf("the claims are %s and %s", one, two)
	}
}
