package e2e_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// guide002 is what guide 2 tells of accounts: whoever has an address chooses the
// password by the onboarding mail; who has none gets a temporary one by SMS, or
// from a hand; the free licence asks for the mobile to be verified by a code.
// The process is killed while a code is on its way.
type guide002 struct {
	*testing.T
	h                            *house
	company                      string
	mailed, texted, handed, free string
	byMobile                     string
	page                         *person
}

const (
	erikMail    = "erik@example.se"
	fridaMail   = "frida@example.se"
	ninaMobile  = "+46701740605"
	fridaMobile = "+46701740606"
	ninaMail    = "nina@example.se"
	swedish     = "fjorton oliver i burken"
)

var mobileCode = regexp.MustCompile(`\b[0-9]{7}\b`)

func TestGuide002FromTheOnboardingMailToTheVerifiedMobile(t *testing.T) {
	story := &guide002{T: t, h: newHouse(t)}
	for _, step := range []struct {
		guide string
		do    func()
	}{
		{"users are added with a licence and a number; the address may be left out", story.addUsers},
		{"the onboarding mail lets the user choose the password", story.chooseByMail},
		{"without an address the password comes by SMS, from NoReply", story.readSMS},
		{"the address is added later, under account and login", story.addAddress},
		{"without an address and a mobile somebody has to hand the password over", story.handOver},
		{"the free licence: the link alone activates nobody", story.freeIsPending},
		{"the login asks for the mobile, and a code goes out from NoReply", story.askForCode},
		{"(the process is killed, and goes on)", story.crash},
		{"a wrong code verifies nothing, the right one activates", story.verify},
	} {
		if t.Failed() {
			break
		}
		t.Log(step.guide)
		step.do()
	}
}

func (s *guide002) addUsers() {
	var made struct{ ID string }
	s.h.must(http.StatusCreated, "POST", "/v1/companies", object{
		"name": "Tre Ekar AB", "policy": "teleproffs", "language": "sv", "country": "SE",
		"numbers":  []object{{"from": "+46812345670", "to": "+46812345679"}},
		"licences": []object{{"kind": "fast", "count": 3}, {"kind": "free", "count": 1}},
	}).decode(s.T, &made)
	s.company = made.ID
	s.mailed = s.h.user(s.company, object{"firstName": "Erik", "lastName": "Ek", "number": "+46812345671", "licence": "fast", "email": erikMail})
	s.texted = s.h.user(s.company, object{"firstName": "Nina", "lastName": "Ny", "number": "+46812345672", "licence": "fast", "mobile": ninaMobile})
	s.handed = s.h.user(s.company, object{"firstName": "Olle", "lastName": "Olsson", "number": "+46812345673", "licence": "fast"})
	s.free = s.h.user(s.company, object{"firstName": "Frida", "lastName": "Fri", "extension": "601", "licence": "free", "email": fridaMail, "mobile": fridaMobile})
}

func (s *guide002) chooseByMail() {
	link := s.h.awaitLink(erikMail)
	if mail := s.h.inbox(erikMail)[0]; shows(mail.Text, "Erik", "välj ditt lösenord", "48 timmar") != "" || temporary.MatchString(mail.Text) {
		s.Errorf("the onboarding mail says:\n%s", mail.Text)
	}
	erik := newPerson(s.T, s.h).opens(link).sees(link, "15") // the rule of the password
	if strings.Contains(erik.page, `name="pin"`) {
		s.Error("a PIN is asked for")
	}
	erik.sends(url.Values{"password": {swedish}, "passwordAgain": {swedish}})
	eventually(s.T, "Erik to be activated", func() bool { return s.h.state(s.mailed) == "activated" })
	newPerson(s.T, s.h).logsIn(erikMail, swedish).sees("/me", "+46812345671")
}

func (s *guide002) readSMS() {
	password, sms := s.h.awaitPassword(ninaMobile, "sms", "")
	if sms.From != "NoReply" || shows(sms.Text, "TeleProffs: ", "tillfälliga lösenord") != "" {
		s.Errorf("from %q came: %s", sms.From, strings.ReplaceAll(sms.Text, password, "…"))
	}
	eventually(s.T, "Nina to be activated", func() bool { return s.h.state(s.texted) == "activated" })
	s.page = newPerson(s.T, s.h).logsIn("08-12345672", password).sees("/me/password", "tillfälligt lösenord").
		chooses(password, swedish, "").sees("/me", "+46812345672")
}

