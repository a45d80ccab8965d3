package activities_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"dialtone/activities"
	"dialtone/deploy/local"
	"dialtone/deploy/policies"
	"dialtone/domain"
	"dialtone/domain/claim"
	"dialtone/domain/company"
	"dialtone/domain/number"
	"dialtone/domain/policy"
	"dialtone/domain/user"
	"dialtone/domain/wire"
	"dialtone/eventstore"
	"dialtone/eventstore/sqlstore"
)

// mortal is a process that can be killed before or after one of its effects.
// What it reaches for once it is dead does not happen.
type mortal struct {
	mu      sync.Mutex
	effects []string // of the activity under way
	fatal   int      // the number of the effect that kills, from 1; 0: none
	after   bool     // only once it has happened
	dead    bool
	die     context.CancelFunc
}

var errKilled = errors.New("the process is dead")

// lives begins an activity that is killed at an effect.
func (m *mortal) lives(ctx context.Context, fatal int, after bool) context.Context {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.effects, m.fatal, m.after, m.dead = nil, fatal, after, false
	ctx, m.die = context.WithCancel(ctx)
	return ctx
}

func (m *mortal) effect(what string, do func() error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.dead {
		return errKilled
	}
	m.effects = append(m.effects, what)
	fatal := len(m.effects) == m.fatal
	if fatal && !m.after {
		return m.killed()
	}
	err := do()
	if fatal {
		return m.killed()
	}
	return err
}

func (m *mortal) killed() error {
	m.dead = true
	m.die()
	return errKilled
}

// mortalStore is the event store as a mortal process reaches it.
type mortalStore struct {
	eventstore.Store
	*mortal
}

// Append writes while the process lives.
func (s mortalStore) Append(ctx context.Context, stream string, expected eventstore.Expected, events ...eventstore.Proposed) (done eventstore.Appended, err error) {
	err = s.effect("append to "+strings.SplitN(stream, "-", 2)[0], func() (err error) {
		done, err = s.Store.Append(ctx, stream, expected, events...)
		return err
	})
	return done, err
}

type mortalMail struct {
	activities.Courier
	*mortal
}

// Send hands a mail over while the process lives.
func (c mortalMail) Send(ctx context.Context, letter activities.Mail) (out activities.Outcome) {
	if c.effect("mail", func() error { out = c.Courier.Send(ctx, letter); return nil }) != nil {
		return activities.Outcome{Cause: "connection", Code: "cancelled", Ambiguous: true}
	}
	return out
}

type mortalSMS struct {
	activities.Messenger
	*mortal
}

// Send hands an SMS over while the process lives.
func (c mortalSMS) Send(ctx context.Context, text activities.SMS) (out activities.Outcome) {
	if c.effect("sms", func() error { out = c.Messenger.Send(ctx, text); return nil }) != nil {
		return activities.Outcome{Cause: "connection", Code: "cancelled", Ambiguous: true}
	}
	return out
}

type mortalNetwork struct {
	activities.Network
	*mortal
}

// Activate reaches the network while the process lives.
func (n mortalNetwork) Activate(ctx context.Context, order string, line domain.E164) error {
	return n.effect("network", func() error { return n.Network.Activate(ctx, order, line) })
}

// Connect reaches the network while the process lives.
func (n mortalNetwork) Connect(ctx context.Context, order string, block company.Block) error {
	return n.effect("network", func() error { return n.Network.Connect(ctx, order, block) })
}

