package routing_test

import (
	"strconv"
	"strings"
	"testing"

	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/policy"
	"dialtone/domain/user"
	"dialtone/projections/routing"
)

// town is a table with users in every state; c1 is German, c2 Italian.
func town() *story {
	var s story
	s.tell(company.Stream("c1"), company.Created{ID: "c1", Country: "DE"},
		company.NumbersConnected{From: "+49301000000", To: "+49301000099"}, company.MainNumberSet{Number: "+49301000000"})
	s.tell(company.Stream("c2"), company.Created{ID: "c2", Country: "IT"})
	done := user.StepDone{Step: policy.StepLine}
	s.user("active", order("active", "+49301000001", "101"), login("phone1"), start(), done, user.Activated{})
	s.user("pending", order("pending", "+49301000002", "102"), start())
	s.user("failed", order("failed", "+49301000003", "103"), start(), done, user.ActivationFailed{})
	s.user("broken", order("broken", "+49301000004", "104"), start(), user.ActivationFailed{})
	s.user("suspended", order("suspended", "+49301000005", "105"), start(), done, user.Activated{}, user.Suspended{})
	s.user("lineless", order("lineless", "", ""), login("phone6"), start(), user.Activated{})
	s.user("deleted", order("deleted", "+49301000007", "107"), user.Deleted{})
	s.user("colleague", order("colleague", "", "108"), login("phone8"), start(), done, user.Activated{})
	s.user("stale", order("stale", "+49301000009", "109"), start(), done, user.Activated{})
	s.user("italian", user.Created{ID: "italian", Company: "c2", Number: "+390612345678", Extension: "101"}, start(), done, user.Activated{})
	s.position++
	s.table = routing.Mark(s.table, "user-stale", "e", s.position)
	return &s
}

func TestEveryRuleOfRouting(t *testing.T) {
	const outside = "+46812345678"
	tests := []struct {
		rule, caller, target string
		want                 string // "user:ID", "trunk:NUMBER" or "STATUS reason"
	}{
		{"both activated, by extension", "active", "108", "user:colleague"},
		{"both activated, by E.164", "colleague", "+49301000001", "user:active"},
		{"by international prefix", "colleague", "0049301000001", "user:active"},
		{"by national prefix", "colleague", "0301000001", "user:active"},
		{"with separators", "colleague", "+49 (30) 100-0001", "user:active"},
		{"by login name within the company", "active", "phone8", "user:colleague"},
		{"a login name of another company", "italian", "phone8", "404 no such"},
		{"an extension is one of the caller's company", "italian", "101", "user:italian"},
		{"pending may call", "pending", "101", "user:active"},
		{"pending may call outside", "pending", outside, "trunk:" + outside},
		{"pending may not be called", "active", "102", "480 callee pending since 2026-05-04T12:"},
		{"failed with a line may call", "failed", "101", "user:active"},
		{"failed may not be called", "active", "103", "480 callee failed"},
		{"failed without a line may not call", "broken", "101", "403 emergency numbers only"},
		{"suspended may not call", "suspended", "101", "403 emergency numbers only"},
		{"suspended may not be called", "active", "105", "480 callee suspended"},
		{"without a line nobody calls", "lineless", "101", "403 no line"},
		{"without a line nobody is called", "active", "phone6", "480 no line"},
		{"deleted users are unknown", "active", "107", "404 no such"},
		{"a deleted user's number is ours, but nobody's", "active", "+49301000007", "404 nobody has it"},
		{"a deleted caller", "deleted", "101", "403 not known"},
		{"an unknown caller", "nobody", "112", "403 not known"},
		{"an unknown extension", "active", "999", "404 no such"},
		{"a word", "active", "robert", "404 no such"},
		{"nothing", "active", "", "404 no such"},
		{"digits without end", "active", strings.Repeat("9", 400), "404 no such"},
		{"our number without a user does not go to the trunk", "active", "+49301000050", "404 nobody has it"},
		{"a stale caller", "stale", "101", "503 could not be read"},
		{"a stale callee", "active", "109", "503 could not be read"},
		{"a number elsewhere", "active", "0046812345678", "trunk:" + outside},
		{"a national number elsewhere", "active", "089123456", "trunk:+4989123456"},
		{"Italy keeps the leading zero", "italian", "0687654321", "trunk:+390687654321"},
		{"an Italian number of ours", "italian", "0612345678", "user:italian"},
		{"an emergency, activated", "active", "112", "trunk:112"},
		{"an emergency, pending", "pending", "110", "trunk:110"},
		{"an emergency, failed", "broken", "112", "trunk:112"},
		{"an emergency, suspended", "suspended", "112", "trunk:112"},
		{"an emergency, without a line", "lineless", "112", "trunk:112"},
		{"an emergency, stale", "stale", "112", "trunk:112"},
		{"an emergency number of the caller's country", "italian", "118", "trunk:118"},
		{"not of another country", "active", "118", "404 no such"},
	}
	s := town()
	for _, tt := range tests {
		t.Run(tt.rule, func(t *testing.T) {
			got := routing.Route(routing.Call{Caller: tt.caller, Target: tt.target, HasTrunk: true}, &s.table, noon)
			check(t, got, tt.want)
			if got.Position != s.table.Position() || len(got.Because) == 0 {
				t.Errorf("the decision explains itself with %v at %d", got.Because, got.Position)
			}
		})
	}
}

