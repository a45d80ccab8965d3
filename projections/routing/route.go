package routing

import (
	"fmt"
	"strings"
	"time"

	"dialtone/domain"
	"dialtone/domain/user"
	"dialtone/eventstore"
)

// Call is what a call's first request asks for.
type Call struct {
	Caller    string // id of the authenticated user; empty from the trunk
	FromTrunk bool   // it comes from the trunk's address
	Target    string // the user part of the request URI as it was dialled
	Foreign   bool   // the request URI names a domain that is not ours
	HasTrunk  bool   // there is a trunk to send calls to
}

// Kind is where a call goes.
type Kind string

// Where calls go.
const (
	ToUser  Kind = "user"
	ToTrunk Kind = "trunk"
	Refuse  Kind = "refuse"
)

// Decision says where a call goes and why.
type Decision struct {
	Kind      Kind
	Status    int         // of a refusal, RFC 3261 §21
	Reason    string      // of a refusal, a sentence for the caller (RFC 3326)
	User      string      // id of the callee
	Number    string      // of the callee: E.164, or an emergency number as dialled
	Identity  domain.E164 // the number the caller may be shown by, empty for none
	Emergency bool
	Because   []string            // one line per rule that was applied, without personal data
	Position  eventstore.Position // of the table the decision was taken by
}

// Route decides about a call by the facts in the table at a moment.
func Route(call Call, t *Table, now time.Time) Decision {
	r := routing{call: call, table: t, now: now}
	r.decision.Position = t.position
	if call.FromTrunk {
		r.fromTrunk()
	} else {
		r.fromUser()
	}
	return r.decision
}

// routing is one decision in the making.
type routing struct {
	call     Call
	table    *Table
	now      time.Time
	decision Decision
}

func (r *routing) because(format string, args ...any) {
	r.decision.Because = append(r.decision.Because, fmt.Sprintf(format, args...))
}

func (r *routing) refuse(status int, format string, args ...any) {
	reason := fmt.Sprintf(format, args...)
	r.decision.Kind, r.decision.Status, r.decision.Reason = Refuse, status, reason
	r.because("%s: %d", reason, status)
}

// fromTrunk lets calls from outside reach our users and nobody else: relaying
// them back to the trunk would be toll fraud.
func (r *routing) fromTrunk() {
	r.because("the call comes from the trunk")
	number := domain.E164("+" + strings.TrimPrefix(dialled(r.call.Target), "+")) // some trunks leave the plus out
	if !number.Valid() {
		r.refuse(404, "the number is not complete or not E.164")
		return
	}
	callee := r.table.ByNumber(number)
	if callee == nil {
		r.refuse(404, "nobody here has the number")
		return
	}
	r.decision.Number = string(number)
	r.toUser(callee)
}

func (r *routing) fromUser() {
	caller := r.table.User(r.call.Caller)
	if caller == nil || caller.Lifecycle == user.Gone {
		r.refuse(403, "the caller is not known")
		return
	}
	country := ""
	home := r.table.Company(caller.Company)
	if home != nil {
		country = home.Country
	}
	r.decision.Identity = caller.Number
	if r.decision.Identity == "" && home != nil {
		r.decision.Identity = home.MainNumber
	}
	target := dialled(r.call.Target)
	if domain.Emergency(target, country) {
		r.emergency(target)
		return
	}
	if !r.mayCall(caller) {
		return
	}
	if r.call.Foreign {
		r.refuse(404, "the address is in another domain")
		return
	}
	r.resolve(caller, target, country)
}

func (r *routing) emergency(target string) {
	r.because("%s is an emergency number: it may be called in every state", target)
	if !r.call.HasTrunk {
		r.refuse(503, "there is no trunk for emergency calls")
		return
	}
	r.decision.Kind, r.decision.Number, r.decision.Emergency = ToTrunk, target, true
}

// mayCall says whether the caller's state allows calls beyond emergencies.
func (r *routing) mayCall(caller *User) bool {
	switch {
	case caller.Stale:
		r.refuse(503, "the caller's facts could not be read")
	case caller.Suspended:
		r.refuse(403, "the caller is suspended since %s: emergency numbers only", moment(caller.Held))
	case !caller.HasLine():
		r.refuse(403, "the caller has no line: emergency numbers only")
	case caller.Lifecycle == user.Failed && !caller.LineDone:
		r.refuse(403, "the caller's activation failed before the line was connected: emergency numbers only")
	default:
		r.because("the caller is %s and may call", caller.Lifecycle)
		return true
	}
	return false
}

// resolve finds who is meant: a colleague by extension or login name, one of
// our numbers, or a number behind the trunk.
func (r *routing) resolve(caller *User, target, country string) {
	if callee := r.table.ByExtension(caller.Company, target); callee != nil {
		r.because("%s is an extension of the caller's company", target)
		r.decision.Number = string(callee.Number)
		r.toUser(callee)
		return
	}
	if callee := r.table.ByLogin(target); callee != nil && callee.Company == caller.Company {
		r.because("the target is the login name of a colleague")
		r.decision.Number = string(callee.Number)
		r.toUser(callee)
		return
	}
	number, possible := E164(target, country)
	r.decision.Number = string(number)
	switch callee := r.table.ByNumber(number); {
	case number != "" && callee != nil:
		r.because("the number is one of ours")
		r.toUser(callee)
	case number != "" && r.table.Ours(number):
		r.refuse(404, "the number is ours, but nobody has it")
	case !possible:
		r.refuse(404, "there is no such extension or number")
	case !r.call.HasTrunk:
		r.refuse(503, "the number is not ours and there is no trunk")
	default:
		r.because("the number is not ours: it goes to the trunk")
		r.decision.Kind = ToTrunk
	}
}

// toUser says whether the callee's state allows calls to them.
func (r *routing) toUser(callee *User) {
	switch {
	case callee.Lifecycle == user.Gone:
		r.refuse(404, "the callee is deleted")
		return
	case callee.Stale:
		r.refuse(503, "the callee's facts could not be read")
	case callee.Suspended:
		r.refuse(480, "callee suspended since %s", moment(callee.Held))
	case !callee.HasLine():
		r.refuse(480, "callee has no line")
	case callee.Lifecycle == user.Pending:
		r.refuse(480, "callee pending since %s", moment(callee.Since))
	case callee.Lifecycle == user.Failed:
		r.refuse(480, "callee failed to be activated, since %s", moment(callee.Since))
	default:
		r.because("the callee is %s and may be called", callee.Lifecycle)
		r.decision.Kind = ToUser
	}
	r.decision.User = callee.ID
}

func moment(t time.Time) string { return t.UTC().Format(time.RFC3339) }
