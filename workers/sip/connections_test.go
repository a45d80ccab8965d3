package sip_test

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"
)

// ended waits until a connection is closed by the other side.
func ended(t *testing.T, p *phone) {
	t.Helper()
	_ = p.conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	if _, err := p.conn.Read(make([]byte, 1)); err == nil || strings.Contains(err.Error(), "timeout") {
		t.Errorf("the connection is still open: %v", err)
	}
}

func TestASourceHasNoMoreConnectionsThanItsShare(t *testing.T) {
	h := newHouse(t, func(h *house) { h.limits.TCP.PerSource = 2 })
	h.user("anna", "+49301000001", "101")
	first, second := h.phone("anna", "tcp"), h.phone("anna", "tcp")
	first.register()
	second.register()
	ended(t, h.phone("anna", "tcp"))
	_ = first.conn.Close()
	for end := time.Now().Add(10 * time.Second); ; { // the worker takes a moment to see the end
		next := h.phone("anna", "tcp")
		_, _ = fmt.Fprintf(next.conn, strings.ReplaceAll(sane, "UDP", "TCP"), "again")
		if got, err := next.try(time.Second); err == nil && got.status() == 200 {
			return
		}
		if time.Now().After(end) {
			t.Fatal("the place of a connection that ended was never given to another")
		}
	}
}

func TestWhoSaysNothingIsNotWaitedFor(t *testing.T) {
	h := newHouse(t, func(h *house) { h.limits.TCP.First = 100 * time.Millisecond })
	h.user("anna", "+49301000001", "101")
	anna := h.phone("anna", "tcp")
	anna.register()
	ended(t, h.phone("mute", "tcp"))
	slow := h.phone("slow", "tcp")
	for i := 0; ; i++ { // a byte now and then does not help
		if _, err := io.WriteString(slow.conn, "OPTIONS sip:x SIP/2.0\r\n"[i%20:i%20+1]); err != nil {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	if got := anna.register(); got.status() != 200 {
		t.Errorf("who has spoken is cut off: %s", got.start)
	}
}

func TestWhatIsNoSIPEndsItsConnection(t *testing.T) {
	h := newHouse(t)
	for _, text := range []string{"GET / HTTP/1.1\r\nHost: x\r\n\r\n", strings.Repeat("A", 40<<10)} {
		p := h.phone("x", "tcp")
		p.write(text)
		ended(t, p)
	}
}
