package domain_test

import (
	"errors"
	"fmt"
	"testing"

	"dialtone/domain"
)

func TestANumberHasTheFormOfE164(t *testing.T) {
	for number, valid := range map[domain.E164]bool{
		"+4930123450": true, "+12345678": true, "+123456789012345": true,
		"": false, "+": false, "4930123450": false, "+0301234567": false, "+1234567": false, "+1234567890123456": false,
		"+49 30 123450": false, "+49-30-12345": false, "+4930123450\n": false, "+４９３０１２３４５０": false, "+49301234５0": false,
	} {
		if got := number.Valid(); got != valid {
			t.Errorf("%q: valid is %v, want %v", number, got, valid)
		}
	}
}

func TestTheLastDigitsKeepLeadingZerosAndNeverRunOut(t *testing.T) {
	for _, c := range []struct {
		number domain.E164
		count  int
		last   string
	}{{"+4930120049", 4, "0049"}, {"+4930123450", 10, "4930123450"}, {"+4930123450", 40, "4930123450"}, {"", 4, ""}} {
		if got := c.number.Last(c.count); got != c.last {
			t.Errorf("last %d of %q: %q, want %q", c.count, c.number, got, c.last)
		}
	}
}

func TestADerivedIDIsAlwaysTheSame(t *testing.T) {
	// The values are pinned: every stored id depends on them.
	for want, got := range map[string]string{
		"b68e7864-81c3-56b0-8276-7c5186cd0f98": domain.DeriveID("a", "b"),
		"51da2233-1d6e-5c22-830d-e676646db54b": domain.DeriveID(),
		"b42004e2-3c17-5ac7-a5c2-3e8e7a22a8d7": domain.EventID("user-1", "c", 0),
	} {
		if got != want {
			t.Errorf("derived %s, want %s", got, want)
		}
	}
	ids := map[string][]string{}
	for _, parts := range [][]string{{}, {"a"}, {"a", "b"}, {"ab"}, {"a", "", "b"}, {"b", "a"}} {
		id := domain.DeriveID(parts...)
		if other, taken := ids[id]; taken && fmt.Sprint(other) != fmt.Sprint(parts) {
			t.Errorf("%q and %q share the id %s", parts, other, id)
		}
		ids[id] = parts
	}
	if domain.EventID("user-1", "c", 1) == domain.EventID("user-1", "c", 11) || domain.EventID("user-1", "c", 0) == domain.EventID("user-2", "c", 0) {
		t.Error("two events share an id")
	}
}

func TestACauseForAnotherStreamKeepsTheChain(t *testing.T) {
	first := domain.Cause{Command: "c", Actor: domain.Actor{Kind: domain.ActorAdmin, ID: "a"}, Reason: "moved"}
	next := first.For("number-+4930123450")
	if next.Command == first.Command || next.Command != first.For("number-+4930123450").Command {
		t.Error("the command's id is not derived from command and stream")
	}
	if next.Correlation != "c" || next.For("x").Correlation != "c" {
		t.Errorf("the correlation is %q, want the first command's id", next.Correlation)
	}
	if next.Actor != first.Actor || next.Reason != first.Reason {
		t.Error("actor or reason got lost")
	}
}

func TestTheKindOfAFaultIsFoundThroughLinks(t *testing.T) {
	refused := domain.Faultf(domain.Refused, "number-assigned", "number %d", 1)
	for _, c := range []struct {
		err   error
		kind  domain.Kind
		final bool
	}{
		{refused, domain.Refused, true},
		{fmt.Errorf("assign: %w", refused), domain.Refused, true},
		{errors.Join(errors.New("other"), refused), domain.Refused, true},
		{domain.Faultf(domain.Invalid, "c", "s"), domain.Invalid, true},
		{domain.Faultf(domain.Conflict, "c", "s"), domain.Conflict, true},
		{domain.Faultf(domain.Missing, "c", "s"), domain.Missing, true},
		{domain.Faultf(domain.Denied, "c", "s"), domain.Denied, true},
		{domain.Faultf(domain.Unavailable, "c", "s"), domain.Unavailable, false},
		{errors.New("nobody foresaw this"), domain.Unavailable, false},
	} {
		if domain.KindOf(c.err) != c.kind || domain.Final(c.err) != c.final {
			t.Errorf("%v: kind %s, final %v; want %s, %v", c.err, domain.KindOf(c.err), domain.Final(c.err), c.kind, c.final)
		}
	}
}

func TestACheckCollectsEveryBrokenField(t *testing.T) {
	var c domain.Check
	c.Need(true, "/a", "form", "is fine")
	if err := c.Err(); err != nil {
		t.Fatalf("nothing is broken, but: %v", err)
	}
	c.Need(false, "/b", "too-long", "has %d characters", 9)
	c.Need(false, "/c", "missing", "is missing")
	var fault *domain.Fault
	if err := c.Err(); !errors.As(err, &fault) || fault.Kind != domain.Invalid || len(fault.Fields) != 2 {
		t.Fatalf("got %v", err)
	}
	if want := "the input breaks a rule: /b has 9 characters; /c is missing"; fault.Error() != want {
		t.Errorf("it reads %q, want %q", fault.Error(), want)
	}
}

type added int

func (added) Type() string { return "test.added.v1" }

func TestFoldAppliesFactsInTheirOrder(t *testing.T) {
	sum := domain.Fold("", func(s string, f domain.Fact) string { return fmt.Sprintf("%s%d", s, f.Event) },
		[]domain.Fact{{Event: added(1)}, {Event: added(2)}, {Event: added(3)}})
	if sum != "123" {
		t.Errorf("folded to %q, want 123", sum)
	}
}
