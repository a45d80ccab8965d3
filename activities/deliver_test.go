package activities_test

import (
	"crypto/rand"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"testing"
	"time"

	"dialtone/activities"
	"dialtone/deploy/local"
	"dialtone/deploy/policies"
	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/policy"
	"dialtone/domain/user"
	"dialtone/domain/wire"
	"dialtone/eventstore"
	"dialtone/eventstore/sqlstore"
)

const deliveredTo = "0b0e7a52-6a0e-5d6c-9a53-0f7b8e0c1a2d"

// office is the activities over a real journal, with the embedded SMS service,
// whose receipts come to reports.
type office struct {
	*testing.T
	journal *eventstore.Journal
	users   *activities.Users
	sms     *local.SMS
	inbox   *local.Inbox
	reports chan user.Receipt
	now     time.Time
	orders  int
}

func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{T: t, now: receiptNoon, reports: make(chan user.Receipt, 10)}
	clock := func() time.Time { return o.now }
	store, err := sqlstore.Open(t.Context(), sqlstore.Config{Path: filepath.Join(t.TempDir(), "events.db"), Clock: clock})
	o.must(err)
	keys, err := sqlstore.OpenKeys(t.Context(), filepath.Join(t.TempDir(), "keys.db"), make([]byte, 32), rand.Reader)
	o.must(err)
	codec, err := eventstore.NewCodec(keys, wire.Events()...)
	o.must(err)
	o.journal = eventstore.NewJournal(store, codec, clock)
	o.inbox, err = local.OpenInbox(t.Context(), filepath.Join(t.TempDir(), "inbox.db"), 100, clock)
	o.must(err)
	o.sms = local.NewSMS(local.SMSConfig{Account: "AC1", Token: receiptToken, Inbox: o.inbox, Random: rand.Reader})
	provider := httptest.NewServer(o.sms)
	public := httptest.NewUnstartedServer(nil)
	origin := "http://" + public.Listener.Addr().String()
	reader := activities.NewReceipts(receiptToken, origin, clock)
	public.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		receipt, err := reader.Read(r.URL.RawQuery, r.PostForm, r.Header.Get("X-Twilio-Signature"))
		if err != nil {
			w.WriteHeader(http.StatusForbidden)
		}
		o.reports <- receipt
	})
	public.Start()
	texter, err := activities.NewTexter(activities.SMSConfig{
		AccountSID: "AC1", AuthToken: receiptToken, From: "Dialtone", BaseURL: provider.URL, StatusURL: origin + activities.ReceiptPath,
	})
	o.must(err)
	texts, err := activities.NewTexts()
	o.must(err)
	o.users = &activities.Users{Journal: o.journal, SMS: texter, Texts: texts, LinkKey: make([]byte, 32), PublicURL: "https://phones.example"}
	t.Cleanup(func() {
		provider.Close()
		public.Close()
		o.must(o.inbox.Close())
		o.must(store.Close())
		o.must(keys.Close())
	})
	return o
}

func (o *office) must(err error) {
	o.Helper()
	if err != nil {
		o.Fatal(err)
	}
}

func (o *office) execute(stream string, decide func(domain.Cause) domain.Decide) {
	o.Helper()
	o.orders++
	cause := domain.Cause{Command: domain.DeriveID("test", string(rune('a'+o.orders))), Actor: domain.Actor{Kind: domain.ActorOperator}, At: o.now}
	_, err := o.journal.Execute(o.Context(), stream, cause, decide(cause))
	o.must(err)
}

func (o *office) decide(decide domain.Decide) {
	o.Helper()
	o.execute(user.Stream(deliveredTo), func(domain.Cause) domain.Decide { return decide })
}

