package histories_test

import (
	"context"
	"strconv"
	"testing"
	"time"

	"dialtone/deploy/policies"
	"dialtone/domain"
	"dialtone/domain/claim"
	"dialtone/domain/company"
	"dialtone/domain/number"
	"dialtone/domain/policy"
	"dialtone/domain/user"
)

const (
	userID    = "0c8f3c52-59aa-5bb1-8d0e-1f0f0d6f3a01"
	companyID = "7f1d5f0e-2a44-5a3b-9c55-6f2b7b1f2c02"
	line      = domain.E164("+493023125001")
)

// hasty are unifyoffice's rules with officesmart's passwords, of a house where a
// year is over in seconds.
func hasty(t *testing.T) policy.Policy {
	t.Helper()
	presets, err := policies.Presets()
	if err != nil {
		t.Fatal(err)
	}
	rules := presets["unifyoffice"]
	rules.Credentials = presets["officesmart"].Credentials
	rules.Link.Valid, rules.Link.RemindAfter = policy.Duration(time.Hour), policy.Duration(50*time.Minute)
	rules.Credentials.MaxAge, rules.Credentials.CompanyMaxAge = policy.Duration(time.Minute), 0
	rules.Credentials.RemindBefore = []policy.Duration{policy.Duration(58 * time.Second), policy.Duration(57 * time.Second), policy.Duration(56 * time.Second)}
	return rules
}

// execute gives a command as somebody would.
func (w *world) execute(actor, stream string, decide func(domain.Cause) domain.Decide) {
	w.t.Helper()
	w.orders++
	cause := domain.Cause{
		Command: domain.DeriveID("test", strconv.Itoa(w.orders)), Actor: domain.Actor{Kind: actor},
		Channel: domain.ChannelAPI, At: time.Now().UTC(),
	}
	if _, err := w.journal.Execute(context.Background(), stream, cause, decide(cause)); err != nil {
		w.t.Fatalf("command on %s: %v", stream, err)
	}
}

// order makes the company and the user, whose activation begins.
func (w *world) order() {
	w.t.Helper()
	give := func(stream string, decide domain.Decide) {
		w.execute(domain.ActorOperator, stream, func(domain.Cause) domain.Decide { return decide })
	}
	firm := company.State{ID: companyID, Name: "Example GmbH", Language: "en", Country: "DE", Policy: w.rules, Blocks: []company.Block{{From: line, To: line}}}
	give(company.Stream(companyID), company.Create{
		ID: companyID, Name: firm.Name, Language: "en", Country: "DE", Policy: w.rules, Blocks: firm.Blocks,
	}.Decide)
	now := time.Now()
	give(number.Stream(line), number.Connect{Number: line, Company: companyID, At: now.Add(claim.Window)}.Decide)
	give(number.Stream(line), number.Assign{Number: line, Company: companyID, User: userID, By: "order", At: now}.Decide)
	short := line.Last(w.rules.Extension.LastDigits)
	extension := user.ExtensionStream(companyID, short)
	give(extension, claim.Take{Owner: user.Stream(userID), By: "order", At: now}.Decide)
	give(user.Stream(userID), user.Create{
		ID: userID, Company: firm, Number: line, Extension: short, Activate: true,
		Person: user.Person{FirstName: "Ada", LastName: "Sommer", Email: "ada@example.com"},
		Claims: user.Claims{Number: number.Stream(line), Extension: extension},
	}.Decide)
}

func (w *world) renew() {
	w.t.Helper()
	w.execute(domain.ActorAdmin, user.Stream(userID), func(c domain.Cause) domain.Decide {
		return user.RenewLink{Cause: c, Policy: w.rules, Mint: user.Minter(w.linkKey, userID)}.Decide
	})
}

func (w *world) confirm() {
	w.t.Helper()
	w.execute(domain.ActorUser, user.Stream(userID), func(c domain.Cause) domain.Decide {
		return user.Confirm{Hash: w.state().Link.Hash, At: c.At, Policy: w.rules, Sum: user.CredentialSum{Password: "hash"}}.Decide
	})
}

func (w *world) choosePassword() {
	w.t.Helper()
	w.execute(domain.ActorUser, user.Stream(userID), func(c domain.Cause) domain.Decide {
		return user.ChangePassword{At: c.At, Policy: w.rules, Sum: "hash"}.Decide
	})
}

// logIn is a fact that asks for nothing.
func (w *world) logIn() {
	w.t.Helper()
	w.execute(domain.ActorUser, user.Stream(userID), func(domain.Cause) domain.Decide {
		return func([]domain.Fact) ([]domain.Event, error) {
			return []domain.Event{user.LoggedIn{Method: "password"}}, nil
		}
	})
}

func (w *world) state() user.State { return user.Fold(w.facts()) }

func (w *world) facts() []domain.Fact {
	w.t.Helper()
	h, err := w.journal.Load(context.Background(), user.Stream(userID))
	if err != nil {
		w.t.Fatal(err)
	}
	return h.Facts
}

// asked counts the messages of a purpose that were asked for.
func (w *world) asked(purpose string) int {
	found := 0
	for _, f := range w.facts() {
		if m, ok := f.Event.(user.MessageRequested); ok && m.Purpose == purpose {
			found++
		}
	}
	return found
}
