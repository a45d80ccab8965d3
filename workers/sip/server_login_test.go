package sip_test

import (
	"strings"
	"testing"
)

func TestANewLoginLocksTheOldPhoneOut(t *testing.T) {
	h := newHouse(t)
	anna, old := pair(h, "udp")
	h.issue("bert", "bert-2")
	fresh := h.phone("bert-2", "udp")
	if got := fresh.register(); got.status() != 200 {
		t.Fatalf("the new phone: %s", got.start)
	}
	anna.invite("call-1", "102")
	fresh.answer(fresh.expect("INVITE"), 180, "Ringing")
	anna.await(180)
	if got := old.register(); got.status() != 401 { // and it has heard no INVITE until then
		t.Errorf("the old phone registers again: %s", got.start)
	}
}

func TestAChallengeOfAnEarlierProcessIsGivenAnew(t *testing.T) {
	h := newHouse(t)
	h.user("anna", "+49301000001", "101")
	anna := h.phone("anna", "udp")
	uri, aor := "sip:"+realm, "<sip:anna@"+realm+">"
	anna.request("REGISTER", uri, aor, "r", "Contact: "+anna.contact())
	line := anna.authorization(anna.await(401), "REGISTER", uri, secret("anna"))
	anna.request("REGISTER", uri, aor, "r", "Contact: "+anna.contact(), line)
	anna.await(200)
	h.end()
	h.start()
	anna.request("REGISTER", uri, aor, "r", "Contact: "+anna.contact(), line)
	again := anna.await(401)
	if !strings.Contains(again.get("WWW-Authenticate"), "stale=true") {
		t.Errorf("the used answer is met with %q", again.get("WWW-Authenticate"))
	}
	anna.request("REGISTER", uri, aor, "r", "Contact: "+anna.contact(), anna.authorization(again, "REGISTER", uri, secret("anna")))
	anna.await(200)
}

func TestADigestIsGoodForItsOwnTargetOnly(t *testing.T) {
	h := newHouse(t)
	anna, bert := pair(h, "udp")
	for i, tt := range []struct {
		uri, digest string
		good        bool
	}{
		{"sip:102@" + realm, "sip:102@" + realm, true},
		{"sip:102@" + realm, "sip:102@DIALTONE.test:5060;transport=udp", true},
		{"sip:102@" + realm, "sip:102@" + h.address, true},
		{"sip:102@" + realm, "sip:" + h.address, true}, // as sipp does
		{"sip:102@" + realm, "sip:101@" + realm, false},
		{"sip:102@" + realm, "sip:102@elsewhere.test", false},
		{"sip:102@" + realm, "sip:elsewhere.test", false},
		{"sip:102@" + realm, "tel:102", false},
		{"sip:102@" + realm, "102", false},
		{"tel:+49301000002", "tel:+49301000002", true},
		{"tel:+49301000002", "tel:+49301000003", false},
		{"tel:+49301000002", "sip:" + h.address, false},
	} {
		callID := "call-" + string(rune('a'+i))
		anna.request("INVITE", tt.uri, "<"+tt.uri+">", callID)
		challenged := anna.await(407)
		anna.ack(tt.uri, challenged)
		anna.request("INVITE", tt.uri, "<"+tt.uri+">", callID, anna.authorization(challenged, "INVITE", tt.digest, secret("anna")))
		if !tt.good {
			anna.ack(tt.uri, anna.await(400))
			continue
		}
		bert.answer(bert.expect("INVITE"), 486, "Busy Here")
		bert.expect("ACK")
		anna.ack(tt.uri, anna.await(486))
	}
}