// check compares a decision with "user:ID", "trunk:NUMBER" or "STATUS reason".
func check(t *testing.T, got routing.Decision, want string) {
	t.Helper()
	kind, rest, _ := strings.Cut(want, ":")
	switch kind {
	case "user":
		if got.Kind != routing.ToUser || got.User != rest {
			t.Errorf("want %s, got %+v", want, got)
		}
	case "trunk":
		if got.Kind != routing.ToTrunk || got.Number != rest {
			t.Errorf("want %s, got %+v", want, got)
		}
	default:
		status, reason, _ := strings.Cut(want, " ")
		if got.Kind != routing.Refuse || status != strconv.Itoa(got.Status) || !strings.Contains(got.Reason, reason) {
			t.Errorf("want %s, got %+v", want, got)
		}
	}
}

func TestCallsFromTheTrunkReachOurUsersAndNobodyElse(t *testing.T) {
	s := town()
	for target, want := range map[string]string{
		"+49301000001": "user:active", "49301000001": "user:active", "+49301000002": "480 callee pending", "+49301000005": "480 callee suspended",
		"+49301000007": "404 nobody here", "+49301000050": "404 nobody here", "+46812345678": "404 nobody here", "112": "404 ", "101": "404 not E.164", "": "404 not E.164",
	} {
		t.Run(target, func(t *testing.T) {
			check(t, routing.Route(routing.Call{FromTrunk: true, Target: target, HasTrunk: true}, &s.table, noon), want)
		})
	}
}

func TestWithoutATrunkCallsOutAreRefused(t *testing.T) {
	s := town()
	for _, target := range []string{"112", "+46812345678"} {
		check(t, routing.Route(routing.Call{Caller: "active", Target: target}, &s.table, noon), "503 no trunk")
	}
}

func TestOtherDomainsAreNotCalledExceptInAnEmergency(t *testing.T) {
	s := town()
	check(t, routing.Route(routing.Call{Caller: "active", Target: "101", Foreign: true, HasTrunk: true}, &s.table, noon), "404 another domain")
	check(t, routing.Route(routing.Call{Caller: "active", Target: "112", Foreign: true, HasTrunk: true}, &s.table, noon), "trunk:112")
}

func TestACallerWithoutANumberIsShownByTheMainNumber(t *testing.T) {
	s := town()
	for caller, want := range map[string]domain.E164{"active": "+49301000001", "colleague": "+49301000000", "italian": "+390612345678"} {
		if got := routing.Route(routing.Call{Caller: caller, Target: "112", HasTrunk: true}, &s.table, noon); got.Identity != want || !got.Emergency {
			t.Errorf("%s is shown as %q", caller, got.Identity)
		}
	}
}

func TestEmergencyNumbersByCountry(t *testing.T) {
	for country, numbers := range map[string][]string{
		"DE": {"110", "112"}, "SE": {"112"}, "GR": {"100", "112", "166", "199"}, "IT": {"112", "113", "115", "118"},
		"GB": {"112", "999"}, "AT": {"112", "133", "144"}, "CH": {"112", "117", "118", "144"}, "": {"112"}, "FR": {"112"},
	} {
		for _, number := range numbers {
			if !domain.Emergency(number, country) {
				t.Errorf("%s is no emergency number in %q", number, country)
			}
		}
		if domain.Emergency("101", country) || domain.Emergency("1120", country) {
			t.Errorf("a number too many in %q", country)
		}
	}
}
