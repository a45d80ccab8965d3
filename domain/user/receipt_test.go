package user_test

import (
	"math/rand/v2"
	"testing"

	"dialtone/domain"
	"dialtone/domain/user"
)

var (
	textMessage = request(user.PurposeReminder, user.SMS, "link-1")
	texted      = then(mailed, user.LinkReminded{Link: "link-1"}, textMessage, user.MessageAccepted{ID: textMessage.ID, Attempt: 1, Provider: "SM1"})
	unreachable = user.Trouble{Cause: "handset-unreachable", Responsible: "user", Code: "twilio 30003", NextTry: new(after(1))}
	noNumber    = user.Trouble{Cause: "number-invalid", Responsible: "admin", Code: "twilio 30005"}
)

// receipt is what the provider reports about an attempt: "sent", "delivered",
// "unreachable" (which another try can mend) or "failed".
func receipt(sid, status string) domain.Decide {
	r := user.Receipt{User: adaID, Message: textMessage.ID, Attempt: int(sid[2] - '0'), Provider: sid, Status: status, Delivered: status == "delivered"}
	switch status {
	case "unreachable":
		r.Trouble = &unreachable
	case "failed":
		r.Trouble = &noNumber
	}
	return user.NoteReceipt{Receipt: r}.Decide
}

func taken(sid string, attempt int) user.MessageAccepted {
	return user.MessageAccepted{ID: textMessage.ID, Attempt: attempt, Provider: sid}
}

func arrived(sid string) user.MessageDelivered {
	return user.MessageDelivered{ID: textMessage.ID, Provider: sid}
}

func returned(sid string, trouble user.Trouble) user.MessageBounced {
	return user.MessageBounced{ID: textMessage.ID, Provider: sid, Trouble: trouble}
}

func TestReceiptsAreNoted(t *testing.T) {
	asked := then(mailed, textMessage)
	final := unreachable
	final.NextTry = nil
	waiting := then(texted, returned("SM1", unreachable))
	again := then(waiting, taken("SM2", 2))
	renewed := then(texted, user.LinkRenewedByAdmin{Link: againLink(2)})
	play(t, []scenario{
		{"it has arrived", texted, receipt("SM1", "delivered"), []domain.Event{arrived("SM1")}, ""},
		{"on the way is no news", texted, receipt("SM1", "sent"), nil, ""},
		{"arrived twice is nothing", then(texted, arrived("SM1")), receipt("SM1", "delivered"), nil, ""},
		{"sent after arrived is nothing", then(texted, arrived("SM1")), receipt("SM1", "sent"), nil, ""},
		{"failed after arrived is nothing", then(texted, arrived("SM1")), receipt("SM1", "failed"), nil, ""},
		{"it came to nothing", texted, receipt("SM1", "failed"), []domain.Event{returned("SM1", noNumber)}, ""},
		{"to nothing twice is nothing", then(texted, returned("SM1", noNumber)), receipt("SM1", "failed"), nil, ""},
		{"sent after failed is nothing", then(texted, returned("SM1", noNumber)), receipt("SM1", "sent"), nil, ""},
		{"arrived after failed counts: somebody has it", then(texted, returned("SM1", noNumber)), receipt("SM1", "delivered"), []domain.Event{arrived("SM1")}, ""},
		{"what another try can mend is tried again", texted, receipt("SM1", "unreachable"), []domain.Event{returned("SM1", unreachable)}, ""},
		{"the first attempt's failure is no news about the second", again, receipt("SM1", "unreachable"), nil, ""},
		{"the first attempt arrived late", again, receipt("SM1", "delivered"), []domain.Event{arrived("SM1")}, ""},
		{"the second attempt fails for good", again, receipt("SM2", "failed"), []domain.Event{returned("SM2", noNumber)}, ""},
		{"the second attempt's receipt is faster than our answer", waiting, receipt("SM2", "delivered"), []domain.Event{taken("SM2", 2), arrived("SM2")}, ""},
		{"a receipt tells of a message whose answer was lost", asked, receipt("SM1", "sent"), []domain.Event{taken("SM1", 1)}, ""},
		{"also that it failed", asked, receipt("SM1", "failed"), []domain.Event{taken("SM1", 1), returned("SM1", noNumber)}, ""},
		{"what an older link's message met is not tried again", renewed, receipt("SM1", "unreachable"), []domain.Event{returned("SM1", final)}, ""},
		{"nor is a deleted user's", then(texted, user.Deleted{}), receipt("SM1", "unreachable"), []domain.Event{returned("SM1", final)}, ""},
		{"an unknown message", mailed, receipt("SM1", "delivered"), nil, "no-message"},
		{"nobody's message", nil, receipt("SM1", "delivered"), nil, "no-message"},
	})
}

