package sip_test

import (
	"fmt"
	"testing"
)

// A phone that rings and answers in one breath: the library may take the 200
// before the 180; then the 180 is dropped. It never follows the answer.
func TestNothingRingsAfterTheAnswer(t *testing.T) {
	h := newHouse(t)
	anna, bert := pair(h, "udp")
	rang := 0
	for i := range 200 {
		callID := fmt.Sprint("call-", i)
		anna.invite(callID, "102")
		invite := bert.expect("INVITE")
		bert.answer(invite, 180, "Ringing")
		bert.answer(invite, 200, "OK")
		got := anna.read()
		for ; got.status() < 200; got = anna.read() {
			if got.status() == 180 {
				rang++
			}
		}
		anna.again("ACK", bare(got.get("Contact")), got.get("To"), callID, anna.cseq, routes(got, true)...)
		bert.expect("ACK")
		anna.request("BYE", bare(got.get("Contact")), got.get("To"), callID, routes(got, true)...)
		bert.answer(bert.expect("BYE"), 200, "OK")
		anna.await(200) // the next that comes is this, not a 180
	}
	t.Logf("%d of 200 rang before they were answered", rang)
}
