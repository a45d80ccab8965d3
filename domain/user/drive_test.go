package user_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/policy"
	"dialtone/domain/sim"
	"dialtone/domain/user"
)

// drive keeps one user's history and carries out duties as a workflow does,
// with a world around it that goes wrong by luck.
type drive struct {
	history  []domain.Fact
	now      time.Time
	commands int
	firm     company.State
	rules    policy.Policy
	luck     func(n int) int // 0 to n-1; 0 is what goes well
}

func newDrive(seed uint64, rules string) *drive {
	random := rand.New(rand.NewPCG(seed, 7))
	return &drive{now: noon, firm: firm(rules), rules: presets[rules], luck: random.IntN}
}

func (d *drive) state() user.State { return user.Fold(d.history) }

func (d *drive) cause(actor domain.Actor) domain.Cause {
	d.commands++
	return domain.Cause{Command: fmt.Sprint("command-", d.commands), Actor: actor, At: d.now}
}

// do lets a command pass and gives what it wrote.
func (d *drive) do(decide domain.Decide) ([]domain.Event, error) {
	events, err := decide(d.history)
	for _, event := range events {
		n := uint64(len(d.history))
		d.history = append(d.history, domain.Fact{Event: event, ID: fmt.Sprint(n), Revision: n, At: d.now})
	}
	return events, err
}

func (d *drive) must(t *testing.T, decide domain.Decide) {
	t.Helper()
	if events, err := d.do(decide); err != nil || len(events) == 0 {
		t.Fatalf("wrote %s, %v", told(events), err)
	}
}

// once lets a command pass that is nothing when it comes again.
func (d *drive) once(t *testing.T, what string, decide domain.Decide) []domain.Event {
	t.Helper()
	events, err := d.do(decide)
	if err != nil && len(events) > 0 {
		t.Fatalf("%s: wrote %s and refused: %v", what, told(events), err)
	}
	if again, _ := decide(d.history); len(again) > 0 {
		t.Fatalf("%s: coming again it wrote\n%s", what, told(again))
	}
	return events
}

// trouble is nil, permanent, or transient with a next try within hours.
func (d *drive) trouble() *user.Trouble {
	switch d.luck(4) {
	case 1:
		return &user.Trouble{Cause: "refused", Responsible: "operator"}
	case 2, 3:
		next := d.now.Add(time.Duration(1+d.luck(30)) * time.Hour)
		return &user.Trouble{Cause: "busy", Responsible: "network", NextTry: &next}
	}
	return nil
}

// perform carries out a duty; every one of them must leave a fact.
func (d *drive) perform(t *testing.T, next user.Duty) {
	t.Helper()
	before, system := len(d.history), domain.Actor{Kind: domain.ActorSystem}
	switch next.Task {
	case user.RunStep:
		d.once(t, "start", user.StartStep{Step: next.Subject}.Decide)
		step, _ := d.state().Step(next.Subject)
		if step.State != user.Running || step.Attempts != next.Attempt {
			t.Fatalf("duty %+v began %+v", next, step)
		}
		if d.luck(8) == 7 {
			return // the worker dies, and the duty is the same again
		}
		d.once(t, "finish", user.FinishStep{Step: next.Subject, Attempt: next.Attempt, Trouble: d.trouble()}.Decide)
	case user.SendLink:
		d.once(t, "issue", user.IssueLink{Cause: d.cause(system), Policy: d.rules, Mint: mint}.Decide)
	case user.RemindOfLink:
		d.once(t, "remind", user.Remind{Link: next.Subject, At: d.now, Policy: d.rules}.Decide)
	case user.EndLink:
		d.once(t, "expire", user.ExpireLink{Link: next.Subject, At: d.now}.Decide)
	case user.Deliver:
		d.once(t, "deliver", user.NoteDelivery{Message: next.Subject, Attempt: next.Attempt, Trouble: d.trouble()}.Decide)
	case user.ReleaseClaims:
		d.once(t, "release", user.NoteReleased{Claims: d.state().Loose}.Decide)
	case user.OrderSIM:
		d.once(t, "order a SIM", user.NameSIM{SIM: user.SIM{ID: next.Subject, Kind: sim.Voice, Automatic: true}}.Decide)
	case user.LetSIMGo:
		d.once(t, "let a SIM go", user.DropSIM{SIM: next.Subject}.Decide)
	case user.GiveUpLicence:
		d.once(t, "give the licence up", user.NoteGivenUp{}.Decide)
	case user.EraseUser:
		d.once(t, "begin the erasure", user.BeginErasure{At: d.now}.Decide)
		if d.luck(3) < 2 { // else the worker dies, and the duty is the same again
			d.once(t, "erase", user.NoteErased{}.Decide)
		}
	case user.RegainSIMs:
		d.once(t, "regain SIMs", user.NoteSIMsRegained{SIMs: d.state().Regains}.Decide)
	case user.RejoinGroups:
		d.once(t, "rejoin groups", user.NoteGroupsRejoined{Groups: d.state().Rejoins}.Decide)
	case user.LeaveGroups:
		d.once(t, "find groups", user.FindGroups{Groups: []string{"sales"}[:d.luck(2)]}.Decide)
		d.once(t, "leave groups", user.NoteGroupsLeft{}.Decide)
	case user.FinishSwap:
		d.once(t, "finish the swap", user.NoteSwapped{Swap: next.Subject}.Decide)
	case user.HandOver:
		d.once(t, "hand over", user.IssueCredential{Cause: d.cause(system), Company: d.firm, Step: true, Username: "ada", Claim: "login-ada"}.Decide)
	case user.RemindOfPassword:
		d.once(t, "remind of the password", user.RemindOfPasswordEnd{At: d.now}.Decide)
	case user.EndPassword:
		d.once(t, "expire the password", user.ExpirePassword{At: d.now}.Decide)
	case user.ActOnDate:
		if d.luck(4) == 3 {
			d.once(t, "hold", user.Hold{Action: next.Subject, At: d.now, Fault: user.LastAdmin()}.Decide)
			break
		}
		d.once(t, "carry out", user.CarryOut{Action: next.Subject, At: d.now, Policy: d.rules}.Decide)
	case user.Rest, user.Wait:
		t.Fatalf("there is nothing to perform in %+v", next)
	}
	if len(d.history) == before {
		t.Fatalf("duty %+v left no fact", next)
	}
}

