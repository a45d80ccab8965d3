package e2e_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// guide001 is the story of guide 1: users are pending until the operator's
// network activates them, and fail with a cause where it does not; what a
// company's administrator may do with them in each state, told through the
// administrator's own pages, and by phone.
type guide001 struct {
	*testing.T
	h                       *house
	boss                    *person // the administrator, in the admin's view
	company                 string
	caller, pending, failed string
	sales                   string // path of a hunt group's page
	anna, ben               *phone
}

const netWords = "seven quiet harbour lights"

func TestGuide001ThePendingTheFailedAndTheActivatedUser(t *testing.T) {
	need(t, "sipp")
	story := &guide001{T: t, h: newHouse(t)}
	for _, step := range []struct {
		guide string
		do    func()
	}{
		{"an administrator is there", story.administrator},
		{"a new user without desk phone: services, number, mobile and contract number; the extension is the number's last four digits", story.order},
		{"pending: may call, is not called", story.isPending},
		{"a pending user may be put into a hunt group, and calls pass it by", story.isArmed},
		{"while a user is not active, it is neither deleted nor changed by an administrator", story.notWhilePending},
		{"activated by the operator: is called", story.isActivated},
		{"the activation brings it into the group by itself", story.comesIn},
		{"it cannot be activated: failed, with its cause; the operator's team has it tried again", story.fails},
		{"names have at most 23 and 30 characters", story.names},
		{"the desk phone's login is shown on the screen", story.deskPhone},
		{"after the activation user name, phone, options, mobile and contract number are changed", story.changes},
		{"who is locked out tries a reset without help first; then the account is reset", story.lockedOut},
		{"deleted: the number can be given again at once; it leaves all groups, and the other members are told", story.deletes},
	} {
		if t.Failed() {
			break
		}
		t.Log(step.guide)
		step.do()
	}
}

func (s *guide001) fault(number string, permanent bool, times int) {
	s.h.must(http.StatusNoContent, "POST", "/dev/network/faults", object{
		"number": number, "code": "port-missing", "text": "no port is free", "permanent": permanent, "times": times,
	})
}

func (s *guide001) awaits(id, state string) {
	eventually(s.T, "the user to be "+state, func() bool { return s.h.state(id) == state })
}

func (s *guide001) administrator() {
	s.company = s.h.company("onenet", "+4930231290000", "+4930231290099", 6)
	id := s.h.user(s.company, object{"firstName": "Vera", "lastName": "Voss", "number": "+4930231290009", "email": "vera@example.com"})
	s.awaits(id, "activated")
	s.h.must(http.StatusOK, "PUT", "/v1/users/"+id+"/admin", nil)
	var told struct{ Password string }
	s.h.must(http.StatusOK, "POST", "/v1/users/"+id+"/credential/reset", object{"way": "hand"}).decode(s.T, &told)
	s.boss = newPerson(s.T, s.h).logsIn("vera@example.com", told.Password).sees("/me/password").chooses(told.Password, netWords, "").sees("/me")
	s.boss.opens("/view").sends(url.Values{"view": {"admin"}, "next": {"/"}}).sees("/companies/" + s.company)
}

func (s *guide001) order() {
	s.boss.sends(url.Values{
		"firstName": {"Anna"}, "lastName": {"Example"}, "number": {"+4930231290001"}, "device": {"none"}, "language": {"en"}, "activate": {"yes"},
	})
	s.caller = strings.TrimPrefix(s.boss.at, "/users/")
	eventually(s.T, "the extension", func() bool { return strings.Contains(s.h.steps(s.caller), `"extension":"0001"`) })
	s.h.must(http.StatusOK, "PATCH", "/v1/users/"+s.caller, object{"mobileNumber": "+491711234560", "contractNumber": "C-0"})
	s.awaits(s.caller, "activated")
	s.anna = s.h.phone(s.caller)
	s.anna.register()
}

func (s *guide001) isPending() {
	s.fault("+4930231290002", false, 0)
	s.pending = s.h.user(s.company, object{"firstName": "Ben", "lastName": "Example", "number": "+4930231290002", "email": "ben@example.com"})
	eventually(s.T, "the network to be tried", func() bool { return strings.Contains(s.h.steps(s.pending), "network-unavailable") })
	s.ben = s.h.phone(s.pending)
	s.ben.register()
	s.anna.isRefused("0002")
	ended := s.anna.answers()
	s.ben.calls("0001")
	if err := ended(); err != nil {
		s.Errorf("the called phone: %v", err)
	}
}

