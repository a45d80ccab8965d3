package workflows_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"dialtone/activities"
	"dialtone/domain"
	"dialtone/domain/claim"
	"dialtone/domain/number"
	"dialtone/domain/policy"
	"dialtone/domain/user"
)

func TestALinkThatIsFollowedActivates(t *testing.T) {
	s := newStage(t, "unifyoffice")
	s.order(true)
	s.after(time.Hour, s.confirm)
	s.run()
	want := []string{
		"created", "activation-started", "step-started", "step-done", "link-issued", "message-requested",
		"message-accepted", "link-used", "credential-set", "step-done", "activated",
	}
	if got := s.facts(); !slices.Equal(got, want) {
		t.Errorf("facts\n got %v\nwant %v", got, want)
	}
	if len(s.mail.mails) != 1 || !strings.Contains(s.mail.mails[0].Text, "https://phones.example.com/activate/") {
		t.Errorf("one mail with the link was expected, got %d", len(s.mail.mails))
	}
}

func TestMessagesShowTheCompanysOperator(t *testing.T) {
	s := newStage(t, "unifyoffice")
	s.rules.Sender = policy.Sender{SMS: "ONE Pro", Wide: true}
	s.rules.Brand = policy.Brand{Colour: "#0a7d38", HelpPhone: "+30 210 1234567"}
	s.order(true)
	s.after(47*time.Hour, s.confirm)
	s.run()
	if len(s.sms.texts) != 1 || s.sms.texts[0].From != "ONE Pro" || !s.sms.texts[0].Wide {
		t.Errorf("the SMS are %d, of another sender", len(s.sms.texts))
	}
	if len(s.mail.mails) == 0 || !strings.Contains(s.mail.mails[0].Text, "+30 210 1234567") || !strings.Contains(s.mail.mails[0].HTML, "#0a7d38") {
		t.Error("the mail does not show the operator")
	}
}

func TestAMessageThatCannotBeWrittenStopsNothing(t *testing.T) {
	s := newStage(t, "unifyoffice")
	s.order(true)
	s.after(time.Hour, func() {
		s.execute(user.Stream(userID), func([]domain.Fact) ([]domain.Event, error) {
			return []domain.Event{user.MessageRequested{ID: "nameless", Purpose: user.PurposeUsernameAsked + " of another kind", Channel: user.Mail}}, nil
		})
		s.signal()
	})
	s.after(2*time.Hour, s.confirm)
	s.run()
	if m, _ := s.state().Message("nameless"); m.State() != user.MessageImpossible || m.Trouble.Cause != "not-sendable" {
		t.Errorf("the message is %s: %+v", m.State(), m)
	}
	if got := s.state().Shown(); got != user.Active {
		t.Errorf("the user is %s", got)
	}
}

func TestTheReminderComesAfter36HoursAndTheEndAfter48(t *testing.T) {
	s := newStage(t, "unifyoffice")
	s.order(true)
	start := s.env.Now()
	s.after(36*time.Hour-time.Minute, func() {
		if len(s.mail.mails) != 1 || len(s.sms.texts) != 0 {
			t.Errorf("before 36 h: %d mails and %d SMS, want 1 and 0", len(s.mail.mails), len(s.sms.texts))
		}
	})
	s.after(48*time.Hour-time.Minute, func() {
		if len(s.mail.mails) != 2 || len(s.sms.texts) != 1 {
			t.Errorf("before 48 h: %d mails and %d SMS, want 2 and 1", len(s.mail.mails), len(s.sms.texts))
		}
		if state := s.state(); state.Lifecycle != user.Pending {
			t.Errorf("before 48 h the user is %s", state.Lifecycle)
		}
	})
	s.run()
	state := s.state()
	step, _ := state.Step(policy.StepLink)
	if state.Lifecycle != user.Failed || step.Cause != "link-expired" || step.Responsible != "user" {
		t.Errorf("after 48 h: %s, %+v", state.Lifecycle, step)
	}
	if lived := s.env.Now().Sub(start); lived < 48*time.Hour {
		t.Errorf("the link ended after %s", lived)
	}
}

func TestARenewalTakesTheOldLinksPlace(t *testing.T) {
	for _, who := range []string{domain.ActorAdmin, domain.ActorOperator} {
		t.Run("by "+who, func(t *testing.T) {
			s := newStage(t, "unifyoffice")
			s.order(true)
			s.after(10*time.Hour, func() { s.renew(who) })
			s.after(50*time.Hour, s.confirm) // the first link would be over by now
			s.run()
			if state := s.state(); state.Lifecycle != user.Active || len(state.Link.Older) != 1 {
				t.Errorf("the user is %s with %d older links", state.Lifecycle, len(state.Link.Older))
			}
			if len(s.mail.mails) != 3 { // link, renewed link, its reminder at 46 h
				t.Errorf("%d mails, want 3", len(s.mail.mails))
			}
			if s.mail.mails[0].Text == s.mail.mails[1].Text {
				t.Error("both mails carry the same link")
			}
			if !slices.Contains(s.facts(), "link-renewed-by-"+who) {
				t.Errorf("no fact says that %s renewed: %v", who, s.facts())
			}
		})
	}
}

