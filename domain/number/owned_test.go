package number_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/domain/claim"
	"dialtone/domain/number"
)

var (
	pooled = number.Pooled{Kind: number.Fixed, Country: "DE"}
	bought = number.Connected{Company: "acme", Deadline: noon.Add(claim.Window), Taking: "buying"}
	rests  = noon.Add(48 * time.Hour)
	tired  = number.Released{User: "ada", Reason: "user deleted", Rests: &rests}
)

func TestNumbersOfTheOperatorsPool(t *testing.T) {
	begun := number.ReturnBegun{Company: "acme", Reason: "spare", Rests: &rests, Deadline: noon.Add(claim.Window)}
	back := number.Disconnected{Company: "acme", Reason: "spare", Pool: true, Rests: &rests}
	gone := number.Disconnected{Company: "acme", Reason: "the order was refused"}
	pool := number.Pool{Number: line, Kind: number.Fixed, Country: "DE"}
	buy := number.Buy{Number: line, Company: "acme", By: "buying", At: noon}
	theirs := number.Buy{Number: line, Company: "globex", By: "theirs", At: noon}
	play(t, []scenario{
		{"a number is put into the pool", nil, pool.Decide, []domain.Event{pooled}, ""},
		{"once is enough", []domain.Event{pooled}, pool.Decide, nil, ""},
		{"a company's number is not the operator's to offer", []domain.Event{connected}, pool.Decide, nil, "number-taken"},
		{"a company buys it", []domain.Event{pooled}, buy.Decide, []domain.Event{bought}, ""},
		{"the same command buys it once", []domain.Event{pooled, bought}, buy.Decide, nil, ""},
		{"another command finds it sold", []domain.Event{pooled, bought}, number.Buy{Number: line, Company: "acme", By: "again", At: noon}.Decide, nil, "number-taken"},
		{"another company finds it sold", []domain.Event{pooled, bought}, theirs.Decide, nil, "number-taken"},
		{"what is in no pool is not for sale", nil, buy.Decide, nil, "number-not-offered"},
		{"a company that was refused gives it up", []domain.Event{pooled, bought}, number.GiveUp("acme", "buying", "the order was refused"), []domain.Event{gone}, ""},
		{"another command's purchase is left alone", []domain.Event{pooled, bought}, number.GiveUp("acme", "other", "x"), nil, ""},
		{"what was given up is in the pool again", []domain.Event{pooled, bought, gone}, buy.Decide, []domain.Event{bought}, ""},
		{"a free number is returned", []domain.Event{connected}, number.Return{Company: "acme", Reason: "spare", Rests: rests, At: noon}.Decide, []domain.Event{begun}, ""},
		{"once", []domain.Event{connected, begun}, number.Return{Company: "acme", Reason: "spare", Rests: rests, At: noon}.Decide, nil, ""},
		{"meanwhile it is given to nobody", []domain.Event{connected, begun}, assign("acme", "ada", "order", noon), nil, "number-returned"},
		{"then it leaves and rests", []domain.Event{connected, begun}, number.FinishReturn, []domain.Event{back}, ""},
		{"once only", []domain.Event{connected, begun, back}, number.FinishReturn, nil, ""},
		{"a user's number is not returned", []domain.Event{connected, assigned}, number.Return{Company: "acme"}.Decide, nil, "number-assigned"},
		{"another company's number is not there", []domain.Event{connected}, number.Return{Company: "globex"}.Decide, nil, "no-number"},
		{"what rests is not sold", []domain.Event{connected, back}, theirs.Decide, nil, "number-resting"},
		{"not even by connecting it", []domain.Event{connected, back}, connect("globex", noon), nil, "number-resting"},
		{"its former company may have it back", []domain.Event{connected, back}, buy.Decide, []domain.Event{bought}, ""},
		{"the operator ends the rest", []domain.Event{connected, back}, number.EndRest(noon), []domain.Event{number.RestEnded{}}, ""},
		{"no rest, nothing to end", []domain.Event{pooled}, number.EndRest(noon), nil, ""},
		{"and then it is sold", []domain.Event{connected, back, number.RestEnded{}}, buy.Decide, []domain.Event{bought}, ""},
	})
}