func (s *guide001) notWhilePending() {
	ben := "/users/" + s.pending
	s.boss.opens(ben).sees(ben, "Ben").sendsTo(ben+"/open", url.Values{}).sees(ben, "Ben")
	s.boss.sendsTo(ben+"/delete", url.Values{"confirm": {"yes"}})
	if s.boss.page == "" || s.h.state(s.pending) != "pending" {
		s.Errorf("the pending user was deleted:\n%s", s.boss.page)
	}
	s.boss.opens(ben).sendsTo(ben+"/details", url.Values{"firstName": {"Benno"}, "was-firstName": {"Ben"}})
	if missing := shows(s.h.steps(s.pending), `"firstName":"Ben"`); missing != "" {
		s.Error("the pending user was changed")
	}
	s.h.must(http.StatusOK, "PATCH", "/v1/users/"+s.pending, object{"contractNumber": "C-1"}) // the back-office may
}

func (s *guide001) isActivated() {
	s.h.must(http.StatusNoContent, "DELETE", "/dev/network/faults", nil)
	s.awaits(s.pending, "activated")
	ended := s.ben.answers()
	s.anna.calls("0002")
	if err := ended(); err != nil {
		s.Errorf("the called phone: %v", err)
	}
}

func (s *guide001) fails() {
	s.fault("+4930231290003", true, 1)
	s.failed = s.h.user(s.company, object{"firstName": "Cleo", "lastName": "Example", "number": "+4930231290003"})
	s.awaits(s.failed, "failed")
	if steps := s.h.steps(s.failed); !strings.Contains(steps, "port-missing") || !strings.Contains(steps, `"responsible":"operator"`) {
		s.Errorf("the steps do not tell the cause: %s", steps)
	}
	s.anna.isRefused("0003")
	s.h.must(http.StatusAccepted, "POST", "/v1/users/"+s.failed+"/activation", nil)
	s.awaits(s.failed, "activated")
}

func (s *guide001) names() {
	users := "/v1/companies/" + s.company + "/users"
	s.h.user(s.company, object{"firstName": strings.Repeat("ä", 23), "lastName": strings.Repeat("ß", 30), "number": "+4930231290004"})
	s.h.must(http.StatusUnprocessableEntity, "POST", users, object{"firstName": strings.Repeat("ä", 24), "lastName": "X", "number": "+4930231290005"})
	s.h.must(http.StatusConflict, "POST", users, object{"firstName": "D", "lastName": "X", "number": "+4930231290004"})
}

func (s *guide001) deskPhone() {
	ben := "/users/" + s.pending
	s.boss.opens(ben).sendsTo(ben+"/device", url.Values{})
	if missing := shows(s.boss.page, "dialtone.local"); missing != "" {
		s.Errorf("the login is not shown:\n%s", s.boss.page)
	}
}

// changes is rule 1.15: what can be changed of a user after the activation, and
// whom the former user name is free for.
func (s *guide001) changes() {
	ben := "/users/" + s.pending
	changed := func(fields url.Values) {
		s.boss.opens(ben).sees(ben, "Ben").sendsTo(ben+"/details", fields).sees(ben)
	}
	changed(url.Values{
		"username": {"ben.example"}, "device": {"ip phone 30"}, "options": {"fax"}, "mobileNumber": {"+491711234567"}, "contractNumber": {"C-2"}, "was-contractNumber": {"C-1"},
	})
	eventually(s.T, "the changes", func() bool {
		return shows(s.h.steps(s.pending), `"ben.example"`, `"ip phone 30"`, `["fax"]`, `"+491711234567"`, `"C-2"`) == ""
	})
	s.h.must(http.StatusOK, "PATCH", "/v1/users/"+s.pending, object{"username": "ben.next"})
	s.h.must(http.StatusOK, "POST", "/v1/users/"+s.pending+"/credential/reset", object{"password": "nine wide windy bridges"})
	newPerson(s.T, s.h).logsIn("ben.example", "nine wide windy bridges").sees("/login")
	newPerson(s.T, s.h).logsIn("ben.next", "nine wide windy bridges").sees("/me/password").chooses("nine wide windy bridges", netWords+" ahead", "").sees("/me")
	eventually(s.T, "the former user name to be free", func() bool {
		a, err := s.h.try("PATCH", "/v1/users/"+s.caller, object{"username": "ben.example"})
		return err == nil && a.StatusCode == http.StatusOK
	})
}