// meddle lets somebody do something, sensible or not.
func (d *drive) meddle(t *testing.T) {
	t.Helper()
	s := d.state()
	number := domain.E164(fmt.Sprintf("+49301200%02d", d.luck(4)))
	actor := []domain.Actor{operator, admin, self}[d.luck(3)]
	if d.luck(8) == 7 {
		d.planAhead(actor)
		return
	}
	switch d.luck(21) {
	case 15, 16, 17, 18, 19, 20:
		d.account(t)
	case 0, 1:
		d.once(t, "start", user.StartActivation{Policy: d.rules}.Decide)
	case 2, 3:
		d.once(t, "confirm", user.Confirm{Hash: s.Link.Hash, At: d.now, Sum: sum}.Decide)
	case 4, 5:
		_, _ = d.do(user.RenewLink{Cause: d.cause(actor), Policy: d.rules, Mint: mint}.Decide)
	case 6:
		d.once(t, "suspend", user.Suspend{Actor: actor, Policy: d.rules}.Decide)
	case 7, 8:
		d.once(t, "resume", user.Resume{Actor: actor, Policy: d.rules}.Decide)
	case 9:
		d.once(t, "change", user.Change{Company: d.firm, Actor: actor, At: d.now, Number: &number}.Decide)
	case 10:
		_, _ = d.do(user.IssueDeviceLogin{Username: "u", Realm: "r"}.Decide)
	case 11:
		d.once(t, "abandon", user.AbandonClaim{Claim: fmt.Sprint("extension-acme-", d.luck(9)), Deadline: d.now}.Decide)
	case 12:
		if s.Lifecycle == user.Gone {
			d.restore()
		} else if d.luck(6) == 0 {
			d.once(t, "delete", user.Delete{Actor: actor, Policy: d.rules, GiveUp: d.luck(2) == 1}.Decide)
		}
	case 13:
		d.once(t, "name", d.named(actor))
	case 14:
		address := fmt.Sprintf("ada%d@example.com", d.luck(3))
		d.once(t, "readdress", user.Change{
			Company: d.firm, Actor: actor, At: d.now, Person: user.PersonChanges{Email: &address}, EmailClaim: user.EmailStream(address),
		}.Decide)
	}
}

// restore brings a deleted user back, where that is possible.
func (d *drive) restore() {
	s := d.state()
	back := user.Restore{Actor: operator, Policy: d.rules, At: d.now, DeletedAt: s.DeletedAt, Licence: s.Licence}
	if s.Number != "" {
		back.Claims.Number = "number-" + string(s.Number)
	}
	_, _ = d.do(back.Decide)
}

