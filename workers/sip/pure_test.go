package sip

import (
	"net/netip"
	"strings"
	"testing"

	"dialtone/domain"
	"dialtone/projections/routing"
)

func TestTheNeighboursOfADialogAreKeptInItsRoute(t *testing.T) {
	key := []byte("key")
	caller := hop{"udp", netip.MustParseAddrPort("192.0.2.1:5060")}
	callee := hop{"tcp", netip.MustParseAddrPort("[2001:db8::1]:40000")}
	sealed := hops{caller, callee, "mark"}.seal(key, "call", "tag-a")
	if strings.Contains(sealed, "=") || strings.Contains(sealed, "+") {
		t.Errorf("%q is no URI parameter", sealed)
	}
	for name, tt := range map[string]struct {
		key                           string
		value, callID, fromTag, toTag string
		want                          string
	}{
		"of the caller":     {"key", sealed, "call", "tag-a", "tag-b", caller.String() + " " + callee.String() + " mark"},
		"of the callee":     {"key", sealed, "call", "tag-b", "tag-a", callee.String() + " " + caller.String() + " mark"},
		"of somebody else":  {"key", sealed, "call", "tag-x", "tag-b", ""},
		"of another call":   {"key", sealed, "call2", "tag-a", "tag-b", ""},
		"under another key": {"yek", sealed, "call", "tag-a", "tag-b", ""},
		"changed":           {"key", sealed[:30] + "AAAA" + sealed[34:], "call", "tag-a", "tag-b", ""},
		"empty":             {"key", "", "call", "tag-a", "tag-b", ""},
	} {
		got, ok := openHops([]byte(tt.key), tt.value, tt.callID, tt.fromTag, tt.toTag)
		if ok != (tt.want != "") || ok && got.from.String()+" "+got.to.String()+" "+got.mark != tt.want {
			t.Errorf("%s: %v %v", name, got, ok)
		}
	}
}

func TestANeighbourIsKnownByItsAddressAndOverUDPByItsPort(t *testing.T) {
	at := func(transport, address string) hop { return hop{transport, netip.MustParseAddrPort(address)} }
	for _, tt := range []struct {
		neighbour, source hop
		sent              bool
	}{
		{at("udp", "192.0.2.1:5060"), at("udp", "192.0.2.1:5060"), true},
		{at("udp", "192.0.2.1:5060"), at("udp", "192.0.2.1:5061"), false},
		{at("udp", "192.0.2.1:5060"), at("udp", "192.0.2.2:5060"), false},
		{at("udp", "192.0.2.1:5060"), at("tcp", "192.0.2.1:40000"), true}, // too long for a datagram (RFC 3261 §18.1.1)
		{at("tcp", "192.0.2.1:40000"), at("tcp", "192.0.2.1:40001"), true},
		{at("tcp", "192.0.2.1:40000"), at("tcp", "192.0.2.2:40000"), false},
		{at("tcp", "192.0.2.1:40000"), at("udp", "192.0.2.1:40000"), false},
	} {
		if tt.neighbour.sent(tt.source) != tt.sent {
			t.Errorf("%s of %s: %v", tt.source, tt.neighbour, !tt.sent)
		}
	}
}

func TestTheBestOfTheRefusalsIsPassedOn(t *testing.T) {
	for _, tt := range []struct{ a, b, want int }{
		{486, 603, 603},
		{480, 486, 486},
		{486, 480, 486},
		{408, 404, 404},
		{500, 486, 486},
		{503, 500, 500},
		{302, 486, 302},
		{0, 503, 503},
		{407, 486, 407},
		{487, 408, 487},
	} {
		if got := better(tt.a, tt.b); got != tt.want {
			t.Errorf("of %d and %d it is %d", tt.a, tt.b, got)
		}
	}
}

func TestAUserSpeaksForItselfOnly(t *testing.T) {
	u := &routing.User{Login: "phone1", Number: "+49301000001", Extension: "101"}
	for name, may := range map[string]bool{"phone1": true, "+49301000001": true, "49301000001": true, "101": true, "102": false, "": false, "anonymous": false} {
		if speaksFor(u, name) != may {
			t.Errorf("%q: %v", name, !may)
		}
	}
	if speaksFor(&routing.User{}, "") {
		t.Error("a user without anything speaks for nobody")
	}
}

func TestTheIdentityIsTheNumberOrForColleaguesTheExtension(t *testing.T) {
	withNumber, without := &routing.User{Number: "+491", Extension: "101"}, &routing.User{Extension: "101"}
	for _, tt := range []struct {
		user     *routing.User
		identity string
		toTrunk  bool
		want     string
	}{
		{withNumber, "+491", false, "<sip:+491@d>"},
		{withNumber, "+491", true, "<sip:+491@d>"},
		{without, "+490", false, "<sip:101@d>"},
		{without, "+490", true, "<sip:+490@d>"},
		{without, "", true, ""},
	} {
		if got := asserted(tt.user, domain.E164(tt.identity), "d", tt.toTrunk); got != tt.want {
			t.Errorf("%q to the trunk %v: %q", tt.identity, tt.toTrunk, got)
		}
	}
}

func TestTheScreenLetsSIPThroughAndNothingElse(t *testing.T) {
	const via = "\r\nVia: SIP/2.0/UDP a\r\n\r\n"
	for text, passes := range map[string]bool{
		"INVITE sip:a SIP/2.0" + via: true, "FOO sip:a SIP/7.0" + via: true, "SIP/2.0 200 OK" + via: true, "OPTIONS sip:a SIP/2.0\r\nv: x\r\n\r\n": true,
		"": false, "\r\n\r\n": false, "GET / HTTP/1.1" + via: false, "INVITE sip:a SIP/2.0\r\n\r\n": false, "INVITE sip:a SIP/2.0\r\nVia: x": false,
		"SIP/2.0 900 X" + via: false, "SIP/2.0 2 X" + via: false, "IN VITE" + via: false, "INV\x00 sip:a SIP/2.0" + via: false,
		"INVITE" + via: false, strings.Repeat("A", 40) + " sip:a SIP/2.0" + via: false, "INVITE sip:a SIP/2.0\r\nX: \x00" + via: false,
		"INVITE sip:" + strings.Repeat("a", maxHeader) + " SIP/2.0" + via: false,
	} {
		if screen([]byte(text)) != passes {
			t.Errorf("%.40q: %v", text, !passes)
		}
	}
}

func TestTheReasonIsAQuotedString(t *testing.T) {
	if got := reasonField("480", `say "\"`); got != `SIP;cause=480;text="say \"\\\""` {
		t.Error(got)
	}
}