func (s *guide002) addAddress() {
	s.page.opens("/me/email").sends(url.Values{"email": {ninaMail}}).sees("/me", ninaMail)
	newPerson(s.T, s.h).logsIn(ninaMail, swedish).sees("/me")
	newPerson(s.T, s.h).opens("/reset").sends(url.Values{"name": {ninaMail}})
	s.h.awaitMessage(ninaMail, "mail", func(m message) bool { return resetLink(m) != "" })
}

func (s *guide002) handOver() {
	eventually(s.T, "the step to wait for a hand", func() bool { return shows(s.h.steps(s.handed), "hand-over", `"responsible":"admin"`) == "" })
	if state := s.h.state(s.handed); state != "pending" {
		s.Errorf("before the password is handed over the user is %s", state)
	}
	var told struct{ Password, LoginName, Way string }
	s.h.must(http.StatusOK, "POST", "/v1/users/"+s.handed+"/credential/reset", nil).decode(s.T, &told)
	if told.Way != "hand" || !temporary.MatchString(told.Password) || told.LoginName == "" {
		s.Fatalf("by %s, to log in as %q, a password of %d characters was told", told.Way, told.LoginName, len(told.Password))
	}
	eventually(s.T, "Olle to be activated", func() bool { return s.h.state(s.handed) == "activated" })
	newPerson(s.T, s.h).logsIn(told.LoginName, told.Password).sees("/me/password").chooses(told.Password, swedish, "").sees("/me", "+46812345673")
}

func (s *guide002) freeIsPending() {
	link := s.h.awaitLink(fridaMail)
	newPerson(s.T, s.h).opens(link).sends(url.Values{"password": {swedish}, "passwordAgain": {swedish}})
	eventually(s.T, "the mobile to be asked for", func() bool { return shows(s.h.steps(s.free), `"mobile-unverified"`, `"responsible":"user"`) == "" })
	if state := s.h.state(s.free); state != "pending" {
		s.Errorf("with an unverified mobile the user is %s", state)
	}
}

func (s *guide002) askForCode() {
	s.page = newPerson(s.T, s.h).logsIn(fridaMail, swedish).sees("/me/mobile", "Bekräfta din mobil", fridaMobile)
	s.page.opens("/me").sees("/me/mobile") // nothing else before
	s.page.sendsTo("/me/mobile/code", url.Values{}).sees("/me/mobile", "En kod är på väg")
}

func (s *guide002) crash() {
	s.h.kill()
	s.h.start()
	sms := s.h.awaitMessage(fridaMobile, "sms", func(m message) bool { return mobileCode.MatchString(m.Text) })
	if s.byMobile = mobileCode.FindString(sms.Text); sms.From != "NoReply" || shows(sms.Text, "10 minuter") != "" {
		s.Errorf("from %q came: %s", sms.From, strings.ReplaceAll(sms.Text, s.byMobile, "…"))
	}
}

func (s *guide002) verify() {
	wrong := "0000000"
	if s.byMobile == wrong {
		wrong = "1111111"
	}
	s.page.opens("/me/mobile").sends(url.Values{"code": {wrong}}).sees("/me/mobile")
	if state := s.h.state(s.free); state != "pending" {
		s.Errorf("with a wrong code the user is %s", state)
	}
	s.page.sends(url.Values{"code": {s.byMobile}}).sees("/me", "Mobilen är bekräftad", fridaMobile)
	eventually(s.T, "Frida to be activated", func() bool { return s.h.state(s.free) == "activated" })
	if codes := len(s.h.inbox(fridaMobile)); codes == 0 || codes > 2 {
		s.Errorf("%d SMS came to the mobile", codes)
	}
	if out, err := s.h.tool("verify"); err != nil {
		s.Errorf("verify: %v\n%s", err, out)
	}
	if log := s.h.log.text(); strings.Contains(log, s.byMobile) || strings.Contains(log, swedish) {
		s.Error("a secret is in the log")
	}
}
