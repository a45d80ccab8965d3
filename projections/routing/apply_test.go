package routing_test

import (
	"fmt"
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/policy"
	"dialtone/domain/user"
	"dialtone/eventstore"
	"dialtone/projections/routing"
)

var noon = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

// story is a table with the facts that made it, one minute apart.
type story struct {
	table    routing.Table
	position eventstore.Position
}

func (s *story) tell(stream string, events ...domain.Event) {
	for _, event := range events {
		s.position++
		s.table = routing.Apply(s.table, domain.Fact{
			Event: event, ID: fmt.Sprint(s.position), Stream: stream, At: noon.Add(time.Duration(s.position) * time.Minute),
		}, s.position)
	}
}

func (s *story) user(id string, events ...domain.Event) { s.tell(user.Stream(id), events...) }

// order is the creation of a user of company c1.
func order(id, number, extension string) user.Created {
	return user.Created{ID: id, Company: "c1", Language: "de", Number: domain.E164(number), Extension: extension}
}

// start is the start of an activation whose first step is the line.
func start() user.ActivationStarted {
	return user.ActivationStarted{Steps: []string{policy.StepLine, policy.StepLink}}
}

func login(name string) user.DeviceLoginIssued {
	return user.DeviceLoginIssued{Username: name, Realm: "r", Personal: &user.DeviceLogin{HA1: map[string]string{"MD5": "secret of " + name}}}
}

func TestAUserIsFoundUnderEverythingItIsReachedBy(t *testing.T) {
	var s story
	s.user("u1", order("u1", "+49301000001", "101"), login("phone1"))
	for name, u := range map[string]*routing.User{
		"id": s.table.User("u1"), "number": s.table.ByNumber("+49301000001"),
		"extension": s.table.ByExtension("c1", "101"), "login": s.table.ByLogin("phone1"),
	} {
		if u == nil || u.ID != "u1" || u.Lifecycle != user.Pending || u.Position != 2 || u.HA1["MD5"] != "secret of phone1" {
			t.Errorf("by %s there is %+v", name, u)
		}
	}
	if s.table.ByExtension("c2", "101") != nil {
		t.Error("the extension was found in another company")
	}
}

func TestWhatIsGivenUpIsNoLongerFoundAndCanBeSomebodyElses(t *testing.T) {
	var s story
	s.user("u1", order("u1", "+49301000001", "101"), login("phone1"))
	s.user("u2", order("u2", "", ""))
	s.user("u1", user.NumberChanged{Number: "+49301000009"}, user.ExtensionChanged{Extension: "109"}, login("phone9"))
	if s.table.ByNumber("+49301000001") != nil || s.table.ByExtension("c1", "101") != nil || s.table.ByLogin("phone1") != nil {
		t.Error("the old number, extension or login is still found")
	}
	s.user("u2", user.NumberChanged{Number: "+49301000001"}, user.ExtensionChanged{Extension: "101"})
	if s.table.ByNumber("+49301000001").ID != "u2" || s.table.ByNumber("+49301000009").ID != "u1" {
		t.Error("the numbers are mixed up")
	}
	// a late fact of the former holder must not take it away again
	s.user("u3", order("u3", "+49301000001", ""))
	s.user("u2", user.Deleted{})
	if got := s.table.ByNumber("+49301000001"); got == nil || got.ID != "u3" {
		t.Error("the new holder's number went with the former holder")
	}
}

func TestADeletedUserLeavesNoSecretAndIsNotFound(t *testing.T) {
	var s story
	s.user("u1", order("u1", "+49301000001", "101"), login("phone1"), user.Deleted{}, user.ClaimsReleased{})
	if s.table.ByNumber("+49301000001") != nil || s.table.ByExtension("c1", "101") != nil || s.table.ByLogin("phone1") != nil {
		t.Error("the deleted user is still found")
	}
	if u := s.table.User("u1"); u.Lifecycle != user.Gone || u.HA1 != nil || u.Login != "" {
		t.Errorf("of the deleted user is left %+v", u)
	}
}

func TestTheLifecycleIsFoldedAsInTheDomain(t *testing.T) {
	var s story
	s.user("u1", order("u1", "+49301000001", ""), start(), user.StepDone{Step: policy.StepLine})
	if u := s.table.User("u1"); !u.LineDone || u.Lifecycle != user.Pending || !u.Since.Equal(noon.Add(time.Minute)) {
		t.Errorf("after the line step there is %+v", u)
	}
	s.user("u1", user.ActivationFailed{})
	if u := s.table.User("u1"); u.Lifecycle != user.Failed || !u.LineDone || !u.Since.Equal(noon.Add(4*time.Minute)) {
		t.Errorf("after the failure there is %+v", u)
	}
	s.user("u1", user.LinkRenewedByUser{}, user.Suspended{}, user.Activated{})
	if u := s.table.User("u1"); u.Lifecycle != user.Active || !u.Suspended || !u.Held.Equal(noon.Add(6*time.Minute)) {
		t.Errorf("after the suspension there is %+v", u)
	}
	s.user("u1", user.Resumed{})
	if s.table.User("u1").Suspended {
		t.Error("still suspended")
	}
}

