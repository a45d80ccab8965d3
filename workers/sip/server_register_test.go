package sip_test

import (
	"strings"
	"testing"

	"dialtone/domain/user"
)

func TestAPhoneRegistersWithBothAlgorithmsOverBothTransports(t *testing.T) {
	for _, network := range []string{"udp", "tcp"} {
		for _, algorithm := range []string{"SHA-256", "MD5"} {
			t.Run(network+" "+algorithm, func(t *testing.T) {
				h := newHouse(t)
				h.user("anna", "+49301000001", "101")
				anna := h.phone("anna", network)
				anna.algorithm = algorithm
				got := anna.register()
				if got.status() != 200 || !strings.Contains(got.get("Contact"), bare(anna.contact())+">;expires=600") {
					t.Errorf("%s with Contact %q", got.start, got.get("Contact"))
				}
			})
		}
	}
}

func TestASuspendedPhoneStaysRegisteredForEmergencies(t *testing.T) {
	h := newHouse(t)
	h.user("anna", "+49301000001", "101")
	h.tell("user-anna", user.Suspended{})
	if got := h.phone("anna", "udp").register(); got.status() != 200 {
		t.Error(got.start)
	}
}

func TestWhoIsNotKnownIsChallengedLikeEverybody(t *testing.T) {
	h := newHouse(t)
	h.user("anna", "+49301000001", "101")
	h.user("gone", "+49301000002", "102")
	h.tell("user-gone", user.Deleted{})
	for name, password := range map[string]string{"anna": "wrong", "nobody": secret("nobody"), "gone": secret("gone")} {
		p := h.phone(name, "udp")
		uri, aor := "sip:"+realm, "<sip:"+name+"@"+realm+">"
		p.request("REGISTER", uri, aor, "r", "Contact: "+p.contact())
		challenged := p.await(401)
		p.request("REGISTER", uri, aor, "r", "Contact: "+p.contact(), p.authorization(challenged, "REGISTER", uri, password))
		again := p.await(401)
		if len(again.all("WWW-Authenticate")) != 2 || strings.Contains(again.get("WWW-Authenticate"), "stale") {
			t.Errorf("%s: %v", name, again.all("WWW-Authenticate"))
		}
	}
}

func TestOnesOwnAddressOnly(t *testing.T) {
	h := newHouse(t)
	h.user("anna", "+49301000001", "101")
	anna := h.phone("anna", "udp")
	for _, tt := range []struct {
		uri, aor string
		status   int
	}{
		{"sip:" + realm, "<sip:bert@" + realm + ">", 403},
		{"sip:" + realm, "<sip:anna@elsewhere.test>", 403},
	} {
		anna.request("REGISTER", tt.uri, tt.aor, "r", "Contact: "+anna.contact())
		challenged := anna.await(401)
		anna.request("REGISTER", tt.uri, tt.aor, "r", "Contact: "+anna.contact(), anna.authorization(challenged, "REGISTER", tt.uri, secret("anna")))
		anna.await(tt.status)
	}
	anna.request("REGISTER", "sip:elsewhere.test", "<sip:anna@elsewhere.test>", "r")
	anna.await(404)
}

func TestContactsAreQueriedTakenBackAndTooBriefOnesRefused(t *testing.T) {
	h := newHouse(t)
	h.user("anna", "+49301000001", "101")
	anna := h.phone("anna", "udp")
	anna.register()
	if got := anna.register("Subject: a query"); got.status() != 200 || len(got.all("Contact")) != 1 {
		t.Errorf("the query gave %s with %v", got.start, got.all("Contact"))
	}
	if got := anna.register("Contact: "+anna.contact(), "Expires: 10"); got.status() != 423 || got.get("Min-Expires") != "60" {
		t.Errorf("too brief gave %s with Min-Expires %q", got.start, got.get("Min-Expires"))
	}
	if got := anna.register("Contact: *", "Expires: 10"); got.status() != 400 {
		t.Errorf("* with a lifetime gave %s", got.start)
	}
	if got := anna.register("Contact: *", "Expires: 0"); got.status() != 200 || len(got.all("Contact")) != 0 {
		t.Errorf("* gave %s with %v", got.start, got.all("Contact"))
	}
	if got := anna.register("Contact: <tel:+4930>"); got.status() != 400 {
		t.Errorf("a tel contact gave %s", got.start)
	}
}

func TestRegistrationsAndDialogsSurviveARestart(t *testing.T) {
	h := newHouse(t)
	anna, bert := pair(h, "udp")
	anna.invite("call-1", "102")
	invite := bert.expect("INVITE")
	bert.answer(invite, 200, "OK")
	ok := anna.await(200)
	anna.again("ACK", bare(ok.get("Contact")), ok.get("To"), "call-1", anna.cseq, routes(ok, true)...)
	bert.expect("ACK")
	h.end()
	h.start()
	bye(t, bert, anna, invite)
	anna.invite("call-2", "102")
	bert.answer(bert.expect("INVITE"), 180, "Ringing")
	anna.await(180)
}

func TestARequireNobodyKnowsIsNamed(t *testing.T) {
	h := newHouse(t)
	p := h.phone("anna", "udp")
	p.request("REGISTER", "sip:"+realm, "<sip:anna@"+realm+">", "r", "Require: teleport")
	if got := p.await(420); got.get("Unsupported") != "teleport" {
		t.Errorf("Unsupported is %q", got.get("Unsupported"))
	}
}