func TestAReleasedNumberRestsByPolicy(t *testing.T) {
	release := number.Release{User: "ada", Reason: "user deleted", Rests: rests}
	owned := []domain.Event{connected, assigned, confirmed}
	resting := []domain.Event{connected, assigned, confirmed, tired}
	anew := func(user string, at time.Time) []domain.Event {
		return []domain.Event{number.Assigned{Company: "acme", User: user, Taking: "order", Deadline: at.Add(claim.Window)}}
	}
	play(t, []scenario{
		{"it rests", owned, release.Decide, []domain.Event{tired}, ""},
		{"what never stood does not", []domain.Event{connected, assigned}, release.Decide, []domain.Event{number.Released{User: "ada", Reason: "user deleted"}}, ""},
		{"it is nobody else's meanwhile", resting, assign("acme", "grace", "order", noon), nil, "number-resting"},
		{"its former user has it back", resting, assign("acme", "ada", "order", noon), anew("ada", noon), ""},
		{"and when the time has come it is anybody's", resting, assign("acme", "grace", "order", rests), anew("grace", rests), ""},
		{"or when the operator says so", append(slices.Clone(resting), number.RestEnded{}), assign("acme", "grace", "order", noon), anew("grace", noon), ""},
	})
	_, err := assign("acme", "grace", "order", noon)(facts(resting))
	if err == nil || !strings.Contains(err.Error(), "2026-03-04T12:00:00Z") {
		t.Errorf("the refusal does not say until when: %v", err)
	}
}

func TestACompanyKeepsNumbersForLater(t *testing.T) {
	until := noon.Add(24 * time.Hour)
	kept := number.Reserved{Reason: "the new branch", Until: &until}
	reserve := number.Reserve{Company: "acme", Reason: "the new branch", Until: &until, At: noon}
	auto := func(at time.Time) domain.Decide {
		return number.Assign{Number: line, Company: "acme", User: "ada", By: "order", At: at, Auto: true}.Decide
	}
	given := func(at time.Time) []domain.Event {
		return []domain.Event{number.Assigned{Company: "acme", User: "ada", Taking: "order", Deadline: at.Add(claim.Window)}}
	}
	play(t, []scenario{
		{"it is kept", []domain.Event{connected}, reserve.Decide, []domain.Event{kept}, ""},
		{"twice is nothing", []domain.Event{connected, kept}, reserve.Decide, nil, ""},
		{"a reason is needed", []domain.Event{connected}, number.Reserve{Company: "acme", At: noon}.Decide, nil, "invalid-input"},
		{"and a date ahead", []domain.Event{connected}, number.Reserve{Company: "acme", Reason: "x", Until: &noon, At: noon}.Decide, nil, "invalid-input"},
		{"a user's number is not", []domain.Event{connected, assigned}, reserve.Decide, nil, "number-assigned"},
		{"another company's is not there", []domain.Event{connected}, number.Reserve{Company: "globex", Reason: "x", At: noon}.Decide, nil, "no-number"},
		{"it is not given by itself", []domain.Event{connected, kept}, auto(noon), nil, "number-reserved"},
		{"it is given to whom it was meant for", []domain.Event{connected, kept}, assign("acme", "ada", "order", noon), given(noon), ""},
		{"behind its date it is like any other", []domain.Event{connected, kept}, auto(until), given(until), ""},
		{"it is let go", []domain.Event{connected, kept}, number.Unreserve("acme"), []domain.Event{number.Unreserved{}}, ""},
		{"letting go of nothing is nothing", []domain.Event{connected}, number.Unreserve("acme"), nil, ""},
		{"nobody else lets it go", []domain.Event{connected, kept}, number.Unreserve("globex"), nil, "no-number"},
	})
	if s := number.Fold(facts([]domain.Event{connected, kept, assigned, confirmed, released})); s.Reserved != nil {
		t.Error("it is still kept for later after it was somebody's")
	}
}