// world is the users' activities over a real journal, the SMTP server, the SMS
// service and the network of the embedded mode, in a process that can be killed.
type world struct {
	*testing.T
	mortal  mortal
	store   eventstore.Store
	journal *eventstore.Journal // of those who are not killed
	keys    *sqlstore.Keys
	readers *readers
	users   *activities.Users
	inbox   *local.Inbox
	network *local.Network
	presets map[string]policy.Policy
	now     time.Time
	born    int
	orders  int
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, now: receiptNoon, network: local.NewNetwork()}
	clock := func() time.Time { return w.now }
	store, err := sqlstore.Open(t.Context(), sqlstore.Config{Path: filepath.Join(t.TempDir(), "events.db"), Clock: clock})
	w.must(err)
	keys, err := sqlstore.OpenKeys(t.Context(), filepath.Join(t.TempDir(), "keys.db"), make([]byte, 32), rand.Reader)
	w.must(err)
	codec, err := eventstore.NewCodec(keys, wire.Events()...)
	w.must(err)
	w.inbox, err = local.OpenInbox(t.Context(), filepath.Join(t.TempDir(), "inbox.db"), 10_000, clock)
	w.must(err)
	mail, err := local.StartMail(t.Context(), "127.0.0.1:0", w.inbox, slog.New(slog.DiscardHandler))
	w.must(err)
	provider := httptest.NewServer(local.NewSMS(local.SMSConfig{Account: "AC1", Token: receiptToken, Inbox: w.inbox, Random: rand.Reader}))
	w.presets, err = policies.Presets()
	w.must(err)
	w.keys, w.readers = keys, &readers{}
	w.store, w.journal = store, eventstore.NewJournal(store, codec, clock)
	w.users = w.activities(codec, mail.Address(), provider.URL)
	t.Cleanup(func() {
		provider.Close()
		w.must(mail.Stop(context.Background()))
		w.must(w.inbox.Close())
		w.must(store.Close())
		w.must(keys.Close())
	})
	return w
}

