package sip_test

import (
	"strings"
	"testing"
	"time"

	"dialtone/domain/user"
)

// pair gives two registered phones of one company.
func pair(h *house, network string) (anna, bert *phone) {
	h.t.Helper()
	h.user("anna", "+49301000001", "101")
	h.user("bert", "+49301000002", "102")
	anna, bert = h.phone("anna", network), h.phone("bert", network)
	for _, p := range []*phone{anna, bert} {
		if got := p.register(); got.status() != 200 {
			h.t.Fatalf("%s was not registered: %s", p.name, got.start)
		}
	}
	return anna, bert
}

func TestACallRingsIsAnsweredAndEndedThroughRecordRoute(t *testing.T) {
	for _, network := range []string{"udp", "tcp"} {
		for _, target := range []string{"102", "+49301000002", "0301000002", "0049301000002", "bert"} {
			t.Run(network+" "+target, func(t *testing.T) {
				h := newHouse(t)
				anna, bert := pair(h, network)
				anna.invite("call-1", target)
				invite := bert.expect("INVITE")
				if invite.body != "v=0\r\n" {
					t.Errorf("the body came as %q", invite.body)
				}
				if got := invite.get("P-Asserted-Identity"); got != "<sip:+49301000001@"+realm+">" {
					t.Errorf("the callee is told %q about the caller", got)
				}
				if invite.get("Proxy-Authorization") != "" || invite.get("Max-Forwards") != "69" {
					t.Error("credentials were passed on, or Max-Forwards was not counted")
				}
				bert.answer(invite, 180, "Ringing")
				anna.await(180)
				bert.answer(invite, 200, "OK")
				ok := anna.await(200)
				if len(ok.all("Via")) != 1 {
					t.Errorf("the caller got the Via fields %v", ok.all("Via"))
				}
				anna.again("ACK", bare(ok.get("Contact")), ok.get("To"), "call-1", anna.cseq, routes(ok, true)...)
				if ack := bert.expect("ACK"); !strings.HasPrefix(ack.start, "ACK "+bare(bert.contact())) || ack.get("Route") != "" {
					t.Errorf("the ACK came as %q with Route %q", ack.start, ack.get("Route"))
				}
				bye(t, bert, anna, invite)
			})
		}
	}
}

// bye lets the callee of a call hang up.
func bye(t *testing.T, from, to *phone, invite message) {
	t.Helper()
	from.cseq++
	lines := append(routes(invite, false), "X: y")
	callee := strings.Replace(invite.get("To"), ">", ">;tag=tag-"+from.name, 1)
	text := "BYE " + bare(invite.get("Contact")) + " SIP/2.0\r\nVia: SIP/2.0/" + strings.ToUpper(from.network()) + " " + from.conn.LocalAddr().String() +
		";branch=z9hG4bK-bye-" + from.name + "\r\nMax-Forwards: 70\r\nFrom: " + callee + "\r\nTo: " + invite.get("From") +
		"\r\nCall-ID: " + invite.get("Call-ID") + "\r\nCSeq: 7 BYE\r\n" + strings.Join(lines, "\r\n") + "\r\nContent-Length: 0\r\n\r\n"
	from.write(text)
	got := to.expect("BYE")
	to.answer(got, 200, "OK")
	from.await(200)
}

func TestACallBetweenUDPAndTCPHasARecordRouteForEachSide(t *testing.T) {
	h := newHouse(t)
	h.user("anna", "+49301000001", "101")
	h.user("bert", "+49301000002", "102")
	anna, bert := h.phone("anna", "udp"), h.phone("bert", "tcp")
	anna.register()
	bert.register()
	anna.invite("call-1", "102")
	invite := bert.expect("INVITE")
	if len(invite.all("Record-Route")) != 2 {
		t.Fatalf("Record-Route is %v", invite.all("Record-Route"))
	}
	bert.answer(invite, 200, "OK")
	ok := anna.await(200)
	anna.again("ACK", bare(ok.get("Contact")), ok.get("To"), "call-1", anna.cseq, routes(ok, true)...)
	bert.expect("ACK")
	bye(t, bert, anna, invite)
}

func TestACancelledCallStopsRinging(t *testing.T) {
	h := newHouse(t)
	anna, bert := pair(h, "udp")
	uri := anna.invite("call-1", "102")
	invite := bert.expect("INVITE")
	bert.answer(invite, 180, "Ringing")
	ringing := anna.await(180)
	anna.write("CANCEL " + uri + " SIP/2.0\r\nVia: " + stripReceived(ringing.get("Via")) + "\r\nMax-Forwards: 70\r\nFrom: " + ringing.get("From") +
		"\r\nTo: <" + uri + ">\r\nCall-ID: call-1\r\nCSeq: " + strings.Replace(ringing.get("CSeq"), "INVITE", "CANCEL", 1) + "\r\nContent-Length: 0\r\n\r\n")
	anna.await(200)
	anna.ack(uri, anna.await(487))
	cancel := bert.expect("CANCEL")
	if cancel.get("Via") != invite.get("Via") {
		t.Errorf("CANCEL has the Via %q, the INVITE had %q", cancel.get("Via"), invite.get("Via"))
	}
	bert.answer(cancel, 200, "OK")
	bert.answer(invite, 487, "Request Terminated")
	bert.expect("ACK")
}