// lockedOut is rules 1.19 and 1.20: the administrator sees whether the user has
// tried to help himself, and resets the account.
func (s *guide001) lockedOut() {
	ben := "/users/" + s.pending
	s.boss.opens(ben).sees(ben, "has not tried the self-service yet")
	newPerson(s.T, s.h).opens("/reset").sends(url.Values{"name": {"ben.next"}})
	s.h.awaitMessage("ben@example.com", "mail", func(m message) bool { return strings.Contains(m.Text, "/reset/") })
	eventually(s.T, "the administrator to see it", func() bool {
		s.boss.opens(ben)
		return strings.Contains(s.boss.page, "asked for a reset by mail")
	})
	s.boss.sendsTo(ben+"/credential", url.Values{"way": {"hand"}})
	given := temporary.FindString(s.boss.page)
	newPerson(s.T, s.h).logsIn("ben.next", netWords+" ahead").sees("/login")
	newPerson(s.T, s.h).logsIn("ben.next", given).sees("/me/password")
}

func (s *guide001) deletes() {
	s.boss.opens(s.sales).sendsTo(s.sales+"/members", url.Values{"user": {s.failed}}).sees(s.sales, "Cleo")
	cleo := "/users/" + s.failed
	s.boss.opens(cleo).sendsTo(cleo+"/open", url.Values{}).sees(cleo, "Cleo").sendsTo(cleo+"/delete", url.Values{"confirm": {"yes"}})
	s.awaits(s.failed, "deleted")
	eventually(s.T, "the number to be free", func() bool {
		a, err := s.h.try("POST", "/v1/companies/"+s.company+"/users", object{"firstName": "Eva", "lastName": "Next", "number": "+4930231290003"})
		return err == nil && a.StatusCode == http.StatusCreated
	})
	s.leavesTheGroup()
}

// leavesTheGroup is the end of rule 1.13: no group has who is deleted, and the
// members who stay are told by mail.
func (s *guide001) leavesTheGroup() {
	eventually(s.T, "the deleted user to leave the group", func() bool {
		s.boss.opens(s.sales)
		return !strings.Contains(s.boss.page, "Cleo") && strings.Contains(s.boss.page, "Ben")
	})
	s.h.awaitMessage("ben@example.com", "mail", func(m message) bool {
		return strings.Contains(m.Text, "Cleo Example is no longer a member of Sales")
	})
}

// isArmed is rules 1.6, 1.8 and X1: an administrator may add a user who is not
// active to groups, and the group's page says that it cannot ring yet, and why.
func (s *guide001) isArmed() {
	groups := "/companies/" + s.company + "/groups"
	s.boss.opens(groups).sendsTo(groups, url.Values{"kind": {"hunt"}, "name": {"Sales"}, "extension": {"7000"}, "strategy": {""}})
	s.sales = s.boss.at
	s.boss.sees(s.sales, "Sales", "all together")
	for _, member := range []string{s.caller, s.pending} {
		s.boss.opens(s.sales).sendsTo(s.sales+"/members", url.Values{"user": {member}})
	}
	s.boss.sees(s.sales, "1 of 2 cannot ring", "Pending since", "the network does not answer", "as soon as they are active")
	armed := s.h.must(http.StatusOK, "GET", "/v1"+s.sales, nil)
	if missing := shows(string(armed.body), `"cannotRing":["`+s.pending+`"]`); missing != "" {
		s.Errorf("the group tells %s", armed.body)
	}
}

// comesIn is the rest of rule X1: nobody does anything to the group.
func (s *guide001) comesIn() {
	before := s.h.must(http.StatusOK, "GET", "/v1"+s.sales+"/history", nil)
	s.boss.opens(s.sales)
	if strings.Contains(s.boss.page, "cannot ring") || strings.Count(string(before.body), "group.member-added.v1") != 2 {
		s.Errorf("the activated user does not ring:\n%s", s.boss.page)
	}
}

// steps gives a user's activation steps as JSON.
func (h *house) steps(id string) string {
	a, err := h.try("GET", "/v1/users/"+id, nil)
	if err != nil {
		return ""
	}
	return string(a.body)
}
