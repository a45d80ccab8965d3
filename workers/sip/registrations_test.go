package sip_test

import (
	"slices"
	"testing"
	"time"

	"dialtone/workers/sip"
)

func TestRowsAreReplacedLoadedAndSwept(t *testing.T) {
	ctx, rows := t.Context(), sip.NewRows(database(t))
	noon := time.Date(2026, 5, 4, 12, 0, 0, 1000, time.UTC)
	one := sip.Binding{
		Username: "anna", Contact: "sip:1", CallID: "a", CSeq: 1<<31 - 1, Expires: noon.Add(time.Minute),
		Received: "192.0.2.1:5060", Transport: "udp", Instance: "<urn:uuid:1>", Updated: noon,
	}
	two := one
	two.Contact, two.Expires = "sip:2", noon.Add(time.Hour)
	steps := []struct {
		name   string
		remove []string
		save   []sip.Binding
		want   []sip.Binding
	}{
		{"saved", nil, []sip.Binding{one, two}, []sip.Binding{one, two}},
		{"saved again", nil, []sip.Binding{one}, []sip.Binding{one, two}},
		{"removed", []string{"sip:1", "sip:9"}, nil, []sip.Binding{two}},
		{"one for another", []string{"sip:2"}, []sip.Binding{one}, []sip.Binding{one}},
		{"both", nil, []sip.Binding{two}, []sip.Binding{one, two}},
	}
	for _, step := range steps {
		if err := rows.Replace(ctx, "anna", step.remove, step.save); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		if got := load(t, rows); !slices.Equal(got, step.want) {
			t.Errorf("%s: there is %v", step.name, got)
		}
	}
	if err := rows.Sweep(ctx, noon.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if got := load(t, rows); !slices.Equal(got, []sip.Binding{two}) {
		t.Errorf("after the sweep there is %v", got)
	}
}

func load(t *testing.T, rows *sip.Rows) []sip.Binding {
	t.Helper()
	all, err := rows.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(all, func(a, b sip.Binding) int {
		return len(a.Contact) - len(b.Contact) + int(a.Contact[4]) - int(b.Contact[4])
	})
	return all
}