func TestATemporaryPasswordThatCameBackIsSentAgainWhileItCounts(t *testing.T) {
	issued := user.CredentialIssued{ID: "cred-1", Key: "k", Way: "sms", ExpiresAt: after(72)}
	handed := then(confirmed, issued, user.MessageRequested{ID: textMessage.ID, Purpose: "credentials-password", Channel: user.SMS, Credential: "cred-1"}, taken("SM1", 1))
	newer, gone := issued, unreachable
	newer.ID, gone.NextTry = "cred-2", nil
	ended := then(handed[:len(handed)-3:len(handed)-3], user.CredentialIssued{ID: "cred-1", Key: "k", Way: "sms", ExpiresAt: after(1)}, handed[len(handed)-2], handed[len(handed)-1])
	play(t, []scenario{
		{"while it waits to be used", handed, receipt("SM1", "unreachable"), []domain.Event{returned("SM1", unreachable)}, ""},
		{"not once there is a newer one", then(handed, newer), receipt("SM1", "unreachable"), []domain.Event{returned("SM1", gone)}, ""},
		{"not once a password was chosen", then(handed, user.PasswordChanged{Personal: &sum}), receipt("SM1", "unreachable"), []domain.Event{returned("SM1", gone)}, ""},
		{"not behind its end", ended, receipt("SM1", "unreachable"), []domain.Event{returned("SM1", gone)}, ""},
	})
}

func TestNoTryIsMadeBehindTheLinksEnd(t *testing.T) {
	tooLateByAMoment := unreachable
	tooLateByAMoment.NextTry = new(after(48))
	gaveUp := unreachable
	gaveUp.NextTry = nil
	late := user.NoteReceipt{Receipt: user.Receipt{Message: textMessage.ID, Provider: "SM1", Trouble: &tooLateByAMoment}}
	play(t, []scenario{{"the end is no moment to try", texted, late.Decide, []domain.Event{returned("SM1", gaveUp)}, ""}})
	for name, given := range map[string][]domain.Event{
		"a mail that was refused": then(linked, user.MessageRefused{ID: linkMail.ID, Attempt: 1, Trouble: later}),
		"an SMS that came back":   then(texted, returned("SM1", unreachable)),
		"a mail never tried":      linked,
	} {
		s := user.Fold(facts(given...))
		if duty := s.Duty(after(47.99)); duty.Task != user.Deliver && duty.Task != user.RemindOfLink {
			t.Errorf("%s: before the end the duty is %+v", name, duty)
		}
		for _, hours := range []float64{48, 49, 100} {
			if duty := s.Duty(after(hours)); duty.Task == user.Deliver {
				t.Errorf("%s is still sent after %v h", name, hours)
			}
		}
	}
}

