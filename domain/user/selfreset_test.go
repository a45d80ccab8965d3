package user_test

import (
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/domain/policy"
	"dialtone/domain/user"
)

func TestItIsKnownWhetherTheUserTriedTheSelfReset(t *testing.T) {
	reset := user.ResetRequested{ID: "reset-1", Key: user.LinkKey, Hash: "hash", ExpiresAt: noon.Add(user.ResetValid)}
	mail := carrying(reset.ID, user.PurposeReset, user.Mail)
	asked := then(chosen, reset, mail)
	taken := then(asked, user.MessageAccepted{ID: mail.ID, Attempt: 1})
	for _, c := range []struct {
		name  string
		given []domain.Event
		hours float64
		want  user.ResetOutcome
	}{
		{"never", chosen, 0, user.ResetUntried},
		{"the mail is on its way", asked, 0.5, user.ResetAsked},
		{"it was never sent", asked, 1, user.ResetUnreached},
		{"mailed", taken, 0.5, user.ResetMailed},
		{"mailed and not used", taken, 1, user.ResetUnused},
		{"the mail server refuses", then(asked, user.MessageRefused{ID: mail.ID, Attempt: 1, Trouble: user.Trouble{Cause: "mailbox-unknown"}}), 0.5, user.ResetUnreached},
		{"the mail comes back", then(taken, user.MessageBounced{ID: mail.ID, Trouble: user.Trouble{Cause: "mailbox-unknown"}}), 0.5, user.ResetUnreached},
		{"there was no address", then(chosen, user.ResetMissed{Responsible: "admin"}), 0.5, user.ResetUnreached},
		{"used", then(taken, user.PasswordChanged{Reset: reset.ID}), 0.5, user.ResetUsed},
		{"which it stays", then(taken, user.PasswordChanged{Reset: reset.ID}), 50, user.ResetUsed},
		{"a password of an admin does not hide it", then(taken, user.CredentialIssued{ID: "issued-9", Way: policy.ByHand}), 2, user.ResetUnused},
	} {
		t.Run(c.name, func(t *testing.T) {
			tried := user.Fold(facts(c.given...)).Credential.SelfReset.Until(after(c.hours))
			if tried.Outcome != c.want || tried.At.IsZero() != (c.want == user.ResetUntried) {
				t.Errorf("%+v, want %s", tried, c.want)
			}
		})
	}
}

func TestAnAdminChoosesATemporaryPassword(t *testing.T) {
	issue := func(way string) domain.Decide {
		return user.IssueCredential{Cause: issuing, Company: firm("teleproffs"), Way: way, Sum: "$argon2id$c"}.Decide
	}
	issued := user.CredentialIssued{
		ID: issuedID(0), Key: user.LinkKey, Way: policy.ByHand, ExpiresAt: issuing.At.Add(7 * 24 * time.Hour), Chosen: true,
		Personal: &user.CredentialSum{Password: "$argon2id$c"},
	}
	told := notice(user.PurposePasswordChanged, user.Mail, chosen)
	play(t, []scenario{
		{"it goes by hand, and the user is told", chosen, issue(""), []domain.Event{issued, told}, ""},
		{"whether that is said or not", chosen, issue(policy.ByHand), []domain.Event{issued, told}, ""},
		{"never by SMS", chosen, issue(policy.BySMS), nil, "by-hand, /way by-hand"},
		{"never by mail", chosen, issue(policy.ByMail), nil, "by-hand, /way by-hand"},
		{"not to who is suspended", then(chosen, user.Suspended{}), issue(""), nil, "suspended"},
	})
	s := user.Fold(facts(then(chosen, issued)...))
	if c := s.Credential; c.State != user.CredentialTemporary || c.Sum.Password != "$argon2id$c" || c.Temporary.Personal != nil {
		t.Errorf("%+v", c)
	}
	if user.IsTemporary([]byte("key"), adaID, s.Credential.Temporary, user.TemporaryPassword([]byte("key"), adaID, issued.ID)) {
		t.Error("the derived password lets in, too")
	}
	s = user.Fold(facts(then(chosen, issued, user.CredentialIssued{ID: "issued-2", Way: policy.ByHand})...))
	if s.Credential.Sum.Password != "" {
		t.Error("the chosen password outlives the next one")
	}
}
