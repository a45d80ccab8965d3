package user_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"dialtone/deploy/policies"
	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/policy"
	"dialtone/domain/user"
)

const adaID = "0b0e7a52-6a0e-5d6c-9a53-0f7b8e0c1a2d"

var (
	noon     = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	presets  = load()
	operator = domain.Actor{Kind: domain.ActorOperator, ID: "back-office"}
	admin    = domain.Actor{Kind: domain.ActorAdmin, ID: "boss"}
	self     = domain.Actor{Kind: domain.ActorUser, ID: adaID}
	ada      = user.Person{FirstName: "Augusta", LastName: "Lovelace", Email: "ada@example.com", Mobile: "+491711234567"}
)

func load() map[string]policy.Policy {
	presets, err := policies.Presets()
	if err != nil {
		panic(err)
	}
	return presets
}

// after is the moment so many hours behind noon.
func after(hours float64) time.Time { return noon.Add(time.Duration(hours * float64(time.Hour))) }

// firm is a company with a policy, numbers, a site and licences.
func firm(rules string) company.State {
	return company.Fold(facts(
		company.Created{ID: "acme", Name: "Acme", Language: "de", Country: "DE"},
		company.PolicyAdopted{Policy: presets[rules]},
		company.NumbersConnected{From: "+4930120000", To: "+4930129999"},
		company.LicencesOrdered{Kind: "office", Count: 5},
		company.SiteOpened{ID: "berlin", Name: "Berlin", Country: "DE"},
	))
}

// facts makes a history of events that all happened at noon.
func facts(events ...domain.Event) []domain.Fact {
	history := make([]domain.Fact, len(events))
	for n, event := range events {
		history[n] = domain.Fact{Event: event, ID: fmt.Sprint(n), Stream: "test", Revision: uint64(n), At: noon}
	}
	return history
}

// then puts events behind others.
func then(given []domain.Event, more ...domain.Event) []domain.Event {
	return append(slices.Clone(given), more...)
}

// order is Ada as unifyoffice's admin orders her, with everything claimed.
func order() user.Create {
	return user.Create{
		ID: adaID, Company: firm("unifyoffice"), Site: "berlin", Language: "en", Number: "+4930120049", Extension: "0049",
		Licence: "office", Device: "none", Person: ada, Claims: claims(),
	}
}

func claims() user.Claims {
	return user.Claims{
		Number: "number-+4930120049", Extension: "extension-acme-0049", Email: user.EmailStream("ada"), Seat: user.SeatStream("acme", "office", 1),
	}
}

func created() user.Created {
	person := ada
	return user.Created{
		ID: adaID, Company: "acme", Site: "berlin", Language: "en", Number: "+4930120049", Extension: "0049",
		Licence: "office", Device: "none", Claims: claims(), Personal: &person,
	}
}

// goes is what goes with the usual user, and with what is planned.
func goes(planned ...string) *user.Goes {
	return &user.Goes{Number: "+4930120049", Extension: "0049", Licence: "office", Email: true, Planned: planned}
}

// The stations of an activation by link. The link is issued at noon.
var (
	firstLink = user.Link{ID: "link-1", Key: user.LinkKey, Hash: "hash-1", ExpiresAt: after(48), RemindAt: new(after(36))}
	linkMail  = request(user.PurposeLink, user.Mail, "link-1")
	ordered   = []domain.Event{created()}
	started   = then(ordered, user.ActivationStarted{Steps: []string{"line", "link"}})
	running   = then(started, user.StepStarted{Step: "line", Attempt: 1})
	lined     = then(running, user.StepDone{Step: "line"})
	linked    = then(lined, user.LinkIssued{Link: firstLink}, linkMail)
	mailed    = then(linked, user.MessageAccepted{ID: linkMail.ID, Attempt: 1})
	expired   = then(mailed, user.LinkExpired{Link: "link-1"}, linkFailed("link-expired", "user"), user.ActivationFailed{Step: "link", Cause: "link-expired"})
	confirmed = then(mailed, user.LinkUsed{Link: "link-1"}, user.CredentialSet{Question: "first-pet", Personal: &sum}, user.StepDone{Step: "link"}, user.Activated{})
	deleted   = then(confirmed, user.Deleted{})
	onHold    = then(confirmed, user.Suspended{})
	sum       = user.CredentialSum{Password: "$argon2id$p", PIN: "$argon2id$n", Answer: "$argon2id$a"}
)

// The stations of an activation by the operator's network.
var (
	netStarted = then(ordered, user.ActivationStarted{Steps: []string{"line", "network"}}, user.StepStarted{Step: "line", Attempt: 1}, user.StepDone{Step: "line"})
	netRunning = then(netStarted, user.StepStarted{Step: "network", Attempt: 1})
	netFailed  = then(netRunning, user.StepFailed{Step: "network", Attempt: 1, Trouble: noService}, user.ActivationFailed{Step: "network", Cause: "network-refused"})
	netActive  = then(netRunning, user.StepDone{Step: "network"}, user.Activated{})
	noService  = user.Trouble{Cause: "network-refused", Responsible: "operator", Code: "no-service"}
)

func linkFailed(cause, responsible string) user.StepFailed {
	return user.StepFailed{Step: "link", Attempt: 1, Trouble: user.Trouble{Cause: cause, Responsible: responsible}}
}

func request(purpose, channel, link string) user.MessageRequested {
	return user.MessageRequested{ID: domain.DeriveID("message", link, purpose, channel), Purpose: purpose, Channel: channel, Link: link}
}

// mint gives every link a hash that tells which link it belongs to.
func mint(link string) (key, hash string) { return user.LinkKey, "hash of " + link }

type scenario struct {
	name  string
	given []domain.Event
	when  domain.Decide
	then  []domain.Event
	fault string // code
}

func play(t *testing.T, scenarios []scenario) {
	t.Helper()
	for _, c := range scenarios {
		t.Run(c.name, func(t *testing.T) {
			got, err := c.when(facts(c.given...))
			if code(err) != c.fault {
				t.Fatalf("fault %q (%v), want %q", code(err), err, c.fault)
			}
			if !reflect.DeepEqual(got, c.then) {
				t.Errorf("then\n%s\nwant\n%s", told(got), told(c.then))
			}
		})
	}
}

// code is a fault's code, with the broken fields where there are any.
func code(err error) string {
	var fault *domain.Fault
	if !errors.As(err, &fault) {
		if err != nil {
			return err.Error()
		}
		return ""
	}
	parts := []string{fault.Code}
	for _, field := range fault.Fields {
		parts = append(parts, field.Pointer+" "+field.Code)
	}
	return strings.Join(parts, ", ")
}

func told(events []domain.Event) string {
	var lines strings.Builder
	for _, event := range events {
		raw, err := json.Marshal(event)
		fmt.Fprintf(&lines, "  %s %s", event.Type(), raw)
		if err != nil {
			fmt.Fprint(&lines, err)
		}
		lines.WriteByte('\n')
	}
	return lines.String()
}

func text(t *testing.T, value any) string {
	t.Helper()
	raw, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
