package e2e_test

import (
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// guide002sims is what guide 2 tells of SIM cards: what is ordered by itself, what
// an admin does by hand, and the eSIM of a user. The process is killed while a
// card is ordered.
type guide002sims struct {
	*testing.T
	h                       *house
	company                 string
	erik, nina, olle        string // with mobile licences
	ordered, spared, byHand string // SIMs
	admin                   *person
}

const (
	annaMail  = "anna@example.se"
	erikOwn   = "erik.mobil@example.se"
	printed   = "0174312345678" // on the small card
	readAs    = "240017431234567"
	otherCard = "240017437654321"
)

func TestGuide002SIMCardsFromTheOrderToTheESIM(t *testing.T) {
	story := &guide002sims{T: t, h: newHouse(t)}
	for _, step := range []struct {
		guide string
		do    func()
	}{
		{"a mobile user is created: a SIM card is ordered by itself", story.createMobileUsers},
		{"(the process is killed, and goes on)", story.crash},
		{"an admin goes to users, SIM cards & hardware, and activates a card by hand", story.activateByHand},
		{"which spares the dispatch; the history says which was first", story.dispatchSpared},
		{"a twin card for data needs its add-on", story.twinCard},
		{"the vendor sends a card and reports it", story.dispatched},
		{"a lost card is blocked; the operator alone lifts it", story.block},
		{"a card is removed and given to somebody else", story.reuse},
		{"the operator orders more cards", story.stock},
		{"a user orders an eSIM and sees its code, once", story.eSIM},
	} {
		if t.Failed() {
			break
		}
		t.Log(step.guide)
		step.do()
	}
}

type chip struct {
	ID, User, Kind, State, IMSI, ICCID, Instead string
	Automatic                                   bool
}

// sims lists a user's SIMs.
func (s *guide002sims) sims(user string) []chip {
	var listed struct{ Items []chip }
	s.h.must(http.StatusOK, "GET", "/v1/sims?user="+user, nil).decode(s.T, &listed)
	return listed.Items
}

func (s *guide002sims) sim(id string) (found chip) {
	s.h.must(http.StatusOK, "GET", "/v1/sims/"+id, nil).decode(s.T, &found)
	return found
}

// history gives what happened to a SIM, as text.
func (s *guide002sims) history(id string) string {
	return string(s.h.must(http.StatusOK, "GET", "/v1/sims/"+id+"/history", nil).body)
}

// tells waits until a SIM's history says all of something.
func (s *guide002sims) tells(id string, parts ...string) {
	s.Helper()
	eventually(s.T, "the history to tell "+strings.Join(parts, ", "), func() bool { return shows(s.history(id), parts...) == "" })
}

func (s *guide002sims) becomes(id, state string) {
	s.Helper()
	eventually(s.T, "the SIM to be "+state, func() bool { return s.sim(id).State == state })
}

func (s *guide002sims) createMobileUsers() {
	var made struct{ ID string }
	s.h.must(http.StatusCreated, "POST", "/v1/companies", object{
		"name": "Tre Ekar AB", "policy": "teleproffs", "language": "sv", "country": "SE",
		"licences": []object{{"kind": "mobile-10gb", "count": 5}, {"kind": "fast", "count": 1}},
	}).decode(s.T, &made)
	s.company = made.ID
	anna := s.h.user(s.company, object{"firstName": "Anna", "lastName": "Admin", "extension": "600", "licence": "fast", "email": annaMail})
	newPerson(s.T, s.h).opens(s.h.awaitLink(annaMail)).sends(url.Values{"password": {swedish}, "passwordAgain": {swedish}})
	eventually(s.T, "Anna to be activated", func() bool { return s.h.state(anna) == "activated" })
	s.h.must(http.StatusOK, "PUT", "/v1/users/"+anna+"/admin", nil)
	s.admin = newPerson(s.T, s.h).logsIn(annaMail, swedish).takesView("admin").opens("/users?lang=sv") // the choice is remembered
	mobile := func(name, extension, email string) string {
		return s.h.user(s.company, object{"firstName": name, "lastName": "Mobil", "extension": extension, "licence": "mobile-10gb", "email": email})
	}
	s.erik, s.nina, s.olle = mobile("Erik", "601", erikOwn), mobile("Nina", "602", ""), mobile("Olle", "603", "")
	for user, ordered := range map[string]*string{s.erik: &s.ordered, s.nina: &s.spared} {
		eventually(s.T, "a SIM to be ordered by itself", func() bool {
			found := s.sims(user)
			return len(found) == 1 && found[0].State == "ordered"
		})
		if *ordered = s.sims(user)[0].ID; !s.sim(*ordered).Automatic {
			s.Errorf("the order is %+v", s.sim(*ordered))
		}
	}
}

func (s *guide002sims) crash() {
	s.tells(s.ordered, "sim.order-accepted.v1")
	s.h.kill()
	s.h.start()
}

func (s *guide002sims) page(user string) string { return "/users/" + user + "/sims" }

func (s *guide002sims) activateByHand() {
	at := s.page(s.nina)
	s.admin.opensKnowingly(s.nina).sees("/users/"+s.nina, `href="`+at+`"`, "SIM-kort och hårdvara")
	s.admin.opens(at).sees(at, "Nytt SIM-kort", "beställt").sends(url.Values{"kind": {"voice"}, "card": {"01743 1234"}, "date": {""}}).sees(at, "Har inte")
	s.admin.sends(url.Values{"kind": {"voice"}, "card": {printed}, "date": {""}}).sees(at, "Kortet är tillagt", readAs)
	for _, found := range s.sims(s.nina) {
		if found.ID != s.spared {
			s.byHand = found.ID
		}
	}
	s.becomes(s.byHand, "active")
	if found := s.sim(s.byHand); found.IMSI != readAs || len(found.ICCID) < 19 || found.User != s.nina {
		s.Errorf("the card is %+v", found)
	}
}

func (s *guide002sims) dispatchSpared() {
	s.becomes(s.spared, "cancelled")
	if found := s.sim(s.spared); found.Instead != s.byHand {
		s.Errorf("cancelled was %+v", found)
	}
	s.tells(s.spared, "sim.cancellation-asked.v1", "sim.cancelled.v1", s.byHand, "The dispatch was cancelled before the card was sent")
	s.tells(s.byHand, "sim.activated.v1")
	eventually(s.T, "Nina to have one card", func() bool {
		found := s.sims(s.nina)
		return len(found) == 1 && found[0].ID == s.byHand
	})
	card := s.page(s.nina) + "/" + s.byHand
	s.admin.opens(card).sees(card, readAs, "SIM aktiverat", "Byt till ett annat kort", "Ta bort från användaren", "Spärra kortet")
}

func (s *guide002sims) twinCard() {
	at := s.page(s.nina)
	s.admin.opens(at).sees(at, "tvillingkort").sends(url.Values{"kind": {"data"}, "card": {otherCard}}).sees(at, "tvillingkort för surf kräver tilläggstjänsten")
	s.h.must(http.StatusOK, "PATCH", "/v1/users/"+s.nina, object{"options": []string{"twin-data"}})
	s.admin.opens(at).sends(url.Values{"kind": {"data"}, "card": {otherCard}}).sees(at, "Kortet är tillagt", otherCard)
	eventually(s.T, "Nina to have the twin card, too", func() bool {
		held := string(s.h.must(http.StatusOK, "GET", "/v1/users/"+s.nina, nil).body)
		return strings.Contains(held, `"kind":"data"`)
	})
	refused := s.h.must(http.StatusUnprocessableEntity, "PATCH", "/v1/users/"+s.nina, object{"options": []string{}})
	if missing := shows(string(refused.body), "/options", "twin-held", "remove the card"); missing != "" {
		s.Errorf("the refusal lacks %s: %s", missing, refused.body)
	}
}

func (s *guide002sims) dispatched() {
	s.h.must(http.StatusNoContent, "POST", "/dev/sim/dispatches", object{"sim": s.ordered})
	s.becomes(s.ordered, "dispatched")
	s.tells(s.ordered, "sim.reported.v1", `"channel":"webhook"`, `"kind":"provider"`, "order.dispatched", "sim.dispatched.v1")
	at := s.page(s.erik)
	came := s.sim(s.ordered).IMSI
	s.admin.opensKnowingly(s.erik)
	s.admin.opens(at).sees(at, came, "skickat").opens(at+"/"+s.ordered).sees(at+"/"+s.ordered, "SIM-leverantören har nyheter", "SIM-kort skickat")
	s.admin.opens(at).sends(url.Values{"kind": {"voice"}, "card": {came}}).sees(at, "Kortet är tillagt")
	s.becomes(s.ordered, "active")
}

func (s *guide002sims) block() {
	card := s.page(s.erik) + "/" + s.ordered
	s.admin.opens(card).sendsTo(card+"/block", url.Values{}).sees(s.page(s.erik), "Sparat", "spärrat")
	s.tells(s.ordered, "sim.blocked.v1")
	s.admin.opens(card).sees(card, "Bara operatören häver spärren")
	if strings.Contains(s.admin.page, card+"/unblock") {
		s.Error("the admin is offered to lift the block")
	}
	s.admin.sendsTo(card+"/unblock", url.Values{})
	if missing := shows(s.admin.page, "Bara operatören häver spärren av ett SIM-kort"); missing != "" || s.sim(s.ordered).State != "blocked" {
		s.Errorf("the admin lifts the block:\n%s", s.admin.page)
	}
	s.h.must(http.StatusOK, "POST", "/v1/sims/"+s.ordered+"/unblock", nil)
	s.becomes(s.ordered, "active")
}

func (s *guide002sims) reuse() {
	card := s.page(s.nina) + "/" + s.byHand
	s.admin.opensKnowingly(s.nina)
	s.admin.opens(card).sendsTo(card+"/detach", url.Values{}).sees(s.page(s.nina), "Sparat")
	if strings.Contains(s.admin.page, readAs) {
		s.Error("the removed card is Nina's still")
	}
	s.becomes(s.byHand, "free")
	at := s.page(s.olle)
	s.admin.opensKnowingly(s.olle)
	s.admin.opens(at).sends(url.Values{"kind": {"voice"}, "card": {readAs}}).sees(at, "Kortet är tillagt", readAs)
	s.becomes(s.byHand, "active")
	if found := s.sim(s.byHand); found.User != s.olle {
		s.Errorf("the card is %+v", found)
	}
	all := "/companies/" + s.company + "/sims"
	s.admin.opens(all).sees(all, "…4567", "Olle Mobil", "Fler kort beställs av operatören")
}

func (s *guide002sims) stock() {
	var ordered struct{ Items []chip }
	s.h.must(http.StatusCreated, "POST", "/v1/companies/"+s.company+"/sims", object{"kind": "voice", "count": 2}).decode(s.T, &ordered)
	first := ordered.Items[0].ID
	s.tells(first, "sim.order-accepted.v1")
	s.h.must(http.StatusNoContent, "POST", "/dev/sim/dispatches", object{"sim": first})
	s.becomes(first, "free")
	all := "/companies/" + s.company + "/sims?state=free"
	end := "…" + s.sim(first).IMSI[11:]
	eventually(s.T, "the card to be in the list", func() bool { return shows(s.admin.opens(all).page, end, "ledigt") == "" })
}

var activationCode = regexp.MustCompile(`LPA:1\$[A-Za-z0-9.-]+\$[A-Z0-9-]+`)

func (s *guide002sims) eSIM() {
	zbarimg := need(s.T, "zbarimg")
	newPerson(s.T, s.h).opens(s.h.awaitLink(erikOwn)).sends(url.Values{"password": {swedish}, "passwordAgain": {swedish}})
	eventually(s.T, "Erik to be activated", func() bool { return s.h.state(s.erik) == "activated" })
	erik := newPerson(s.T, s.h).logsIn(erikOwn, swedish).sees("/me", `href="/me/esim"`)
	erik.opens("/me/esim").sees("/me/esim", "Beställ eSIM").sends(url.Values{}).sees("/me/esim", "Ditt eSIM")
	eventually(s.T, "the eSIM to be ready", func() bool { return shows(erik.opens("/me/esim").page, "Visa koden") == "" })
	page := browser(s.T)
	look(s.T, page, "log in",
		chromedp.Navigate("http://"+s.h.http+"/login"), chromedp.WaitVisible(chromedp.CSS(`#name`)),
		chromedp.SetValue(chromedp.CSS(`#name`), erikOwn), chromedp.SetValue(chromedp.CSS(`#password`), swedish),
		chromedp.SendKeys(chromedp.CSS(`#password`), "\r"), chromedp.WaitVisible(chromedp.CSS(`a[href="/me/esim"]`)),
		chromedp.Navigate("http://"+s.h.http+"/me/esim"), chromedp.WaitVisible(chromedp.CSS(`form[action^="/me/esim/"] button`)),
		chromedp.SendKeys(chromedp.CSS(`form[action^="/me/esim/"] button`), "\r"), chromedp.WaitVisible(chromedp.CSS(`#qr`)),
	)
	code := activationCode.FindString(read(s.T, page, "the code", chromedp.Text(chromedp.CSS(`#content`))))
	drawn, err := chromedp.Run(page, chromedp.Screenshot(chromedp.CSS(`#qr`)))
	if err != nil {
		s.Fatalf("photograph the code: %v", err)
	}
	file := filepath.Join(s.TempDir(), "qr.png")
	if err := os.WriteFile(file, drawn, 0o600); err != nil {
		s.Fatal(err)
	}
	scanned, err := exec.CommandContext(s.Context(), zbarimg, "--raw", "-q", file).Output()
	if err != nil || code == "" || strings.TrimSpace(string(scanned)) != code {
		s.Errorf("the code on the page and the one in the picture differ (%d and %d characters): %v", len(code), len(scanned), err)
	}
	_, matching, _ := strings.Cut(strings.TrimPrefix(code, "LPA:1$"), "$")
	eventually(s.T, "the code to be seen no more", func() bool { return shows(erik.opens("/me/esim").page, "har redan visats") == "" })
	s.quiet(erik.page, matching, "the page")
	for _, found := range s.sims(s.erik) {
		s.quiet(s.history(found.ID), matching, "a history")
	}
	s.quiet(s.h.log.text(), matching, "the log")
	if out, err := s.h.tool("verify"); err != nil {
		s.Errorf("verify: %v\n%s", err, out)
	}
}

func (s *guide002sims) quiet(text, secret, where string) {
	s.Helper()
	if secret == "" || strings.Contains(text, secret) {
		s.Errorf("the eSIM's code is in %s", where)
	}
}