func TestAUserRenewsAnExpiredLink(t *testing.T) {
	s := newStage(t, "unifyoffice")
	s.order(true)
	s.run()
	again := s.again()
	again.renew(domain.ActorUser)
	again.after(time.Hour, again.confirm)
	again.run()
	if state := again.state(); state.Lifecycle != user.Active {
		t.Errorf("the user is %s", state.Lifecycle)
	}
}

func TestAMailThatIsRefusedForAWhileIsTriedAgain(t *testing.T) {
	s := newStage(t, "unifyoffice")
	s.order(true)
	s.mail.outcomes = []activities.Outcome{
		{Cause: "connection", Code: "connection", Responsible: "mail"},
		{Cause: "greylisted", Code: "451 4.7.1", Responsible: "mail"},
	}
	s.after(time.Second, func() {
		step, _ := s.state().Step(policy.StepLink)
		if step.Cause != "connection" || step.NextTry == nil || step.Responsible != "mail" {
			t.Errorf("the board shows %+v", step)
		}
	})
	s.after(2*time.Hour, s.confirm)
	s.run()
	if len(s.mail.mails) != 3 || s.mail.mails[0].ID != s.mail.mails[2].ID || s.mail.mails[0].Text != s.mail.mails[2].Text {
		t.Errorf("three attempts at the same mail were expected, got %d", len(s.mail.mails))
	}
	if state := s.state(); state.Lifecycle != user.Active {
		t.Errorf("the user is %s", state.Lifecycle)
	}
}

func TestAMailThatIsRefusedForGoodFailsTheStepAndIsRetriedFromIt(t *testing.T) {
	s := newStage(t, "unifyoffice")
	s.order(true)
	s.mail.outcomes = []activities.Outcome{{Cause: "mailbox-unknown", Code: "550 5.1.1", Permanent: true, Responsible: "admin"}}
	s.run()
	step, _ := s.state().Step(policy.StepLink)
	if s.state().Lifecycle != user.Failed || step.Cause != "mailbox-unknown" || step.Responsible != "admin" {
		t.Fatalf("the user is %s with %+v", s.state().Lifecycle, step)
	}
	again := s.again()
	again.execute(user.Stream(userID), user.StartActivation{Policy: s.rules}.Decide)
	again.after(time.Hour, again.confirm)
	again.run()
	if state := again.state(); state.Lifecycle != user.Active || len(again.mail.mails) != 2 {
		t.Errorf("the user is %s after %d mails", state.Lifecycle, len(again.mail.mails))
	}
	if count := strings.Count(strings.Join(again.facts(), " "), "step-started"); count != 1 {
		t.Errorf("the line was connected %d times, want once", count)
	}
}

func TestTheNetworkActivatesWithoutAnybody(t *testing.T) {
	s := newStage(t, "onenet")
	s.order(true)
	s.network.errs = []error{domain.Faultf(domain.Unavailable, "port-busy", "busy"), domain.Faultf(domain.Unavailable, "port-busy", "busy")}
	s.run()
	if state := s.state(); state.Lifecycle != user.Active {
		t.Errorf("the user is %s", state.Lifecycle)
	}
	if orders := s.network.orders; len(orders) != 3 || orders[0] != orders[2] {
		t.Errorf("one order three times was expected: %v", orders)
	}
}

func TestANetworkThatRefusesFailsWithItsCause(t *testing.T) {
	s := newStage(t, "onenet")
	s.order(true)
	s.network.errs = []error{domain.Faultf(domain.Refused, "no-port", "no port is free")}
	s.run()
	step, _ := s.state().Step(policy.StepNetwork)
	if s.state().Lifecycle != user.Failed || step.Code != "no-port" || step.Responsible != "operator" {
		t.Errorf("the user is %s with %+v", s.state().Lifecycle, step)
	}
	if line, _ := s.state().Step(policy.StepLine); line.State != user.Done {
		t.Errorf("the line is %s", line.State)
	}
}

func TestADeletedUsersClaimsAreReleased(t *testing.T) {
	s := newStage(t, "unifyoffice")
	s.order(true)
	s.after(time.Hour, func() {
		s.execute(user.Stream(userID), user.Delete{Actor: domain.Actor{Kind: domain.ActorOperator}, Policy: s.rules}.Decide)
		s.signal()
	})
	s.run()
	h, err := s.journal.Load(t.Context(), number.Stream(line))
	if err != nil {
		t.Fatal(err)
	}
	if n := number.Fold(h.Facts); n.User != "" || n.Company != companyID {
		t.Errorf("the number is %+v", n)
	}
	h, err = s.journal.Load(t.Context(), user.ExtensionStream(companyID, "5001"))
	if err != nil {
		t.Fatal(err)
	}
	if c := claim.Fold(h.Facts); c.Owner != "" {
		t.Errorf("the extension is still claimed by %s", c.Owner)
	}
	if loose := s.state().Loose; len(loose) != 0 {
		t.Errorf("still to be released: %v", loose)
	}
}

func TestAWorkflowWithNothingToDoEndsAtOnce(t *testing.T) {
	s := newStage(t, "unifyoffice")
	s.order(false)
	before := s.facts()
	s.run()
	if got := s.facts(); !slices.Equal(got, before) {
		t.Errorf("it wrote %v", got[len(before):])
	}
}
