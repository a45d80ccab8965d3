package sip_test

import (
	"strings"
	"testing"

	"dialtone/domain/user"
)

// trunked gives a house whose trunk is a plain socket.
func trunked(t *testing.T) (h *house, trunk *phone) {
	t.Helper()
	h = newHouse(t)
	trunk = h.phone("trunk", "udp")
	h.end()
	h.trunk = "sip:" + trunk.conn.LocalAddr().String()
	h.start()
	return h, trunk
}

func TestNumbersElsewhereGoToTheTrunkWithAnIdentity(t *testing.T) {
	h, trunk := trunked(t)
	anna, _ := pair(h, "udp")
	anna.invite("call-1", "0046812345678", "p-asserted-identity: <sip:+491@evil.test>", "P-Preferred-Identity: <sip:+492@evil.test>")
	invite := trunk.expect("INVITE")
	if !strings.HasPrefix(invite.start, "INVITE sip:+46812345678@127.0.0.1") {
		t.Errorf("the trunk is asked for %q", invite.start)
	}
	if got := invite.all("P-Asserted-Identity"); len(got) != 1 || got[0] != "<sip:+49301000001@"+realm+">" || invite.get("P-Preferred-Identity") != "" {
		t.Errorf("the identity is %v", got)
	}
	trunk.answer(invite, 200, "OK")
	anna.await(200)
}

func TestAnEmergencyGoesOutInEveryState(t *testing.T) {
	h, trunk := trunked(t)
	anna, _ := pair(h, "udp")
	h.tell("user-anna", user.Suspended{})
	anna.invite("call-1", "112")
	if invite := trunk.expect("INVITE"); !strings.HasPrefix(invite.start, "INVITE sip:112@") {
		t.Errorf("the trunk is asked for %q", invite.start)
	}
	uri := anna.invite("call-2", "102")
	for got := anna.read(); ; got = anna.read() {
		if got.get("Call-ID") == "call-2" && got.status() == 403 {
			anna.ack(uri, got)
			return
		}
	}
}

func TestCallsFromTheTrunkReachOurNumbersOnly(t *testing.T) {
	h, trunk := trunked(t)
	_, bert := pair(h, "udp")
	for _, number := range []string{"+46812345678", "102", "112"} {
		uri := "sip:" + number + "@" + realm
		trunk.request("INVITE", uri, "<"+uri+">", "in-"+number, "Contact: "+trunk.contact())
		trunk.ack(uri, trunk.await(404))
	}
	uri := "sip:+49301000002@" + realm
	trunk.request("INVITE", uri, "<"+uri+">", "in", "Contact: "+trunk.contact(), "P-Asserted-Identity: <sip:+46812345678@trunk.test>")
	invite := bert.expect("INVITE")
	if got := invite.get("P-Asserted-Identity"); got != "<sip:+46812345678@trunk.test>" {
		t.Errorf("the trunk's identity came as %q", got)
	}
	bert.answer(invite, 486, "Busy Here")
	trunk.ack(uri, trunk.await(486))
}

func TestNobodyElseGetsThroughToTheTrunk(t *testing.T) {
	h, _ := trunked(t)
	stranger := h.phone("stranger", "udp")
	uri := "sip:+46812345678@" + realm
	stranger.request("INVITE", uri, "<"+uri+">", "c1")
	stranger.ack(uri, stranger.await(407))
	// within a dialog that never was
	for i, route := range []string{"<sip:" + h.address + ";lr>", "<sip:" + h.address + ";lr;dt=AAAA>", "<sip:" + strings.TrimPrefix(h.trunk, "sip:") + ";lr>"} {
		callID := string(rune('d' + i))
		stranger.request("INVITE", uri, "<"+uri+">;tag=x", callID, "Route: "+route)
		stranger.ack(uri, stranger.await(481))
	}
}

func TestFromMustNameTheCaller(t *testing.T) {
	h := newHouse(t)
	anna, _ := pair(h, "udp")
	impostor := h.phone("bert", "udp")
	uri := "sip:102@" + realm
	impostor.request("INVITE", uri, "<"+uri+">", "c1")
	challenged := impostor.await(407)
	impostor.ack(uri, challenged)
	line := anna.authorization(challenged, "INVITE", uri, secret("anna"))
	impostor.request("INVITE", uri, "<"+uri+">", "c1", line)
	impostor.ack(uri, impostor.await(403))
}
