package company_test

import (
	"encoding/json"
	"slices"
	"testing"

	"dialtone/domain"
	"dialtone/domain/company"
)

func TestABlockKnowsItsNumbers(t *testing.T) {
	row := company.Block{From: "+4930120098", To: "+4930120101"}
	if want := []domain.E164{"+4930120098", "+4930120099", "+4930120100", "+4930120101"}; !slices.Equal(row.Numbers(), want) || row.Count() != 4 {
		t.Errorf("numbers %v, count %d", row.Numbers(), row.Count())
	}
	for n, in := range map[domain.E164]bool{
		"+4930120098": true, "+4930120101": true, "+4930120097": false, "+4930120102": false, "+493012010": false, "+49301201000": false, "": false,
	} {
		if row.Contains(n) != in {
			t.Errorf("contains %s is %v, want %v", n, !in, in)
		}
	}
	for _, c := range []struct {
		other company.Block
		share bool
	}{
		{row, true},
		{company.Block{From: "+4930120101", To: "+4930120200"}, true},
		{company.Block{From: "+4930120000", To: "+4930120999"}, true},
		{company.Block{From: "+4930120102", To: "+4930120200"}, false},
		{company.Block{From: "+49301200980", To: "+49301201019"}, false},
	} {
		if row.Overlaps(c.other) != c.share || c.other.Overlaps(row) != c.share {
			t.Errorf("%v overlaps %v is %v, want %v", c.other, row, !c.share, c.share)
		}
	}
}

func TestACompanyIsWhatItsFactsTell(t *testing.T) {
	s := company.Fold(facts(story(t)...))
	if !s.Exists() || s.Name != "Acme" || s.Policy.Name != "onenet" || s.MainNumber != "+4930123400" {
		t.Errorf("folded to %+v", s)
	}
	if s.Licences["office"] != 7 || s.Licences["free"] != 1 {
		t.Errorf("licences %v: orders of one kind add up", s.Licences)
	}
	if !s.Owns("+4930123450") || !s.Owns("+49305505") || s.Owns("+4930123500") {
		t.Error("the numbers are not those of the blocks")
	}
	if site, ok := s.Site("s2"); !ok || site.Name != "Hamburg" {
		t.Errorf("site s2 is %+v, %v", site, ok)
	}
	if _, ok := s.Site(""); ok {
		t.Error("a site without an id was found")
	}
	if (company.State{}).Exists() {
		t.Error("a company without facts exists")
	}
}

func TestApplyingAFactLeavesTheStateBeforeItAlone(t *testing.T) {
	var states []company.State
	var frozen []string
	s := company.State{}
	for _, fact := range facts(story(t)...) {
		states, frozen = append(states, s), append(frozen, text(t, s))
		s = company.Evolve(s, fact)
		company.Evolve(states[len(states)-1], domain.Fact{Event: company.NumbersConnected{From: "+1", To: "+2"}}) // another future
		company.Evolve(states[len(states)-1], domain.Fact{Event: company.SiteOpened{ID: "other"}})
	}
	for n := range states {
		if now := text(t, states[n]); now != frozen[n] {
			t.Errorf("the state before fact %d changed:\n%s\n%s", n, frozen[n], now)
		}
	}
	if len(s.Sites) != 4 || s.Sites[3].ID != "s4" || s.Blocks[3].From != "+49305700" {
		t.Errorf("another future leaked into this one: %+v", s)
	}
}

func story(t *testing.T) []domain.Event {
	t.Helper()
	return []domain.Event{
		founded,
		company.PolicyAdopted{Policy: rules(t, "unifyoffice")},
		company.PolicyAdopted{Policy: rules(t, "onenet")},
		company.NumbersConnected(block),
		company.NumbersConnected{From: "+49305500", To: "+49305509"},
		company.NumbersConnected{From: "+49305600", To: "+49305609"},
		company.NumbersConnected{From: "+49305700", To: "+49305709"},
		company.MainNumberSet{Number: "+4930123400"},
		company.LicencesOrdered{Kind: "office", Count: 5},
		company.LicencesOrdered{Kind: "free", Count: 1},
		company.LicencesOrdered{Kind: "office", Count: 2},
		company.SiteOpened{ID: "s1", Name: "Berlin"},
		company.SiteOpened{ID: "s2", Name: "Hamburg"},
		company.SiteOpened{ID: "s3", Name: "Bremen"},
		company.SiteOpened{ID: "s4", Name: "Kiel"},
		company.ClaimAbandoned{Claim: "number-+1"},
	}
}

func text(t *testing.T, value any) string {
	t.Helper()
	raw, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
