package sip_test

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"dialtone/workers/sip"
)

// sane is a request in which one line at a time is spoiled.
const sane = "OPTIONS sip:dialtone.test SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5999;branch=z9hG4bK-%s;rport\r\nMax-Forwards: 70\r\n" +
	"From: <sip:a@b>;tag=1\r\nTo: <sip:dialtone.test>\r\nCall-ID: %[1]s\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"

func TestMalformedRequestsAreAnsweredAsWhatTheyAre(t *testing.T) {
	h := newHouse(t)
	for i, tt := range []struct {
		old, new string
		status   int
	}{
		{"", "", 200},
		{"SIP/2.0\r\nVia", "SIP/7.0\r\nVia", 505},
		{"From: <sip:a@b>;tag=1\r\n", "", 400},
		{";tag=1", "", 400},
		{"To: <sip:dialtone.test>\r\n", "", 400},
		{"CSeq: 1 OPTIONS", "CSeq: 1 INVITE", 400},
		{"CSeq: 1 OPTIONS\r\n", "", 400},
		{"Call-ID: c7", "X: y", 400},
		{"Max-Forwards: 70", "Max-Forwards: 0", 483},
		{"Max-Forwards: 70", "Max-Forwards: 256", 400},
		{"Max-Forwards: 70", "Max-Forwards: 70\r\nMax-Forwards: 69", 400},
		{"To: <sip:dialtone.test>", "To: <sip:a@b>\r\nTo: <sip:c@d>", 400},
		{"Content-Length: 0", "Content-Length: 0\r\nContent-Length: 0", 400},
		{"Content-Length: 0", "Expires: soon\r\nContent-Length: 0", 400},
		{"OPTIONS sip:dialtone.test", "OPTIONS sips:dialtone.test", 416},
		{"OPTIONS sip:dialtone.test", "OPTIONS unknown:dialtone.test", 416},
		{"Max-Forwards", "Proxy-Require: nothing\r\nMax-Forwards", 420},
		{"OPTIONS", "TELEPORT", 501},
		{"OPTIONS", "SUBSCRIBE", 405},
		{"OPTIONS", "MESSAGE", 405},
		{"OPTIONS", "BYE", 481},
		{"OPTIONS", "CANCEL", 481},
		{"OPTIONS sip:dialtone.test", "OPTIONS sip:102@dialtone.test", 407},
	} {
		name := fmt.Sprintf("c%d", i)
		t.Run(tt.new, func(t *testing.T) {
			p := h.phone("x", "udp")
			p.t = t
			text := strings.ReplaceAll(fmt.Sprintf(sane, name), strings.ReplaceAll(tt.old, "c7", name), tt.new)
			p.write(text)
			if got := p.read(); got.status() != tt.status {
				t.Errorf("%d wanted, got %q", tt.status, got.start)
			}
		})
	}
}

// garbage is what must neither be answered with harm nor end the server.
func garbage() []string {
	whole := fmt.Sprintf(sane, "g")
	texts := []string{
		"\x00", "\r\n", "\r\n\r\n", " ", "SIP/2.0", "SIP/2.0 200 OK\r\n\r\n", "INVITE", "INVITE sip:a SIP/2.0\r\n\r\n", strings.Repeat("A", 60_000),
		strings.Repeat("\r\n", 1000), "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "\x16\x03\x01\x02\x00\x01", "INVITE sip:%00 SIP/2.0\r\nVia: \r\n\r\n",
		"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 127.0.0.1:1;branch=z9hG4bKx\r\nCSeq: 1 INVITE\r\n\r\n",
		"SIP/2.0 999 X\r\nVia: SIP/2.0/UDP a;branch=z9hG4bKx\r\nCSeq: x\r\n\r\n",
		"ACK sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bKy\r\nCSeq: 1 ACK\r\n\r\n",
	}
	for i := 0; i < len(whole); i += 7 { // cut, and with a byte turned around
		texts = append(texts, whole[:i], whole[:i]+"\xff"+whole[i+1:], whole[:i]+strings.Repeat(";", 50)+whole[i:])
	}
	for _, field := range []string{"Via", "From", "To", "Contact", "Route", "Record-Route", "CSeq", "Content-Length", "Authorization", "Max-Forwards", "Content-Type"} {
		for _, value := range []string{"", ",", "<", "<>", "<sip:", "\"", "\"\\", ";;;", "SIP/2.0/UDP", "-1", "99999999999999999999", "[::", "<sip:a@[::1>", "Digest " + strings.Repeat(",", 2000)} {
			texts = append(texts, strings.Replace(whole, "Max-Forwards: 70", field+": "+value, 1))
		}
	}
	return texts
}

func TestGarbageLeavesTheServerAlive(t *testing.T) {
	h := newHouse(t)
	h.user("anna", "+49301000001", "101")
	vandal := h.phone("x", "udp")
	for i, text := range garbage() {
		if _, err := io.WriteString(vandal.conn, text); err != nil && len(text) > 0 {
			t.Logf("%d was not sent: %v", i, err)
		}
		if i%40 == 0 {
			stream := h.phone("x", "tcp")
			stream.write(text)
			_ = stream.conn.Close()
		}
	}
	for _, network := range []string{"udp", "tcp"} {
		if got := h.phone("anna", network).register(); got.status() != 200 {
			t.Errorf("over %s: %s", network, got.start)
		}
	}
}

func TestTheWrongConfigurationIsRefused(t *testing.T) {
	for name, h := range map[string]*house{
		"a trunk nobody knows": {trunk: "sip:trunk.invalid:5060", rows: sip.NewRows(database(t))}, "no address": {address: "nowhere", rows: sip.NewRows(database(t))},
	} {
		if err := h.try(t); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}
