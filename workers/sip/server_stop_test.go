package sip_test

import (
	"testing"
	"time"
)

func TestAWorkerThatStopsRefusesNewCallsAndThenThoseThatStillRing(t *testing.T) {
	h := newHouse(t, func(h *house) { h.limits.Drain = 200 * time.Millisecond })
	anna, bert := pair(h, "udp")
	late := h.phone("late", "udp")
	uri := anna.invite("call-1", "102")
	invite := bert.expect("INVITE")
	bert.answer(invite, 180, "Ringing")
	anna.await(180)
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		h.end()
	}()
	for got := (message{}); got.status() != 503; { // until the worker is draining, it is a challenge
		late.request("INVITE", "sip:102@"+realm, "<sip:102@"+realm+">", "call-2")
		for got = late.read(); got.status() == 100; got = late.read() {
		}
		late.ack("sip:102@"+realm, got)
	}
	refused := anna.await(503)
	if refused.get("Retry-After") == "" {
		t.Error("the caller is not told when to try again")
	}
	anna.ack(uri, refused)
	bert.answer(bert.expect("CANCEL"), 200, "OK")
	bert.answer(invite, 487, "Request Terminated")
	bert.expect("ACK")
	<-stopped
	h.start()
}

func TestAnAnswerWhileStoppingIsWaitedFor(t *testing.T) {
	h := newHouse(t, func(h *house) { h.limits.Drain = 10 * time.Second })
	anna, bert := pair(h, "udp")
	anna.invite("call-1", "102")
	invite := bert.expect("INVITE")
	bert.answer(invite, 180, "Ringing")
	anna.await(180)
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		if err := h.worker.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	}()
	bert.answer(invite, 200, "OK")
	anna.await(200)
	<-stopped
	h.start()
}