// linked brings a user to an open link that was mailed and is to go out by SMS.
func (o *office) linked() {
	o.Helper()
	presets, err := policies.Presets()
	o.must(err)
	rules := presets["unifyoffice"]
	firm := company.State{ID: "acme", Name: "Acme", Language: "en", Country: "DE", Policy: rules}
	o.execute(company.Stream("acme"), func(domain.Cause) domain.Decide {
		return company.Create{ID: "acme", Name: "Acme", Language: "en", Country: "DE", Policy: rules}.Decide
	})
	o.decide(user.Create{
		ID: deliveredTo, Company: firm, Activate: true,
		Person: user.Person{FirstName: "Ada", LastName: "Sommer", Email: "ada@example.com", Mobile: "+491711234567"},
	}.Decide)
	for _, step := range o.state().Steps {
		if step.Name == policy.StepLink {
			break
		}
		o.decide(user.StartStep{Step: step.Name}.Decide)
		o.decide(user.FinishStep{Step: step.Name, Attempt: 1}.Decide)
	}
	o.execute(user.Stream(deliveredTo), func(cause domain.Cause) domain.Decide {
		return user.IssueLink{Cause: cause, Policy: rules, Mint: user.Minter(o.users.LinkKey, deliveredTo)}.Decide
	})
	o.decide(user.NoteDelivery{Message: o.message().ID, Attempt: 1}.Decide)
	o.resend()
}

func (o *office) resend() {
	o.Helper()
	o.execute(user.Stream(deliveredTo), func(cause domain.Cause) domain.Decide {
		return user.ResendLink{Cause: cause, Channel: user.SMS}.Decide
	})
}

func (o *office) state() user.State {
	o.Helper()
	h, err := o.journal.Load(o.Context(), user.Stream(deliveredTo))
	o.must(err)
	return user.Fold(h.Facts)
}

// message gives the SMS asked for last.
func (o *office) message() user.Message {
	o.Helper()
	messages := o.state().Messages
	return messages[len(messages)-1]
}

// deliver makes one attempt at it.
func (o *office) deliver() user.Message {
	o.Helper()
	_, err := o.users.Deliver(o.Context(), activities.Errand{User: deliveredTo, Duty: user.Duty{Task: user.Deliver, Subject: o.message().ID}})
	o.must(err)
	return o.message()
}

// texts gives what arrived at the mobile.
func (o *office) texts() []local.Message {
	o.Helper()
	messages, err := o.inbox.Messages(o.Context(), "+491711234567")
	o.must(err)
	return messages
}

func TestAnSMSWhoseSendingFailedIsLookedUpAndThenSaysTheSame(t *testing.T) {
	for name, fault := range map[string]local.SMSFault{
		"it went out, the answer was lost": {Code: 20500, Status: 500, Times: 1, Sent: true},
		"it did not go out":                {Code: 20500, Status: 500, Times: 1},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			o.linked()
			o.must(o.sms.Fail(fault))
			first := o.deliver()
			if first.State() != user.MessageWaiting || first.Attempts != 1 || first.NextTry == nil || first.Trouble.Cause != "server-busy" {
				t.Fatalf("after the first attempt %+v", first)
			}
			o.now = o.now.Add(time.Minute)
			if second := o.deliver(); second.State() != user.MessageTaken || second.Provider != o.texts()[0].MessageID {
				t.Fatalf("after the second attempt %+v", second)
			}
			link := "https://phones.example/activate/" + user.Token(o.users.LinkKey, deliveredTo, o.state().Link.ID)
			if texts := o.texts(); len(texts) != 1 || len(texts[0].Links) != 1 || texts[0].Links[0] != link {
				t.Errorf("arrived %+v", texts)
			}
		})
	}
}

func TestAnAttemptWhoseResultWasLostIsNotMadeBeforeItsTime(t *testing.T) {
	o := newOffice(t)
	o.linked()
	o.must(o.sms.Fail(local.SMSFault{Code: 20500, Status: 500, Times: 1}))
	errand := activities.Errand{User: deliveredTo, Duty: o.state().Duty(o.now)}
	for range 2 {
		_, err := o.users.Deliver(t.Context(), errand)
		o.must(err)
	}
	if m := o.message(); m.Attempts != 1 || m.NextTry == nil || len(o.texts()) != 0 {
		t.Errorf("after the same errand twice %+v, %d SMS", m, len(o.texts()))
	}
}

func TestALinkSentAgainIsNotTakenForTheSMSBefore(t *testing.T) {
	o := newOffice(t)
	o.linked()
	o.deliver()
	o.now = o.now.Add(time.Minute)
	o.resend()
	if again := o.deliver(); again.State() != user.MessageTaken {
		t.Fatalf("again %+v", again)
	}
	if texts := o.texts(); len(texts) != 2 || texts[0].Text != texts[1].Text || texts[0].MessageID == texts[1].MessageID {
		t.Errorf("arrived %+v", texts)
	}
}

