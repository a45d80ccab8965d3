package api_test

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"dialtone/api"
	"dialtone/domain"
	"dialtone/eventstore"
)

func TestIfMatchIsReadAsRFC9110Says(t *testing.T) {
	for _, c := range []struct {
		header string
		wanted []uint64
		anyOne bool
		wrong  bool
	}{
		{header: "", anyOne: true},
		{header: "*", anyOne: true},
		{header: " * ", anyOne: true},
		{header: `"3"`, wanted: []uint64{3}},
		{header: `"3","4" , "5"`, wanted: []uint64{3, 4, 5}},
		{header: `W/"3"`},
		{header: `W/"3", "4"`, wanted: []uint64{4}},
		{header: `"abc"`},
		{header: `""`},
		{header: `"99999999999999999999"`},
		{header: `3`, wrong: true},
		{header: `"3`, wrong: true},
		{header: `"3" "4"`, wrong: true},
		{header: `w/"3"`, wrong: true},
		{header: `"3",*`, wrong: true},
		{header: `,`, wrong: true},
	} {
		t.Run(c.header, func(t *testing.T) {
			wanted, anyOne, err := api.Revisions(c.header)
			if (err != nil) != c.wrong || anyOne != c.anyOne || fmt.Sprint(wanted) != fmt.Sprint(c.wanted) {
				t.Fatalf("%v %v %v", wanted, anyOne, err)
			}
			if c.wrong && api.StatusOf(err) != 400 {
				t.Fatalf("status %d", api.StatusOf(err))
			}
		})
	}
}

func TestAPositionIsReadAsItWasWritten(t *testing.T) {
	for _, position := range []eventstore.Position{0, 1, 35, 36, 1 << 40, math.MaxInt64} {
		back, err := api.ParsePosition(api.PositionText(position))
		if err != nil || back != position {
			t.Errorf("%d becomes %s and %d, %v", position, api.PositionText(position), back, err)
		}
	}
	for _, text := range []string{"", "p", "12", "p-1", "P1", "p 1", "pzzzzzzzzzzzzzzzzzzz", "p1\n"} {
		if _, err := api.ParsePosition(text); api.StatusOf(err) != 400 {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestEveryKindOfFaultHasItsStatus(t *testing.T) {
	for _, c := range []struct {
		err  error
		want int
	}{
		{domain.Faultf(domain.Invalid, "invalid-input", "x"), 422},
		{domain.Faultf(domain.Refused, "suspended", "x"), 409},
		{domain.Faultf(domain.Conflict, "number-taken", "x"), 409},
		{domain.Faultf(domain.Conflict, "stale", "x"), 412},
		{domain.Faultf(domain.Missing, "no-user", "x"), 404},
		{domain.Faultf(domain.Denied, "not-yours", "x"), 403},
		{domain.Faultf(domain.Denied, "unauthenticated", "x"), 401},
		{domain.Faultf(domain.Unavailable, "behind", "x"), 503},
		{domain.Faultf(domain.Invalid, "malformed", "x"), 400},
		{domain.Faultf(domain.Invalid, "too-large", "x"), 413},
		{domain.Faultf(domain.Invalid, "idempotency-key-reused", "x"), 422},
		{fmt.Errorf("on the way: %w", domain.Faultf(domain.Missing, "no-user", "x")), 404},
		{errors.New("nobody foresaw this"), 503},
	} {
		if got := api.StatusOf(c.err); got != c.want {
			t.Errorf("%v: %d, want %d", c.err, got, c.want)
		}
	}
}
