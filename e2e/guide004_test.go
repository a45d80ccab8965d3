package e2e_test

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"
)

// guide004 is the story of guide 4: temporary passwords come by mail, by SMS or
// from the technician, each user has another; the first login changes it and
// asks for an address; who has none and forgets the password needs the admin.
type guide004 struct {
	*testing.T
	h                          *house
	company                    string
	boss                       *person // the administrator
	byMail, bySMS, byHand      string
	mailed, texted, toldByHand string
}

const (
	smartMail   = "anna@example.it"
	smartMobile = "+393331234567"
	ownWords    = "quattordici olive nel vaso"
)

func TestGuide004FromTheTemporaryPasswordToTheReset(t *testing.T) {
	story := &guide004{T: t, h: newHouse(t, "--policies", hastyPolicies(t))}
	for _, step := range []struct {
		guide string
		do    func()
	}{
		{"the PBX with its users; extensions have three digits, zeros in front count", story.make},
		{"an administrator is asked for a view at the login, and switches", story.choosesView},
		{"credentials by mail, by SMS, or from the technician; never one password for all", story.handOut},
		{"log in with number and password; the temporary password has to be changed", story.firstLogin},
		{"who has no address has to name one", story.nameAddress},
		{"the password lives 365 days", story.age},
		{"a password that has ended is told on its form, and changed there", story.over},
		{"a warning before the administrator opens another's account", story.warned},
		{"an admin sets a password: it is temporary again", story.adminResets},
		{"a forgotten password is reset by mail", story.resetByMail},
		{"without an address the reset fails and the admin is asked; for an admin the operator", story.resetFails},
	} {
		if t.Failed() {
			break
		}
		t.Log(step.guide)
		step.do()
	}
}

func (s *guide004) make() {
	var made struct{ ID string }
	s.h.must(http.StatusCreated, "POST", "/v1/companies", object{
		"name": "Uffici Riuniti", "policy": "officesmart", "language": "it", "country": "IT",
		"numbers": []object{{"from": "+390125123040", "to": "+390125123049"}}, "licences": []object{{"kind": "premium", "count": 5}},
	}).decode(s.T, &made)
	s.company = made.ID
	s.byMail = s.h.user(s.company, object{"firstName": "Anna", "lastName": "Verdi", "number": "+390125123049", "extension": "049", "email": smartMail})
	s.bySMS = s.h.user(s.company, object{"firstName": "Bruno", "lastName": "Rossi", "number": "+390125123043", "mobile": smartMobile})
	s.byHand = s.h.user(s.company, object{"firstName": "Carla", "lastName": "Bianchi", "number": "+390125123044"})
	eventually(s.T, "the extension", func() bool {
		a, err := s.h.try("GET", "/v1/users/"+s.bySMS, nil)
		return err == nil && shows(string(a.body), `"extension":"043"`) == ""
	})
}

func (s *guide004) handOut() {
	s.mailed, _ = s.h.awaitPassword(smartMail, "mail", "")
	s.texted, _ = s.h.awaitPassword(smartMobile, "sms", "")
	eventually(s.T, "the step to wait for a hand", func() bool { return shows(s.h.steps(s.byHand), "hand-over", `"responsible":"admin"`) == "" })
	if state := s.h.state(s.byHand); state != "pending" {
		s.Errorf("without a password handed over the user is %s", state)
	}
	var told struct{ Password, LoginName, Way string }
	s.h.must(http.StatusOK, "POST", "/v1/users/"+s.byHand+"/credential/reset", object{"way": "hand"}, "Idempotency-Key", "carla-1").decode(s.T, &told)
	if s.toldByHand = told.Password; !temporary.MatchString(told.Password) || told.LoginName != "+390125123044" {
		s.Errorf("the technician is told %+v", told)
	}
	s.h.must(http.StatusOK, "POST", "/v1/users/"+s.byHand+"/credential/reset", object{"way": "hand"}, "Idempotency-Key", "carla-1").decode(s.T, &told)
	if s.mailed == s.texted || s.mailed == s.toldByHand || s.texted == s.toldByHand {
		s.Error("two users have one password")
	}
	for _, id := range []string{s.byMail, s.bySMS, s.byHand} {
		eventually(s.T, "the user to be activated", func() bool { return s.h.state(id) == "activated" })
	}
}

