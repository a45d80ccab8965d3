package sip

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"dialtone/projections/routing"
)

// memory keeps registrations in memory and can be out of order.
type memory struct {
	rows   map[string]Binding
	broken bool
}

func (m *memory) Replace(_ context.Context, _ string, remove []string, save []Binding) error {
	if m.broken {
		return errors.New("disk full")
	}
	for _, contact := range remove {
		delete(m.rows, contact)
	}
	for _, b := range save {
		m.rows[b.Contact] = b
	}
	return nil
}

func (m *memory) Load(context.Context) ([]Binding, error) {
	var all []Binding
	for _, b := range m.rows {
		all = append(all, b)
	}
	return all, nil
}

func (m *memory) Sweep(_ context.Context, before time.Time) error {
	for contact, b := range m.rows {
		if !b.Expires.After(before) {
			delete(m.rows, contact)
		}
	}
	return nil
}

func from(callID string, cseq uint32, contacts ...contact) registration {
	return registration{username: "phone1", callID: callID, cseq: cseq, contacts: contacts, received: "192.0.2.1:5060", transport: "udp"}
}

// at makes a contact; lifetime -1 is none of its own.
func at(uri string, lifetime int) contact {
	if lifetime < 0 {
		return contact{uri: uri}
	}
	return contact{uri: uri, expires: &lifetime}
}

func desk(t *testing.T) (registrar, *memory) {
	t.Helper()
	rows := &memory{rows: map[string]Binding{}}
	cache, err := loadBindings(t.Context(), rows)
	if err != nil {
		t.Fatal(err)
	}
	return registrar{cache}, rows
}

func TestRegistrationsOneAfterTheOther(t *testing.T) {
	star := registration{username: "phone1", callID: "a", cseq: 9, star: true, expires: new(0)}
	many := make([]contact, maxBindings)
	for i := range many {
		many[i] = at(fmt.Sprint("sip:m", i), 60)
	}
	type step struct {
		in     registration
		status int
		left   int // bindings afterwards
	}
	withExpires := func(r registration, seconds int) registration { r.expires = &seconds; return r }
	tests := map[string][]step{
		"a contact":                            {{from("a", 1, at("sip:1", 60)), 200, 1}},
		"without any lifetime":                 {{from("a", 1, at("sip:1", -1)), 200, 1}},
		"none: a query":                        {{from("a", 1, at("sip:1", 60)), 200, 1}, {from("a", 2), 200, 1}},
		"refreshed":                            {{from("a", 1, at("sip:1", 60)), 200, 1}, {from("a", 2, at("sip:1", 60)), 200, 1}},
		"removed":                              {{from("a", 1, at("sip:1", 60)), 200, 1}, {from("a", 2, at("sip:1", 0)), 200, 0}},
		"removed by Expires":                   {{from("a", 1, at("sip:1", 60)), 200, 1}, {withExpires(from("a", 2, at("sip:1", -1)), 0), 200, 0}},
		"too brief":                            {{from("a", 1, at("sip:1", minExpires-1)), 423, 0}},
		"too brief by Expires":                 {{withExpires(from("a", 1, at("sip:1", -1)), 1), 423, 0}},
		"one too brief: all refused":           {{from("a", 1, at("sip:1", 60), at("sip:2", 5)), 423, 0}},
		"star":                                 {{from("a", 1, at("sip:1", 60), at("sip:2", 60)), 200, 2}, {star, 200, 0}},
		"star with a lifetime":                 {{withExpires(registration{username: "phone1", star: true}, 60), 400, 0}},
		"star without Expires":                 {{registration{username: "phone1", star: true}, 400, 0}},
		"star with others":                     {{registration{username: "phone1", star: true, expires: new(0), contacts: []contact{at("sip:1", 60)}}, 400, 0}},
		"out of order":                         {{from("a", 5, at("sip:1", 60)), 200, 1}, {from("a", 4, at("sip:1", 0)), 500, 1}},
		"the same CSeq":                        {{from("a", 5, at("sip:1", 60)), 200, 1}, {from("a", 5, at("sip:1", 0)), 500, 1}},
		"another Call-ID may start anew":       {{from("a", 5, at("sip:1", 60)), 200, 1}, {from("b", 1, at("sip:1", 0)), 200, 0}},
		"star out of order":                    {{from("a", 9, at("sip:1", 60)), 200, 1}, {star, 500, 1}},
		"as many as allowed, and one more":     {{from("a", 1, many...), 200, maxBindings}, {from("b", 1, at("sip:x", 60)), 403, maxBindings}},
		"one for another, at the limit":        {{from("a", 1, many...), 200, maxBindings}, {from("b", 1, at("sip:x", 60), at("sip:m0", 0)), 200, maxBindings}},
		"the same phone under another address": {{from("a", 1, contact{uri: "sip:1", instance: "i"}), 200, 1}, {from("b", 1, contact{uri: "sip:2", instance: "i"}), 200, 1}},
	}
	for name, steps := range tests {
		t.Run(name, func(t *testing.T) {
			r, rows := desk(t)
			for i, s := range steps {
				got, err := r.register(t.Context(), s.in, noon)
				if err != nil || got.status != s.status {
					t.Fatalf("step %d: %d %q %v", i, got.status, got.reason, err)
				}
				if held := r.bindings.of("phone1", noon); len(held) != s.left || len(rows.rows) != s.left || got.status == 200 && len(got.bindings) != s.left {
					t.Fatalf("step %d: %d bindings, %d rows, %d answered", i, len(held), len(rows.rows), len(got.bindings))
				}
			}
		})
	}
}