// activities are what is killed.
func (w *world) activities(codec *eventstore.Codec, relay, provider string) *activities.Users {
	w.Helper()
	host, port, err := net.SplitHostPort(relay)
	w.must(err)
	at, err := strconv.Atoi(port)
	w.must(err)
	mailer, err := activities.NewMailer(activities.MailConfig{Host: host, Port: at, TLS: activities.TLSNone, From: "service@example.org"})
	w.must(err)
	texter, err := activities.NewTexter(activities.SMSConfig{AccountSID: "AC1", AuthToken: receiptToken, From: "Dialtone", BaseURL: provider})
	w.must(err)
	texts, err := activities.NewTexts()
	w.must(err)
	return &activities.Users{
		Keys: mortalKeys{w.keys, &w.mortal}, Readers: mortalReaders{w.readers, &w.mortal},
		Journal: eventstore.NewJournal(mortalStore{w.store, &w.mortal}, codec, func() time.Time { return w.now }),
		Mail:    mortalMail{mailer, &w.mortal}, SMS: mortalSMS{texter, &w.mortal}, Network: mortalNetwork{w.network, &w.mortal},
		Texts: texts, LinkKey: make([]byte, 32), ClaimKey: make([]byte, 32), PublicURL: "https://phones.example", Memberships: roll{w},
	}
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// person is one life in the world.
type person struct {
	*world
	id, company string
	rules       policy.Policy
	line        domain.E164
	user.Person
	from eventstore.Position // where the life begins in the log
}

// bear orders a user of a company of its own, and all that is the user's.
func (w *world) bear(preset, licence string, ordered ...func(*user.Create)) *person {
	w.Helper()
	w.born++
	n := fmt.Sprintf("%04d", w.born)
	p := &person{
		world: w, id: domain.DeriveID("crash", n), company: domain.DeriveID("crash-company", n), rules: w.presets[preset], line: domain.E164("+4930555" + n),
		Person: user.Person{FirstName: "Ada", LastName: "Sommer" + n, Email: "ada" + n + "@example.com", Mobile: "+4917112" + n + "0"},
	}
	var err error
	p.from, err = w.store.Head(w.Context())
	w.must(err)
	firm := company.Create{
		ID: p.company, Name: "Acme", Language: "en", Country: "DE", Policy: p.rules,
		Blocks: []company.Block{{From: p.line, To: p.line}}, Licences: []company.Licences{{Kind: "standard", Count: 1}, {Kind: "free", Count: 1}},
	}
	p.execute(company.Stream(p.company), func(domain.Cause) domain.Decide { return firm.Decide })
	history, err := w.journal.Load(w.Context(), company.Stream(p.company))
	w.must(err)
	extension := p.line.Last(p.rules.Extension.LastDigits)
	claims := user.Claims{Number: number.Stream(p.line), Extension: user.ExtensionStream(p.company, extension), Email: user.EmailClaim(w.users.ClaimKey, p.Email)}
	p.execute(claims.Number, func(domain.Cause) domain.Decide {
		return number.Connect{Number: p.line, Company: p.company, At: w.now}.Decide
	})
	p.execute(claims.Number, func(c domain.Cause) domain.Decide {
		return number.Assign{Number: p.line, Company: p.company, User: p.id, By: c.Command, At: w.now}.Decide
	})
	for _, stream := range []string{claims.Extension, claims.Email} {
		p.execute(stream, func(c domain.Cause) domain.Decide {
			return claim.Take{Owner: user.Stream(p.id), By: c.Command, At: w.now}.Decide
		})
	}
	order := user.Create{
		ID: p.id, Company: company.Fold(history.Facts), Number: p.line, Extension: extension, Licence: licence, Person: p.Person, Claims: claims, Activate: true, At: w.now,
	}
	for _, differs := range ordered {
		differs(&order)
	}
	if seat := order.Claims.Seat; seat != "" {
		p.execute(seat, func(c domain.Cause) domain.Decide {
			return claim.Take{Owner: user.Stream(p.id), By: c.Command, At: w.now}.Decide
		})
	}
	p.does(order.Decide)
	return p
}

func (p *person) execute(stream string, decide func(domain.Cause) domain.Decide) {
	p.Helper()
	p.orders++
	cause := domain.Cause{Command: domain.DeriveID("crash-order", strconv.Itoa(p.orders)), Actor: domain.Actor{Kind: domain.ActorOperator}, At: p.now}
	_, err := p.journal.Execute(p.Context(), stream, cause, decide(cause))
	p.must(err)
}

// does lets a command pass on the user's stream.
func (p *person) does(decide domain.Decide) {
	p.Helper()
	p.execute(user.Stream(p.id), func(domain.Cause) domain.Decide { return decide })
}

func (p *person) state() user.State {
	p.Helper()
	h, err := p.journal.Load(p.Context(), user.Stream(p.id))
	p.must(err)
	return user.Fold(h.Facts)
}

// written are the types of all facts of this life, those of claims apart from
// the user's own, whose order counts.
func (p *person) written() (own, others []string) {
	p.Helper()
	for event, err := range p.store.ReadAll(p.Context(), p.from, eventstore.Forwards, 0) {
		p.must(err)
		if event.Stream == user.Stream(p.id) {
			own = append(own, event.Type)
		} else {
			others = append(others, strings.SplitN(event.Stream, "-", 2)[0]+" "+event.Type)
		}
	}
	slices.Sort(others)
	return own, others
}

// received counts copies: of mails by their Message-ID, of SMS by their text.
// Copies of a mail that differ are told.
func (p *person) received() (mails, texts map[string]int) {
	p.Helper()
	mails, texts = map[string]int{}, map[string]int{}
	first := map[string]local.Message{}
	for _, to := range []string{p.Email, p.Mobile} {
		messages, err := p.inbox.Messages(p.Context(), to)
		p.must(err)
		for _, m := range messages {
			if m.Channel == "sms" {
				texts[m.Text]++
				continue
			}
			if before, seen := first[m.MessageID]; seen && (before.Text != m.Text || before.HTML != m.HTML || !slices.Equal(before.Links, m.Links)) {
				p.Errorf("copies of the mail %s differ", m.MessageID)
			}
			first[m.MessageID] = m
			mails[m.MessageID]++
		}
	}
	return mails, texts
}