func TestCallsToAFixedNumberWithoutAUserCanBeForwarded(t *testing.T) {
	const other domain.E164 = "+4930999999"
	forward := func(company string, to domain.E164) domain.Decide {
		return number.SetForward{Number: line, Company: company, To: to}.Decide
	}
	mobile := number.Connected{Company: "acme", Deadline: noon, Kind: number.Mobile}
	on := number.Forwarded{To: other}
	play(t, []scenario{
		{"it is forwarded (2.52)", []domain.Event{connected}, forward("acme", other), []domain.Event{on}, ""},
		{"also when it is kept for later", []domain.Event{connected, number.Reserved{Reason: "x"}}, forward("acme", other), []domain.Event{on}, ""},
		{"also after its user was deleted (2.23)", []domain.Event{connected, assigned, confirmed, tired}, forward("acme", other), []domain.Event{on}, ""},
		{"twice is nothing", []domain.Event{connected, on}, forward("acme", other), nil, ""},
		{"a mobile number is not (2.24)", []domain.Event{mobile}, forward("acme", other), nil, "mobile-not-forwarded"},
		{"a user's number is not", []domain.Event{connected, assigned, confirmed}, forward("acme", other), nil, "number-assigned"},
		{"another company's is not there", []domain.Event{connected}, forward("globex", other), nil, "no-number"},
		{"not to itself", []domain.Event{connected}, forward("acme", line), nil, "invalid-input"},
		{"not to nowhere", []domain.Event{connected}, forward("acme", "112"), nil, "invalid-input"},
		{"it ends", []domain.Event{connected, on}, forward("acme", ""), []domain.Event{number.ForwardingEnded{}}, ""},
		{"ending nothing is nothing", []domain.Event{connected}, forward("acme", ""), nil, ""},
		{"nobody else ends it", []domain.Event{connected, on}, forward("globex", ""), nil, "no-number"},
	})
	_, err := forward("acme", other)(facts([]domain.Event{mobile}))
	for _, word := range []string{"active mobile service", "active SIM", "direct forwarding"} {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("the refusal does not name the way round: %v", err)
		}
	}
	if s := number.Fold(facts([]domain.Event{connected, on, assigned, confirmed})); s.Forward != "" {
		t.Error("the forwarding outlives the gift")
	}
}