// account lets the user or an admin do something with the account.
func (d *drive) account(t *testing.T) {
	t.Helper()
	switch d.luck(18) {
	case 17:
		phone := [...]string{"", "device-1", "device-2"}[d.luck(3)]
		d.once(t, "phone", user.Change{Company: d.firm, Actor: operator, At: d.now, DeviceClaim: &phone}.Decide)
	case 16:
		d.swap(t)
	case 13:
		actor := []domain.Actor{operator, admin}[d.luck(2)]
		d.once(t, "administer", user.SetAdmin{Admin: d.luck(2) == 0, Actor: actor, Policy: d.rules}.Decide)
	case 10:
		name := []string{"ada", "countess", "ada.king"}[d.luck(3)]
		_, _ = d.do(user.Change{Company: d.firm, Actor: operator, At: d.now, Username: &name, UsernameClaim: user.LoginStream(name)}.Decide)
	case 11:
		kind := []string{"office", "free"}[d.luck(2)]
		_, _ = d.do(user.Change{Company: d.firm, Actor: operator, At: d.now, Licence: &kind, Seat: user.SeatStream("acme", kind, 1+d.luck(3))}.Decide)
	case 12:
		options := []string{"fax", "recording"}[:d.luck(3)]
		d.once(t, "options", user.Change{Company: d.firm, Actor: operator, At: d.now, Options: &options}.Decide)
		_, _ = d.do(user.IssueCredential{Cause: d.cause(operator), Company: d.firm, Sum: "$argon2id$z"}.Decide)
	case 14:
		_, _ = d.do(user.NameSIM{SIM: user.SIM{ID: "sim", Kind: []string{sim.Voice, sim.Data}[d.luck(2)]}}.Decide)
	case 15:
		_, _ = d.do(user.DropSIM{SIM: "sim"}.Decide)
	case 0:
		_, _ = d.do(user.LogIn{Method: "password"}.Decide)
	case 1, 2:
		_, _ = d.do(user.ChangePassword{At: d.now, Policy: d.rules, Sum: "$argon2id$x"}.Decide)
	case 3:
		d.once(t, "lock", user.LockLogin{Failures: 10}.Decide)
	case 4:
		d.once(t, "unlock", user.UnlockLogin{}.Decide)
	case 5, 6:
		way := []string{"", policy.BySMS, policy.ByMail, policy.ByHand}[d.luck(4)]
		_, _ = d.do(user.IssueCredential{Cause: d.cause(operator), Company: d.firm, Way: way}.Decide)
	case 7:
		_, _ = d.do(user.RequestReset{Cause: d.cause(self), Mint: mint}.Decide)
		_, _ = d.do(user.ChangePassword{At: d.now, Policy: d.rules, Sum: "$argon2id$y", Reset: d.state().Credential.Reset.Hash}.Decide)
	case 8:
		_, _ = d.do(user.RequestMobileCode{Cause: d.cause(self), Policy: d.rules}.Decide)
		_, _ = d.do(user.VerifyMobile{At: d.now, Right: func(user.MobileCodeIssued) bool { return d.luck(2) == 0 }}.Decide)
	case 9:
		mobile := []string{"", "+491711234567", "+491711234568"}[d.luck(3)]
		_, _ = d.do(user.Change{Company: d.firm, Actor: operator, At: d.now, Person: user.PersonChanges{Mobile: &mobile}}.Decide)
	}
}

// swap changes numbers with somebody, who may have decided it.
func (d *drive) swap(t *testing.T) {
	t.Helper()
	d.commands++
	in := user.SwapNumber{
		Swap: fmt.Sprint("swap-", d.commands), With: "grace", Number: domain.E164(fmt.Sprintf("+49301300%03d", d.commands)),
		Previous: d.state().Number, Actor: operator, Policy: d.rules, At: d.now,
	}
	if d.luck(2) == 0 {
		d.once(t, "swap", in.Decide)
		return
	}
	_, _ = d.do(in.Follow)
}

// waitsForSomebody tells whether the activation waits for a person: to say who
// the user is, to hand a password over, or to type the code.
func (d *drive) waitsForSomebody() bool {
	for _, step := range d.state().Steps {
		if step.State != user.Done {
			return step.State == user.Waiting && (step.Name == "details" || step.Name == "mobile" || step.Cause == "hand-over")
		}
	}
	return false
}

// named says who the user is.
func (d *drive) named(actor domain.Actor) domain.Decide {
	return user.Change{
		Company: d.firm, Actor: actor, At: d.now, EmailClaim: user.EmailStream("countess"),
		Person: user.PersonChanges{FirstName: new("Ada"), LastName: new("King"), Email: new("countess@example.com"), Mobile: new("+491711234567")},
	}.Decide
}

// nameless tells whether the activation waits to be told who the user is.
func (d *drive) nameless() bool {
	step, ok := d.state().Step("details")
	return ok && step.State == user.Waiting
}
