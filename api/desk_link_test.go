package api_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"dialtone/api"
	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/policy"
	"dialtone/domain/user"
)

// by gives the cause of a fresh command.
func (h *house) by(kind string) domain.Cause {
	return domain.Cause{Command: uuid.NewString(), Actor: domain.Actor{Kind: kind}, Channel: domain.ChannelPage, At: h.clock.Now()}
}

// linked brings a user to the open link as the workflow would, and gives its token.
func (h *house) linked() (id, token string) {
	h.t.Helper()
	firm := h.company("unifyoffice")
	id = h.user(firm, strings.Replace(ada("01"), `{`, `{"activate":true,`, 1)).want(h.t, 201).text("id")
	h.execute(id, user.StartStep{Step: policy.StepLine}.Decide)
	h.execute(id, user.FinishStep{Step: policy.StepLine, Attempt: 1}.Decide)
	cause := h.by(domain.ActorSystem)
	h.executeFor(id, cause, user.IssueLink{Cause: cause, Policy: h.rules(firm), Mint: user.Minter(key(2), id)}.Decide)
	return id, h.token(id)
}

// rules gives the policy a company has adopted.
func (h *house) rules(firm string) policy.Policy {
	h.t.Helper()
	history, err := h.journal.Load(h.t.Context(), company.Stream(firm))
	must(h.t, err)
	return company.Fold(history.Facts).Policy
}

func (h *house) execute(id string, decide domain.Decide) {
	h.executeFor(id, h.by(domain.ActorSystem), decide)
}

func (h *house) executeFor(id string, cause domain.Cause, decide domain.Decide) {
	h.t.Helper()
	_, err := h.journal.Execute(h.t.Context(), user.Stream(id), cause, decide)
	must(h.t, err)
}

// token gives the token of the user's link, as the mail carries it.
func (h *house) token(id string) string { return user.Token(key(2), id, h.state(id).Link.ID) }

func (h *house) state(id string) user.State {
	h.t.Helper()
	history, err := h.journal.Load(h.t.Context(), user.Stream(id))
	must(h.t, err)
	return user.Fold(history.Facts)
}

func good() policy.Chosen {
	return policy.Chosen{
		Password: "blue-Kettle7", PasswordAgain: "blue-Kettle7", PIN: "824613", PINAgain: "824613", Question: "first-pet", Answer: "  Rex ",
	}
}

// code gives the code of a fault.
func code(err error) string {
	if fault, ok := errors.AsType[*domain.Fault](err); ok {
		return fault.Code
	}
	return ""
}

func TestTheLinkLeadsToSecretsOfWhichOnlyHashesAreKept(t *testing.T) {
	h := open(t, func(c *api.Config) { c.Hash = func(secret string) (string, error) { return "<" + secret + ">", nil } })
	id, token := h.linked()
	done, err := h.server.Desk.Confirm(t.Context(), h.by(domain.ActorUser), token, good())
	must(t, err)
	if done.ID != id || user.Fold(done.Facts).Lifecycle != user.Active {
		t.Fatalf("done %+v", user.Fold(done.Facts).Lifecycle)
	}
	sum := h.state(id).Credential.Sum
	if sum.Password != "<blue-Kettle7>" || sum.PIN != "<824613>" || sum.Answer != "<rex>" {
		t.Fatalf("hashes %+v", sum)
	}
	shown := h.call("GET", "/v1/users/"+id+"?at="+h.clock.Now().Format(time.RFC3339), "").want(t, 200)
	if strings.Contains(string(shown.raw), "Kettle") || shown.text("credential.state") != "set" || shown.text("activation.link.state") != "used" {
		t.Fatalf("shown %s", shown.raw)
	}
}

func TestWhetherTheLinkCanBeUsedIsJudgedBeforeTheSecrets(t *testing.T) {
	h := open(t)
	_, token := h.linked()
	bad := policy.Chosen{Password: "short", PasswordAgain: "other"}
	_, err := h.server.Desk.Confirm(t.Context(), h.by(domain.ActorUser), token, bad)
	if code(err) != "invalid-input" {
		t.Fatalf("while it is open: %v", err)
	}
	h.clock.forward(48 * time.Hour)
	_, err = h.server.Desk.Confirm(t.Context(), h.by(domain.ActorUser), token, bad)
	if code(err) != "link-expired" {
		t.Fatalf("once it is over: %v", err)
	}
}