func TestAnSMSThatCameBackIsSentAgainAndArrives(t *testing.T) {
	o := newOffice(t)
	o.linked()
	sent := o.deliver()
	o.must(o.sms.Report(t.Context(), local.SMSReport{ID: sent.Provider, Status: "undelivered", Code: 30003}))
	o.decide(user.NoteReceipt{Receipt: <-o.reports}.Decide)
	back := o.message()
	if back.State() != user.MessageWaiting || back.NextTry == nil || !back.NextTry.Equal(o.now.Add(30*time.Minute)) || back.Trouble.Cause != "handset-unreachable" {
		t.Fatalf("came back %+v", back)
	}
	o.now = *back.NextTry
	if duty := o.state().Duty(o.now); duty.Task != user.Deliver || duty.Subject != back.ID || duty.Attempt != 2 {
		t.Fatalf("duty %+v", duty)
	}
	again := o.deliver()
	if again.Provider == sent.Provider || len(o.texts()) != 2 {
		t.Fatalf("again %+v", again)
	}
	o.must(o.sms.Report(t.Context(), local.SMSReport{ID: again.Provider, Status: "delivered"}))
	receipt := <-o.reports
	o.decide(user.NoteReceipt{Receipt: receipt}.Decide)
	if receipt.Attempt != 2 || receipt.User != deliveredTo || o.message().State() != user.MessageArrived {
		t.Errorf("receipt %+v, message %+v", receipt, o.message())
	}
}

func TestAMessageThatCannotBeWrittenIsGivenUpAndHoldsNothingUp(t *testing.T) {
	for purpose, channel := range map[string]string{
		user.PurposeUsernameChanged: user.SMS, // without a user name
		"a purpose of days to come": user.Mail,
		user.PurposeUsername:        user.SMS, // which has a mail only
		user.PurposePassword:        user.Mail,
	} {
		t.Run(purpose, func(t *testing.T) {
			o := newOffice(t)
			o.linked()
			o.deliver()
			o.decide(func([]domain.Fact) ([]domain.Event, error) {
				return []domain.Event{user.MessageRequested{ID: "unwritten", Purpose: purpose, Channel: channel}}, nil
			})
			m := o.deliver()
			if m.State() != user.MessageImpossible || m.Attempts != 1 || m.Trouble.Cause != "not-sendable" || m.Trouble.Responsible != "operator" || m.Trouble.Text == "" {
				t.Errorf("it ends as %s with %+v", m.State(), m)
			}
			if duty := o.state().Duty(o.now); duty.Task == user.Deliver || len(o.texts()) != 1 {
				t.Errorf("next comes %+v, and %d SMS went out", duty, len(o.texts()))
			}
		})
	}
}

func TestTheMobileBeforeIsToldThatThereIsAnother(t *testing.T) {
	o := newOffice(t)
	o.linked()
	o.deliver()
	o.decide(func([]domain.Fact) ([]domain.Event, error) {
		return []domain.Event{
			user.DetailsChanged{Personal: &user.PersonChanges{Mobile: new("+491719999999")}},
			user.MessageRequested{ID: "moved", Purpose: user.PurposeMobileChanged, Channel: user.SMS, Personal: &user.Address{To: "+491711234567"}},
		}, nil
	})
	if m := o.deliver(); m.State() != user.MessageTaken {
		t.Fatalf("it is %+v", m)
	}
	if texts := o.texts(); len(texts) != 2 {
		t.Errorf("the mobile before has %d SMS", len(texts))
	}
}

func TestTheStatusURLHoldsIdsOnly(t *testing.T) {
	o := newOffice(t)
	o.linked()
	o.deliver()
	at, err := url.Parse(o.texts()[0].ReportTo)
	o.must(err)
	want := url.Values{"user": {deliveredTo}, "message": {o.message().ID}, "attempt": {"1"}}
	if at.Path != activities.ReceiptPath || at.RawQuery != want.Encode() {
		t.Errorf("deliveries are reported to %s", at)
	}
}
