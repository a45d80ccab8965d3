package sip_test

import (
	"strings"
	"testing"

	"dialtone/domain/user"
)

// toTrunk sets a call to the trunk up, which wants to be reached elsewhere.
func toTrunk(anna, trunk *phone, callID, number string) (ok message) {
	anna.t.Helper()
	anna.invite(callID, number)
	trunk.answer(trunk.expect("INVITE"), 200, "OK")
	ok = anna.await(200)
	anna.again("ACK", bare(ok.get("Contact")), ok.get("To"), callID, anna.cseq, routes(ok, true)...)
	trunk.expect("ACK")
	return ok
}

func TestADialogWithTheTrunkIsNoKeyToTheWorld(t *testing.T) {
	h, trunk := trunked(t)
	anna, _ := pair(h, "udp")
	h.tell("user-anna", user.Suspended{})
	ok := toTrunk(anna, trunk, "call-1", "112")
	target := bare(ok.get("Contact"))
	for _, uri := range []string{
		"sip:+46812345678@" + strings.TrimPrefix(h.trunk, "sip:"), "sip:trunk@elsewhere.test", "sip:+46812345678@elsewhere.test", "tel:+46812345678",
	} {
		anna.request("INVITE", uri, ok.get("To"), "call-1", routes(ok, true)...)
		anna.ack(uri, anna.await(403))
		anna.request("BYE", uri, ok.get("To"), "call-1", routes(ok, true)...)
		anna.await(403)
		anna.again("ACK", uri, ok.get("To"), "call-1", anna.cseq, routes(ok, true)...)
	}
	for _, method := range []string{"REFER", "MESSAGE", "SUBSCRIBE", "PUBLISH"} {
		anna.request(method, target, ok.get("To"), "call-1", append(routes(ok, true), "Refer-To: <sip:+46812345678@x>")...)
		anna.await(403)
	}
	for _, method := range []string{"INVITE", "BYE"} { // the trunk has heard nothing until now
		anna.request(method, target, ok.get("To"), "call-1", routes(ok, true)...)
		trunk.answer(trunk.expect(method), 200, "OK")
		anna.await(200)
	}
}

func TestAPhoneHangsUpOnTheTrunkThatCalledIt(t *testing.T) {
	h, trunk := trunked(t)
	_, bert := pair(h, "udp")
	uri := "sip:+49301000002@" + realm
	trunk.request("INVITE", uri, "<"+uri+">", "in", "Contact: "+trunk.contact())
	invite := bert.expect("INVITE")
	bert.answer(invite, 200, "OK")
	trunk.await(200)
	bye(t, bert, trunk, invite)
}

func TestADialogIsItsTwoSidesOnly(t *testing.T) {
	h := newHouse(t)
	anna, bert := pair(h, "udp")
	anna.invite("call-1", "102")
	bert.answer(bert.expect("INVITE"), 200, "OK")
	ok := anna.await(200)
	stranger := h.phone("anna", "udp") // who knows the tags, the Call-ID and the seal
	for _, method := range []string{"INVITE", "BYE"} {
		stranger.request(method, bare(ok.get("Contact")), ok.get("To"), "call-1", routes(ok, true)...)
		refusal := stranger.await(481)
		if method == "INVITE" {
			stranger.ack(bare(ok.get("Contact")), refusal)
		}
	}
	stranger.again("ACK", bare(ok.get("Contact")), ok.get("To"), "call-1", anna.cseq, routes(ok, true)...)
	long := h.phone("anna", "tcp") // the same address, for what is too long for a datagram
	long.request("INFO", bare(ok.get("Contact")), ok.get("To"), "call-1", routes(ok, true)...)
	bert.answer(bert.expect("INFO"), 200, "OK") // and the stranger's never came
	long.await(200)
}

func TestATrunkOverTCPIsKnownByItsAddress(t *testing.T) {
	h := newHouse(t)
	h.user("bert", "+49301000002", "102")
	bert := h.phone("bert", "udp")
	bert.register()
	h.end()
	h.trunk = "sip:127.0.0.1:5999;transport=tcp"
	h.start()
	trunk := h.phone("trunk", "tcp")
	uri := "sip:+49301000002@" + realm
	trunk.request("INVITE", uri, "<"+uri+">", "in", "Contact: "+trunk.contact())
	bert.answer(bert.expect("INVITE"), 180, "Ringing")
	trunk.await(180)
	stranger := h.phone("stranger", "udp")
	stranger.request("INVITE", uri, "<"+uri+">", "in-2")
	stranger.await(407)
}