func TestALifetimeIsCutToAnHour(t *testing.T) {
	r, _ := desk(t)
	got, err := r.register(t.Context(), from("a", 1, at("sip:1", maxExpires)), noon)
	if err != nil || !got.bindings[0].Expires.Equal(noon.Add(time.Hour)) {
		t.Errorf("%+v %v", got, err)
	}
}

func TestWhatTheRowsDoNotTakeIsNotRegistered(t *testing.T) {
	r, rows := desk(t)
	rows.broken = true
	if _, err := r.register(t.Context(), from("a", 1, at("sip:1", 60)), noon); err == nil {
		t.Error("no error")
	}
	if len(r.bindings.of("phone1", noon)) != 0 {
		t.Error("the cache holds what the rows do not")
	}
}

func TestBindingsAreLoadedExpireAndAreSwept(t *testing.T) {
	r, rows := desk(t)
	for i, seconds := range []int{60, 120} {
		if _, err := r.register(t.Context(), from("a", uint32(i+1), at(fmt.Sprint("sip:", i), seconds)), noon.Add(time.Duration(i))); err != nil {
			t.Fatal(err)
		}
	}
	again, err := loadBindings(t.Context(), rows)
	if err != nil {
		t.Fatal(err)
	}
	names := func(now time.Time) (uris []string) {
		for _, b := range again.of("phone1", now) {
			uris = append(uris, b.Contact)
		}
		return uris
	}
	if got := names(noon); !slices.Equal(got, []string{"sip:1", "sip:0"}) {
		t.Errorf("loaded are %v", got)
	}
	late := noon.Add(90 * time.Second)
	if got := names(late); !slices.Equal(got, []string{"sip:1"}) {
		t.Errorf("after 90 s there are %v", got)
	}
	if err := again.sweep(t.Context(), late, door().table()); err != nil || len(rows.rows) != 1 {
		t.Errorf("after the sweep there are %d rows, %v", len(rows.rows), err)
	}
	if err := again.sweep(t.Context(), noon, &routing.Table{}); err != nil || len(rows.rows) != 0 || names(noon) != nil {
		t.Errorf("after the login is gone there are %d rows and %v, %v", len(rows.rows), names(noon), err)
	}
}

func TestABindingIsReachedWhereItsPhoneIs(t *testing.T) {
	for name, tt := range map[string]struct {
		binding Binding
		host    string
		port    int
		want    string
	}{
		"its own address":      {Binding{Received: "192.0.2.1:5060", Transport: "udp"}, "192.0.2.1", 5070, "udp/192.0.2.1:5070"},
		"without a port":       {Binding{Received: "192.0.2.1:9999", Transport: "udp"}, "192.0.2.1", 0, "udp/192.0.2.1:5060"},
		"behind a NAT":         {Binding{Received: "192.0.2.1:9999", Transport: "udp"}, "10.0.0.5", 5060, "udp/192.0.2.1:9999"},
		"a name":               {Binding{Received: "192.0.2.1:9999", Transport: "udp"}, "phone.example", 5060, "udp/192.0.2.1:9999"},
		"over TCP":             {Binding{Received: "192.0.2.1:9999", Transport: "tcp"}, "192.0.2.1", 5060, "tcp/192.0.2.1:9999"},
		"somebody else's":      {Binding{Received: "192.0.2.1:9999", Transport: "udp"}, "198.51.100.7", 53, "udp/192.0.2.1:9999"},
		"from a broken record": {Binding{Received: "?", Transport: "udp"}, "192.0.2.1", 5060, ""},
	} {
		got, ok := tt.binding.reach(tt.host, tt.port)
		if ok != (tt.want != "") || ok && got.String() != tt.want {
			t.Errorf("%s: %v %v", name, got, ok)
		}
	}
}