func (s *guide004) firstLogin() {
	newPerson(s.T, s.h).logsIn("0125123049", "sbagliata").sees("/login", "name or password is wrong") // the browser asks for no language
	newPerson(s.T, s.h).logsIn("0125123049", s.mailed).sees("/me/password", "password temporanea").
		chooses(s.mailed, ownWords, "").sees("/me", smartMail, "049")
	newPerson(s.T, s.h).logsIn("0125123049", s.mailed).sees("/login")
}

func (s *guide004) nameAddress() {
	carla := newPerson(s.T, s.h).logsIn("+390125123044", s.toldByHand).sees("/me/password").
		chooses(s.toldByHand, ownWords, "").sees("/me/email", "Indichi un indirizzo")
	carla.opens("/me").sees("/me/email") // nothing else before
	carla.sends(url.Values{"email": {smartMail}}).sees("/me/email")
	carla.sends(url.Values{"email": {"carla@example.it"}}).sees("/me", "carla@example.it")
}

func (s *guide004) age() {
	eventually(s.T, "the password's end to be shown", func() bool {
		var anna struct {
			Credential struct {
				State     string
				ExpiresAt time.Time
			}
		}
		s.h.must(http.StatusOK, "GET", "/v1/users/"+s.byMail, nil).decode(s.T, &anna)
		left := time.Until(anna.Credential.ExpiresAt)
		return anna.Credential.State == "set" && left > 364*24*time.Hour && left <= 365*24*time.Hour
	})
}

func (s *guide004) adminResets() {
	anna := newPerson(s.T, s.h).logsIn("0125123049", ownWords).sees("/me")
	s.boss.must(http.StatusOK, "POST", "/v1/users/"+s.byMail+"/credential/reset", object{"way": "mail"})
	again, _ := s.h.awaitPassword(smartMail, "mail", s.mailed)
	anna.opens("/me").sees("/login") // its sessions are over
	newPerson(s.T, s.h).logsIn("0125123049", again).sees("/me/password").chooses(again, ownWords, "").sees("/me")
	chosen := "scelta in ufficio oggi"
	s.boss.must(http.StatusUnprocessableEntity, "POST", "/v1/users/"+s.byMail+"/credential/reset", object{"password": "anna verdi 049 049"})
	s.boss.must(http.StatusOK, "POST", "/v1/users/"+s.byMail+"/credential/reset", object{"password": chosen})
	newPerson(s.T, s.h).logsIn("0125123049", chosen).sees("/me/password", "password temporanea").chooses(chosen, ownWords, "").sees("/me")
}

func (s *guide004) resetByMail() {
	newPerson(s.T, s.h).opens("/reset").sends(url.Values{"name": {"0125123049"}}).sees("/reset")
	mail := s.h.awaitMessage(smartMail, "mail", func(m message) bool { return resetLink(m) != "" })
	newPerson(s.T, s.h).opens(resetLink(mail)).sends(url.Values{"password": {ownWords + " due"}, "passwordAgain": {ownWords + " due"}})
	newPerson(s.T, s.h).logsIn("0125123049", ownWords+" due").sees("/me")
}

func (s *guide004) resetFails() {
	newPerson(s.T, s.h).logsIn("0125123043", s.texted).sees("/me/password").chooses(s.texted, ownWords, "").sees("/me/email")
	helper := func() string {
		var bruno struct{ AskedForHelp string }
		s.h.must(http.StatusOK, "GET", "/v1/users/"+s.bySMS, nil).decode(s.T, &bruno)
		return bruno.AskedForHelp
	}
	newPerson(s.T, s.h).opens("/reset").sends(url.Values{"name": {"0125123043"}}).sees("/reset")
	eventually(s.T, "the admin to be asked", func() bool { return helper() == "admin" })
	s.h.must(http.StatusOK, "PUT", "/v1/users/"+s.bySMS+"/admin", nil)
	newPerson(s.T, s.h).opens("/reset").sends(url.Values{"name": {"0125123043"}}).sees("/reset")
	eventually(s.T, "the operator to be asked", func() bool { return helper() == "operator" })
	s.h.must(http.StatusOK, "POST", "/v1/users/"+s.bySMS+"/credential/reset", nil)
	eventually(s.T, "nobody to be asked any more", func() bool { return helper() == "" })
}

