package histories_test

import (
	"slices"
	"testing"

	"dialtone/domain/user"
	"dialtone/workflows"
)

// A user with 12 reminders, 3 renewals and 1,000 signals.
func TestALongLifeComesInShortRunsOnARealServer(t *testing.T) {
	mail := &post{gate: make(chan struct{})}
	close(mail.gate)
	w := newWorld(t, hasty(t), mail)
	w.order()
	eventually(t, "the link", func() bool { return mail.taken() > 0 })
	for n := range 3 {
		w.renew()
		eventually(t, "the renewed link", func() bool { return mail.taken() > n+1 })
	}
	w.confirm()
	eventually(t, "the activation", func() bool { return w.state().Shown() == user.Active })

	for lives, reminders := 1, 0; reminders < 12; reminders = w.asked(user.PurposeExpires) {
		if reminders >= 3*lives {
			w.choosePassword()
			lives++
		}
		if w.signals() < 100*(reminders+1) {
			flood(t, w.said, new(ledger), 10) // nothing new, and still a look
		}
	}
	lengths := w.said.histories(t, workflows.UserID(userID))
	t.Logf("%d signals, runs of %v events", w.signals(), lengths)
	if longest := slices.Max(lengths); longest >= budget || len(lengths) < 2 {
		t.Errorf("%d runs, the longest of %d events", len(lengths), longest)
	}
	if signals, renewals := w.signals(), len(w.state().Link.Older); signals < 1000 || renewals != 3 {
		t.Errorf("%d signals, %d renewals", signals, renewals)
	}
}

// While a mail can't be handed over, a run takes no signals: it must not be
// sent any number of them.
func TestARunInTheMiddleOfALongActivityIsNotFlooded(t *testing.T) {
	mail := &post{gate: make(chan struct{})}
	w := newWorld(t, hasty(t), mail)
	w.order()
	eventually(t, "the link", func() bool { return w.state().Link.Hash != "" })
	owed := w.signals()
	for n, unsignalled := 0, 0; n < 1000 && unsignalled < 3; n++ { // until Temporal is asked and not signalled
		w.logInHeard()
		unsignalled++
		if now := w.signals(); now > owed {
			owed, unsignalled = now, 0
		}
	}
	for range 300 {
		w.logIn()
	}
	w.renew()
	if after := w.signals(); after != owed {
		t.Errorf("%d signals went to a run that has its hands full", after-owed)
	}
	close(mail.gate)
	eventually(t, "what was asked for meanwhile", func() bool { return w.state().Link.State == user.LinkOpen && mail.taken() >= 2 })
	lengths := w.said.histories(t, workflows.UserID(userID))
	t.Logf("%d signals for %d facts, runs of %v events", w.signals(), len(w.facts()), lengths)
	if longest := slices.Max(lengths); longest >= budget {
		t.Errorf("a history of %d events", longest)
	}
}

func (w *world) signals() int {
	signals, _ := w.said.heard()
	return signals
}

// logInHeard writes a fact, and waits until Temporal hears of it.
func (w *world) logInHeard() {
	w.t.Helper()
	signals, asked := w.said.heard()
	w.logIn()
	eventually(w.t, "the reactor", func() bool {
		s, a := w.said.heard()
		return s > signals || a > asked
	})
}