func TestASwapMovesANumberOnce(t *testing.T) {
	const other domain.E164 = "+4930999999"
	owned := []domain.Event{connected, assigned, confirmed}
	prepare := number.PrepareSwap{Number: line, Other: other, From: "ada", To: "grace", Decides: "ada", Swap: "swap", At: noon}
	prepared := number.SwapPrepared{Swap: "swap", From: "ada", To: "grace", Other: other, Decides: "ada", Deadline: noon.Add(claim.Window)}
	swapped := number.Swapped{Swap: "swap", From: "ada", To: "grace"}
	waiting := append(slices.Clone(owned), prepared)
	dropped := number.SwapDropped{Swap: "swap", Reason: "late"}
	again := prepare
	again.Swap = "another"
	play(t, []scenario{
		{"it is prepared", owned, prepare.Decide, []domain.Event{prepared}, ""},
		{"twice is nothing", waiting, prepare.Decide, nil, ""},
		{"another swap waits", waiting, again.Decide, nil, "being-taken"},
		{"what does not stand yet waits", []domain.Event{connected, assigned}, prepare.Decide, nil, "being-taken"},
		{"what is no longer the user's is not swapped", []domain.Event{connected}, prepare.Decide, nil, "number-moved"},
		{"meanwhile it is not released", waiting, releases("ada", "changed"), nil, "being-taken"},
		{"nor taken again", waiting, assign("acme", "ada", "order", noon), nil, "being-taken"},
		{"nor another's", waiting, assign("acme", "grace", "order", noon), nil, "number-taken"},
		{"it moves", waiting, number.FinishSwap{Swap: "swap", Given: true}.Decide, []domain.Event{swapped}, ""},
		{"once", append(slices.Clone(waiting), swapped), number.FinishSwap{Swap: "swap", Given: true}.Decide, nil, ""},
		{
			"or goes back to the company", waiting,
			number.FinishSwap{Swap: "swap"}.Decide,
			[]domain.Event{number.SwapDropped{Swap: "swap", Reason: "the other user wanted it no longer"}, number.Released{User: "ada", Reason: "swapped"}},
			"",
		},
		{"what was not decided is dropped", waiting, number.DropSwap("swap", "late"), []domain.Event{dropped}, ""},
		{"another swap's preparation stays", waiting, number.DropSwap("another", "late"), nil, ""},
		{"it expires", waiting, number.ExpireSwap(prepared.Deadline, "late"), []domain.Event{dropped}, ""},
		{"in its time", waiting, number.ExpireSwap(prepared.Deadline.Add(-1), "late"), nil, ""},
	})
	if s := number.Fold(facts(append(slices.Clone(waiting), swapped))); s.User != "grace" || !s.Confirmed || s.Swap != nil {
		t.Errorf("after the swap: %+v", s)
	}
}

func TestWhoHadTheNumberAtAnyMoment(t *testing.T) {
	day := func(n int) time.Time { return noon.Add(time.Duration(n) * 24 * time.Hour) }
	end := day(6)
	history := []domain.Fact{
		{At: day(0), Event: pooled},
		{At: day(1), Event: bought},
		{At: day(1).Add(time.Hour), Event: number.Reserved{Reason: "x", Until: new(day(2))}},
		{At: day(3), Event: assigned},
		{At: day(3).Add(time.Minute), Event: confirmed},
		{At: day(4), Event: number.Released{User: "ada", Reason: "changed", Rests: &end}},
		{At: day(7), Event: number.Forwarded{To: "+4930999999"}},
		{At: day(8), Event: number.Disconnected{Company: "acme", Reason: "moved", Pool: true}},
	}
	want := []struct {
		from, until   time.Time
		company, user string
		standing      number.Standing
		facts         int
	}{
		{day(0), day(1), "", "", number.InPool, 2},
		{day(1), day(1).Add(time.Hour), "acme", "", number.Free, 2},
		{day(1).Add(time.Hour), day(2), "acme", "", number.Kept, 1},
		{day(2), day(3), "acme", "", number.Free, 1},
		{day(3), day(4), "acme", "ada", number.OfTheUser, 3},
		{day(4), day(6), "acme", "", number.Resting, 1},
		{day(6), day(7), "acme", "", number.Free, 1},
		{day(7), day(8), "acme", "", number.Diverted, 2},
		{day(8), time.Time{}, "", "", number.InPool, 1},
	}
	got := number.Owners(history, day(30))
	if len(got) != len(want) {
		t.Fatalf("%d times, want %d: %+v", len(got), len(want), got)
	}
	for i, w := range want {
		g := got[i]
		if !g.From.Equal(w.from) || !g.Until.Equal(w.until) || g.Company != w.company || g.User != w.user || g.Standing != w.standing || len(g.Facts) != w.facts {
			t.Errorf("time %d: %s to %s, %q %q %s with %d facts, want %+v", i, g.From, g.Until, g.Company, g.User, g.Standing, len(g.Facts), w)
		}
	}
	if half := number.Owners(history[:6], day(5)); half[len(half)-1].Standing != number.Resting {
		t.Errorf("on day 5 it ends as %s", half[len(half)-1].Standing)
	}
}