func TestAFactIsAppliedOnceAndAnEarlierTableStaysAsItWas(t *testing.T) {
	var s story
	s.user("u1", order("u1", "+49301000001", ""))
	before := s.table
	s.user("u1", user.Suspended{})
	again := routing.Apply(s.table, domain.Fact{Event: user.Resumed{}, Stream: "user-u1"}, s.position)
	if !again.User("u1").Suspended {
		t.Error("a fact at the table's own position was applied")
	}
	if before.User("u1").Suspended {
		t.Error("the table of before has changed")
	}
}

func TestAnErasedUserHasNoSecrets(t *testing.T) {
	var s story
	s.user("u1", order("u1", "+49301000001", ""), login("phone1"))
	s.position++
	s.table = routing.Apply(s.table, domain.Fact{Event: user.Suspended{}, Stream: "user-u1", Erased: true}, s.position)
	if s.table.User("u1").HA1 != nil {
		t.Error("the secrets are still there")
	}
}

func TestAnUnreadableFactMakesItsUserStaleAndNobodyElse(t *testing.T) {
	var s story
	s.user("u1", order("u1", "+49301000001", ""))
	s.user("u2", order("u2", "+49301000002", ""))
	s.position++
	s.table = routing.Mark(s.table, "user-u1", "e", s.position)
	s.user("u1", user.Suspended{})
	if !s.table.User("u1").Stale || s.table.User("u2").Stale || s.table.Stale() != 1 || s.table.Position() != s.position {
		t.Errorf("stale are %d users", s.table.Stale())
	}
}

func TestNumbersOfACompanyAreOursEvenIfNobodyHasThem(t *testing.T) {
	var s story
	s.tell(company.Stream("c1"), company.Created{ID: "c1", Country: "DE"},
		company.NumbersConnected{From: "+49301000020", To: "+49301000029"}, company.NumbersConnected{From: "+49301000000", To: "+49301000009"},
		company.MainNumberSet{Number: "+49301000000"})
	for number, ours := range map[domain.E164]bool{
		"+49301000000": true, "+49301000009": true, "+49301000020": true, "+49301000010": false, "+49301000030": false, "+4930100000": false, "+493010000000": false,
	} {
		if got := s.table.Ours(number); got != ours {
			t.Errorf("%s ours: %v", number, got)
		}
	}
	if c := s.table.Company("c1"); c.Country != "DE" || c.MainNumber != "+49301000000" {
		t.Errorf("the company is %+v", c)
	}
}

func crowd(count int) *story {
	var s story
	for i := range count {
		s.user(fmt.Sprint("u", i), order(fmt.Sprint("u", i), fmt.Sprintf("+4930%07d", i), fmt.Sprint(i)))
	}
	return &s
}

func TestEverybodyOfACrowdIsFound(t *testing.T) {
	s := crowd(20_000)
	if s.table.Len() != 20_000 {
		t.Fatalf("there are %d users", s.table.Len())
	}
	for i := range 20_000 {
		if u := s.table.ByNumber(domain.E164(fmt.Sprintf("+4930%07d", i))); u == nil || u != s.table.ByExtension("c1", fmt.Sprint(i)) {
			t.Fatalf("user %d is not found", i)
		}
	}
}

func BenchmarkApplyWithAHundredThousandUsers(b *testing.B) {
	s := crowd(100_000)
	for i := 0; b.Loop(); i++ {
		number := domain.E164(fmt.Sprintf("+4940%07d", i%10_000_000))
		s.user(fmt.Sprint("u", i%100_000), user.NumberChanged{Number: number})
	}
}

func TestNumbersThatWereGivenBackAreOursNoLonger(t *testing.T) {
	var s story
	s.tell(company.Stream("c1"), company.Created{ID: "c1", Country: "DE"}, company.NumbersConnected{From: "+49301000000", To: "+49301000009"})
	s.tell(company.Stream("c1"), company.NumbersReturned{From: "+49301000004", To: "+49301000004"}, company.NumbersBought{From: "+49301000050", To: "+49301000051"})
	for number, ours := range map[domain.E164]bool{
		"+49301000000": true, "+49301000003": true, "+49301000004": false, "+49301000005": true, "+49301000009": true, "+49301000050": true, "+49301000052": false,
	} {
		if got := s.table.Ours(number); got != ours {
			t.Errorf("%s ours: %v", number, got)
		}
	}
}