func TestATokenThatIsNoneTellsNothing(t *testing.T) {
	h := open(t)
	id, token := h.linked()
	for name, wrong := range map[string]string{
		"garbage": "garbage", "empty": "", "of nobody": user.Token(key(2), uuid.NewString(), "link"),
		"another link of the user": user.Token(key(2), id, "other"), "another key": user.Token(key(9), id, h.state(id).Link.ID), "cut": token[:60],
	} {
		holder, err := h.server.Desk.Token(t.Context(), wrong)
		if code(err) != "no-link" || holder.User.ID != "" {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := h.server.Desk.Confirm(t.Context(), h.by(domain.ActorUser), wrong, good()); code(err) != "no-link" {
			t.Errorf("%s: %v", name, err)
		}
	}
	holder, err := h.server.Desk.Token(t.Context(), token)
	must(t, err)
	if holder.User.ID != id || holder.Trouble != nil || holder.Company.Name != "Acme" {
		t.Fatalf("holder %+v", holder)
	}
}

func TestOfTwoWhoFollowTheSameLinkOneWins(t *testing.T) {
	h := open(t)
	_, token := h.linked()
	const visitors = 20
	errs := make([]error, visitors)
	var all sync.WaitGroup
	for i := range visitors {
		all.Go(func() { _, errs[i] = h.server.Desk.Confirm(t.Context(), h.by(domain.ActorUser), token, good()) })
	}
	all.Wait()
	won := 0
	for _, err := range errs {
		switch {
		case err == nil:
			won++
		case code(err) != "link-used":
			t.Errorf("refused with %v", err)
		}
	}
	if won != 1 {
		t.Fatalf("%d won", won)
	}
}

func TestWhoeverRenewsALinkIsWrittenDown(t *testing.T) {
	h := open(t)
	id, first := h.linked()
	if _, err := h.server.Desk.RenewLink(t.Context(), h.by(domain.ActorUser), id); code(err) != "link-valid" {
		t.Fatalf("the user renews an open link: %v", err)
	}
	for _, c := range []struct{ actor, fact string }{
		{domain.ActorOperator, "user.link-renewed-by-operator.v1"},
		{domain.ActorAdmin, "user.link-renewed-by-admin.v1"},
		{domain.ActorUser, "user.link-renewed-by-user.v1"},
	} {
		if c.actor == domain.ActorUser {
			h.clock.forward(49 * time.Hour)
		}
		done, err := h.server.Desk.RenewLink(t.Context(), h.by(c.actor), id)
		must(t, err)
		found := false
		for _, fact := range done.Facts {
			found = found || fact.Event.Type() == c.fact
		}
		if !found {
			t.Errorf("%s left no %s", c.actor, c.fact)
		}
	}
	if _, err := h.server.Desk.Confirm(t.Context(), h.by(domain.ActorUser), first, good()); code(err) != "link-superseded" {
		t.Fatalf("the first link: %v", err)
	}
	_, err := h.server.Desk.Confirm(t.Context(), h.by(domain.ActorUser), h.token(id), good())
	must(t, err)
}

func TestSecretsThatCannotBeHashedNowAreAskedForAgain(t *testing.T) {
	h := open(t, func(c *api.Config) {
		c.Hash = func(string) (string, error) { return "", errors.New("too busy for blue-Kettle7") }
	})
	id, token := h.linked()
	_, err := h.server.Desk.Confirm(t.Context(), h.by(domain.ActorUser), token, good())
	if domain.KindOf(err) != domain.Unavailable || strings.Contains(err.Error(), "Kettle") {
		t.Fatalf("error %v", err)
	}
	if state := h.state(id); state.Credential.State != "none" || state.Link.State != user.LinkOpen {
		t.Fatalf("something was written: %+v", state.Credential)
	}
}

func TestALinkIsShownAsOverOnceItIs(t *testing.T) {
	h := open(t)
	id, _ := h.linked()
	last := h.call("POST", "/v1/users/"+id+"/suspension", "").want(t, 200)
	if link := h.get("/v1/users/"+id, last).text("activation.link.state"); link != "open" {
		t.Fatalf("link %s", link)
	}
	h.clock.forward(48 * time.Hour)
	if link := h.get("/v1/users/"+id, last).text("activation.link.state"); link != "expired" {
		t.Fatalf("link %s", link)
	}
	if link := h.get("/v1/users", last).text("items.0.activation.link.state"); link != "expired" {
		t.Fatalf("in the list: link %s", link)
	}
}
