package pages

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strings"
	"time"

	"dialtone/api/locales"
	"dialtone/domain/callprofile"
	"dialtone/domain/user"
	"dialtone/projections"
)

// Line is one fact as the timeline tells it.
type Line struct {
	projections.HistoryRow
	Sentence string
	Cause    string // why, for what did not go through
	NextTry  *time.Time
}

// NewLine words a fact about a user or a company.
func NewLine(f Frame, row projections.HistoryRow) Line {
	var e struct {
		Step, Cause, Number, Extension, Channel, Purpose string
		What, Licence, From, To, Kind, Name, User        string
		Model, Agent                                     string
		Count                                            int
		Attempt                                          int
		NextTry                                          *time.Time
		At                                               time.Time
		Policy                                           struct{ Strict bool }
	}
	_ = json.Unmarshal(row.Data, &e) // what is not there is not told
	line := Line{HistoryRow: row, NextTry: e.NextTry}
	key := "fact." + strings.TrimSuffix(row.Type, ".v1")
	said, ok := f.Find(key, "Step", stepOf(f, row.Type, e.Step), "Attempt", e.Attempt, "Number", e.Number, "Extension", e.Extension,
		"Medium", f.First(e.Channel, "medium."+e.Channel), "Purpose", f.First(e.Purpose, "purpose."+e.Purpose), "Thing", claimed(f, row.Stream),
		"Licence", e.Licence, "What", f.First(e.What, "plan."+e.What), "When", locales.Stamp(e.At),
		"From", e.From, "To", e.To, "Kind", e.Kind, "Name", e.Name, "Ordered", e.Count, "User", e.User, "Model", e.Model, "Agent", e.Agent,
		"Strict", e.Policy.Strict)
	if !ok {
		said = row.Type
	}
	line.Sentence = said
	if e.Cause != "" {
		line.Cause = f.First(e.Cause, "cause."+e.Cause)
	}
	return line
}

// stepOf names a step of an activation, or of a company's set-up.
func stepOf(f Frame, fact, step string) string {
	if strings.HasPrefix(fact, "company.") {
		return f.First(step, "setup.step."+step)
	}
	return stepName(f, step)
}

// claimed words what the stream of a claim is about.
func claimed(f Frame, stream string) string {
	kind, _, _ := strings.Cut(stream, "-")
	return f.First(kind, "claimed."+kind)
}

// by words who asked.
func (l Line) by(f Frame) string { return who(f, l.ActorKind) }

func (l Line) via(f Frame) string { return f.First(l.Channel, "channel."+l.Channel) }

// details is the fact's data, indented.
func (l Line) details() string {
	var out bytes.Buffer
	if json.Indent(&out, l.Data, "", "  ") != nil || out.String() == "{}" {
		return ""
	}
	return out.String()
}

// tone is the colour of a fact: good, bad, slow or plain.
func (l Line) tone() string {
	switch name := strings.TrimSuffix(strings.TrimPrefix(l.Type, "user."), ".v1"); {
	case name == "activated" || name == "step-done" || name == "link-used" || name == "message-accepted" || name == "message-delivered" || name == "company.connection-made" || name == "company.setup-step-done":
		return "good"
	case strings.HasSuffix(name, "failed") || name == "message-refused" || name == "message-bounced" || name == "link-expired" || name == "deleted":
		return "bad"
	case name == "step-delayed" || name == "company.connection-delayed" || name == "action-held" || name == "message-delayed" || name == "suspended" || name == "link-reminded":
		return "slow"
	}
	return "plain"
}

// Kinds are the kinds of facts that the timeline can be narrowed to.
var Kinds = []string{"account", "calendar", "activation", "link", "login", "message", "line", "profile"}

var kinds = map[string][]interface{ Type() string }{
	"account":  {user.Created{}, user.DetailsChanged{}, user.EmailClaimed{}, user.LicenceChanged{}, user.SeatMoved{}, user.LicenceGivenUp{}, user.Suspended{}, user.Resumed{}, user.Deleted{}, user.Restored{}, user.ClaimsReleased{}, user.ClaimAbandoned{}, user.GroupsFound{}, user.GroupsLeft{}, user.GroupsRejoined{}, user.SIMsRegained{}, user.ErasureBegun{}, user.Erased{}},
	"calendar": {user.ActionScheduled{}, user.ActionCancelled{}, user.ActionCarriedOut{}, user.ActionFailed{}, user.ActionHeld{}},
	"profile": {
		callprofile.Kept{},
		callprofile.Removed{},
		callprofile.Activated{},
		callprofile.Resumed{},
		callprofile.Planned{},
		callprofile.PlanDropped{},
		callprofile.TimetableSet{},
		callprofile.SwitchesSet{},
		callprofile.RuleSet{},
		callprofile.RuleRemoved{},
	},
	"activation": {
		user.ActivationStarted{},
		user.ActivationRetried{},
		user.StepStarted{},
		user.StepDelayed{},
		user.StepDone{},
		user.StepFailed{},
		user.Activated{},
		user.ActivationFailed{},
	},
	"link": {
		user.LinkIssued{},
		user.LinkRenewedByUser{},
		user.LinkRenewedByAdmin{},
		user.LinkRenewedByOperator{},
		user.LinkReminded{},
		user.LinkMissed{},
		user.LinkUsed{},
		user.LinkExpired{},
		user.LinkOpened{},
		user.CredentialSet{},
	},
	"login": {
		user.UsernameSet{},
		user.CredentialIssued{},
		user.PasswordChanged{},
		user.PINChanged{},
		user.PasswordReminded{},
		user.PasswordExpired{},
		user.ResetRequested{},
		user.ResetMissed{},
		user.LoggedIn{},
		user.LoginLocked{},
		user.LoginUnlocked{},
		user.AdminGranted{},
		user.AdminRevoked{},
		user.MobileCodeIssued{},
		user.MobileCodeMissed{},
		user.MobileVerified{},
		user.Viewed{},
	},
	"message": {user.MessageRequested{}, user.MessageAccepted{}, user.MessageRefused{}, user.MessageDelivered{}, user.MessageBounced{}, user.MessageDelayed{}},
	"line":    {user.NumberChanged{}, user.SwapFinished{}, user.ExtensionChanged{}, user.DeviceClaimed{}, user.DeviceLoginIssued{}, user.SIMAdded{}, user.SIMRemoved{}},
}

// TypesOf gives the wire names of a kind, none for "" and unknown ones.
func TypesOf(kind string) []string {
	names := make([]string, 0, len(kinds[kind]))
	for _, event := range kinds[kind] {
		names = append(names, event.Type())
	}
	return names
}

// Timeline is a page of a user's or company's history, newest first.
type Timeline struct {
	Path, Kind string // of the user's or company's page
	Kinds      bool   // it can be narrowed to kinds of facts
	Lines      []Line
	Older      string // cursor of the page behind, "" on the last
	First      bool   // this is the newest page
	After      string // position behind which live facts begin; "" for none
}

// address gives the history's path with a kind and a cursor.
func (t Timeline) address(kind, cursor string) string {
	query := url.Values{}
	if kind != "" {
		query.Set("kind", kind)
	}
	if cursor != "" {
		query.Set("cursor", cursor)
	}
	return withQuery(t.Path+"/history", query)
}

// live gives the path that streams what happens from here on.
func (t Timeline) live() string {
	query := url.Values{"after": {t.After}}
	if t.Kind != "" {
		query.Set("kind", t.Kind)
	}
	return withQuery(t.Path+"/live", query)
}

func withQuery(path string, query url.Values) string {
	if len(query) == 0 {
		return path
	}
	return path + "?" + query.Encode()
}