func TestWhereAMessageStands(t *testing.T) {
	for _, c := range []struct {
		name string
		then []domain.Event
		want user.MessageState
	}{
		{"asked for", then(mailed, textMessage), user.MessageWaiting},
		{"refused for now", then(mailed, textMessage, user.MessageRefused{ID: textMessage.ID, Attempt: 1, Trouble: unreachable}), user.MessageWaiting},
		{"refused for good", then(mailed, textMessage, user.MessageRefused{ID: textMessage.ID, Attempt: 1, Trouble: noNumber}), user.MessageImpossible},
		{"accepted", texted, user.MessageTaken},
		{"delivered", then(texted, arrived("SM1")), user.MessageArrived},
		{"came back for now", then(texted, returned("SM1", unreachable)), user.MessageWaiting},
		{"came back for good", then(texted, returned("SM1", noNumber)), user.MessageReturned},
		{"came back and went out again", then(texted, returned("SM1", unreachable), taken("SM2", 2)), user.MessageTaken},
		{"came back and arrived", then(texted, returned("SM1", noNumber), arrived("SM1")), user.MessageArrived},
		{"not wanted any more", then(mailed, textMessage, user.LinkUsed{Link: "link-1"}), user.MessageWithdrawn},
	} {
		m, _ := user.Fold(facts(c.then...)).Message(textMessage.ID)
		if m.State() != c.want {
			t.Errorf("%s: %s, want %s", c.name, m.State(), c.want)
		}
	}
}

// TestTheOrderOfReceiptsDoesNotDecide plays two attempts' receipts doubled and
// shuffled a thousand times.
func TestTheOrderOfReceiptsDoesNotDecide(t *testing.T) {
	dice := rand.New(rand.NewPCG(4, 7))
	for round := range 1000 {
		statuses := []string{"queued", "sent", "unreachable", "queued", "sent", "failed"}
		sids := []string{"SM1", "SM1", "SM1", "SM2", "SM2", "SM2"}
		want := user.MessageReturned
		if arrives := dice.IntN(3); arrives < 2 {
			statuses[3*arrives+2], want = "delivered", user.MessageArrived
		}
		order := dice.Perm(2 * len(sids))
		given := then(texted, returned("SM1", unreachable), taken("SM2", 2))
		if round%2 == 0 {
			given = texted // the second attempt shows by its receipts only
		}
		for _, n := range order {
			events, err := receipt(sids[n%len(sids)], statuses[n%len(sids)])(facts(given...))
			if err != nil {
				t.Fatal(err)
			}
			given = then(given, events...)
		}
		m, _ := user.Fold(facts(given...)).Message(textMessage.ID)
		if want == user.MessageReturned && round%2 == 0 {
			continue // which attempt was the last one nobody has told
		}
		if m.State() != want {
			t.Fatalf("round %d, order %v: %s, want %s", round, order, m.State(), want)
		}
	}
}

func TestThatALinksPageWasOpenedIsToldOnce(t *testing.T) {
	open := func(hash string) domain.Decide { return user.OpenLink{Hash: hash}.Decide }
	opened := []domain.Event{user.LinkOpened{Link: "link-1"}}
	renewed := then(then(mailed, opened...), user.LinkRenewedByAdmin{Link: againLink(2)})
	play(t, []scenario{
		{"the first time", mailed, open("hash-1"), opened, ""},
		{"also when it is over", expired, open("hash-1"), opened, ""},
		{"not again", then(mailed, opened...), open("hash-1"), nil, ""},
		{"not of an older link", renewed, open("hash-1"), nil, ""},
		{"a newer link has its own", renewed, open(againLink(2).Hash), []domain.Event{user.LinkOpened{Link: againLink(2).ID}}, ""},
		{"not once it is used", confirmed, open("hash-1"), nil, ""},
		{"not of an unknown link", mailed, open("x"), nil, ""},
		{"not of nobody", nil, open(""), nil, ""},
	})
	s := user.Fold(facts(then(mailed, opened...)...))
	if !s.Link.OpenAt(after(1)) || s.Usable("hash-1", after(1)) != nil {
		t.Error("the opened page used the link up")
	}
}