func stripReceived(via string) string {
	kept := strings.Split(via, ";")[:2]
	return strings.Join(kept, ";")
}

func TestRefusalsOfThePhoneReachTheCaller(t *testing.T) {
	h := newHouse(t)
	anna, bert := pair(h, "udp")
	uri := anna.invite("call-1", "102")
	invite := bert.expect("INVITE")
	bert.answer(invite, 486, "Busy Here")
	bert.expect("ACK")
	anna.ack(uri, anna.await(486))
}

func TestAllPhonesOfACalleeRingAndTheFirstToAnswerWins(t *testing.T) {
	h := newHouse(t)
	anna, bert := pair(h, "udp")
	second := h.phone("bert", "udp")
	second.register()
	anna.invite("call-1", "102")
	one, two := bert.expect("INVITE"), second.expect("INVITE")
	second.answer(two, 180, "Ringing")
	anna.await(180)
	bert.answer(one, 200, "OK")
	anna.await(200)
	second.answer(second.expect("CANCEL"), 200, "OK")
	second.answer(two, 487, "Request Terminated")
	second.expect("ACK")
}

func TestWhoMayNotCallOrBeCalledIsToldWhy(t *testing.T) {
	tests := []struct {
		name, target string
		change       func(h *house)
		status       int
		reason       string
	}{
		{"a pending callee", "103", func(h *house) { h.pending("carl", "+49301000003", "103") }, 480, "callee pending since 2026-05-04T10:00:00Z"},
		{"a suspended callee", "102", func(h *house) { h.tell("user-bert", user.Suspended{}) }, 480, "callee suspended"},
		{"a deleted callee", "102", func(h *house) { h.tell("user-bert", user.Deleted{}) }, 404, "no such extension"},
		{"an unknown extension", "999", func(*house) {}, 404, "no such extension"},
		{"a suspended caller", "102", func(h *house) { h.tell("user-anna", user.Suspended{}) }, 403, "emergency numbers only"},
		{"a callee without a phone", "103", func(h *house) { h.user("carl", "+49301000003", "103") }, 480, "no registered phone"},
		{"a number elsewhere without a trunk", "+46812345678", func(*house) {}, 503, "no trunk"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newHouse(t)
			anna, _ := pair(h, "udp")
			tt.change(h)
			uri := anna.invite("call-1", tt.target)
			got := anna.await(tt.status)
			anna.ack(uri, got)
			if reason := got.get("Reason"); !strings.HasPrefix(reason, "SIP;cause=") || !strings.Contains(reason, tt.reason) {
				t.Errorf("the reason is %q", reason)
			}
		})
	}
}

func TestAPendingUserMayCall(t *testing.T) {
	h := newHouse(t)
	_, bert := pair(h, "udp")
	h.pending("carl", "+49301000003", "103")
	carl := h.phone("carl", "udp")
	carl.register()
	carl.invite("call-1", "102")
	bert.answer(bert.expect("INVITE"), 180, "Ringing")
	carl.await(180)
}

func TestACalleeThatDoesNotAnswerIsCancelled(t *testing.T) {
	h := newHouse(t, func(h *house) { h.limits.Answer = 50 * time.Millisecond })
	anna, bert := pair(h, "udp")
	uri := anna.invite("call-1", "102")
	invite := bert.expect("INVITE")
	bert.answer(invite, 180, "Ringing")
	anna.await(180)
	bert.answer(bert.expect("CANCEL"), 200, "OK")
	bert.answer(invite, 487, "Request Terminated")
	bert.expect("ACK")
	got := anna.await(480)
	anna.ack(uri, got)
	if !strings.Contains(got.get("Reason"), "did not answer") {
		t.Errorf("the reason is %q", got.get("Reason"))
	}
}

func TestABranchWithoutNewsAndWithoutAnEndIsGivenUp(t *testing.T) {
	h := newHouse(t, func(h *house) { h.limits.TimerC, h.limits.GiveUp = 50*time.Millisecond, 50*time.Millisecond })
	anna, bert := pair(h, "udp")
	uri := anna.invite("call-1", "102")
	bert.answer(bert.expect("INVITE"), 180, "Ringing")
	anna.await(180)
	bert.expect("CANCEL") // and nothing more
	anna.ack(uri, anna.await(408))
}