// choosesView is rule 4.1. The administrator's own password is handed over by
// the operator.
func (s *guide004) choosesView() {
	id := s.h.user(s.company, object{"firstName": "Dora", "lastName": "Neri", "number": "+390125123041", "email": "dora@example.it"})
	s.h.must(http.StatusOK, "PUT", "/v1/users/"+id+"/admin", nil)
	first, _ := s.h.awaitPassword("dora@example.it", "mail", "")
	newPerson(s.T, s.h).logsIn("0125123041", first).sees("/me/password").chooses(first, ownWords, "")
	s.boss = newPerson(s.T, s.h).logsIn("0125123041", ownWords).sees("/view", "Come vuoi accedere?", "Come amministratore", "Come utente")
	firm := "/companies/" + s.company
	s.boss.takesView("user").sees("/me", "Dora").opens(firm).sees("/login")
	s.boss = newPerson(s.T, s.h).logsIn("0125123041", ownWords).sees("/view").takesView("admin").sees(firm, "Uffici Riuniti")
}

// over is rule 4.8: in the company where passwords live for a moment only.
func (s *guide004) over() {
	var made struct{ ID string }
	s.h.must(http.StatusCreated, "POST", "/v1/companies", object{
		"name": "Uffici Frettolosi", "policy": "hasty", "language": "it", "country": "IT",
		"numbers": []object{{"from": "+390125124040", "to": "+390125124049"}}, "licences": []object{{"kind": "premium", "count": 1}},
	}).decode(s.T, &made)
	s.h.user(made.ID, object{"firstName": "Elio", "lastName": "Bruni", "number": "+390125124041", "email": "elio@example.it"})
	first, _ := s.h.awaitPassword("elio@example.it", "mail", "")
	elio := newPerson(s.T, s.h).logsIn("0125124041", first).sees("/me/password", "password temporanea").chooses(first, ownWords, "")
	eventually(s.T, "the password to end", func() bool { return elio.opens("/me").at == "/me/password" })
	elio.sees("/me/password", "La password è scaduta", `name="old"`, `name="password"`, `name="passwordAgain"`)
	elio.chooses(ownWords, ownWords, "").sees("/me/password") // the same once more is none
	elio.opens("/me/password").chooses(ownWords, ownWords+" due", "")
	newPerson(s.T, s.h).logsIn("0125124041", ownWords).sees("/login")
}

// warned is rule 4.11.
func (s *guide004) warned() {
	anna := "/users/" + s.byMail
	s.boss.opens(anna).sees(anna, "Attention: you are about to open the configuration of Anna Verdi")
	s.boss.sendsTo(anna+"/credential", url.Values{"way": {"mail"}})
	if missing := shows(s.boss.page, "Nothing was done"); missing != "" {
		s.Errorf("without a warning: %s", s.boss.page)
	}
	s.boss.opensKnowingly(s.byMail).sees(anna, "Anna Verdi", `action="`+anna+`/credential"`)
}

// hastyPolicies is a folder with the guide's policy, and with one that differs
// in nothing but how soon passwords end.
func hastyPolicies(t *testing.T) string {
	t.Helper()
	preset, err := os.ReadFile(filepath.Join("..", "deploy", "policies", "officesmart.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	hasty := regexp.MustCompile(`(?m)^name: .*$`).ReplaceAll(preset, []byte("name: hasty"))
	hasty = regexp.MustCompile(`(?m)^  maxAge: .*$`).ReplaceAll(hasty, []byte("  maxAge: 1s"))
	folder := t.TempDir()
	for name, rules := range map[string][]byte{"officesmart": preset, "hasty": hasty} {
		if err := os.WriteFile(filepath.Join(folder, name+".yaml"), rules, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// resetLink gives the path of the link that a mail resets a password by.
func resetLink(m message) string { return m.linkTo("/reset/") }
