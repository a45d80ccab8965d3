package pages

import (
	"strings"
	"time"

	"dialtone/domain/policy"
)

// Standing is where an activation link stands as its page shows it.
type Standing string

// The standings of a link.
const (
	Valid      Standing = "valid"
	Activated  Standing = "done" // just now
	Used       Standing = "used"
	Expired    Standing = "expired"
	Renewed    Standing = "renewed" // what is said after asking for a new link
	Superseded Standing = "superseded"
	OnHold     Standing = "suspended"
	Unknown    Standing = "unknown"
	Later      Standing = "later" // something of ours does not work
)

// Activation is what the page behind a mailed link shows.
type Activation struct {
	Standing          Standing
	Operator, Company string
	Brand             policy.Brand
	Name              string // of the user
	Number, Extension string
	At                time.Time      // the link's end, or when the newer one was sent
	Zone              *time.Location // the user's
	Secrets           policy.Secrets
	Code              bool   // the password sent by SMS is asked for
	Question          string // the one chosen before
	RenewAt           string // the path that sends a new link
	Faults            Faults
}

func (a Activation) codeField(f Frame) Field {
	return a.field(Field{Name: "code", Label: f.Say("activate.code"), Hint: f.Say("activate.code-hint"), Kind: "text", Complete: "one-time-code"})
}

// passwordFields are the fields of the password as its rules ask for them.
func (a Activation) passwordFields(f Frame) []Field {
	return []Field{
		a.field(Field{Name: "password", Rules: ruleID("password"), Label: f.Say("activate.password"), Kind: "password", Complete: "new-password"}),
		a.field(Field{Name: "passwordAgain", Label: f.Say("activate.password-again"), Kind: "password", Complete: "new-password"}),
	}
}

func (a Activation) pinFields(f Frame) []Field {
	return []Field{
		a.field(Field{Name: "pin", Rules: ruleID("pin"), Label: f.Say("activate.pin"), Kind: "password", Complete: "off", Mode: "numeric"}),
		a.field(Field{Name: "pinAgain", Label: f.Say("activate.pin-again"), Kind: "password", Complete: "off", Mode: "numeric"}),
	}
}

func (a Activation) questionFields(f Frame) []Field {
	options := []Option{{Label: f.Say("activate.question-choose")}}
	for _, id := range a.Secrets.Questions {
		options = append(options, Option{Value: id, Label: f.First(id, "question."+id)})
	}
	return []Field{
		a.field(Field{Name: "question", Label: f.Say("activate.question"), Kind: "select", Value: a.Question, Options: options}),
		a.field(Field{Name: "answer", Label: f.Say("activate.answer"), Kind: "text", Complete: "off", Hint: f.Say("activate.answer-rule")}),
	}
}

// field adds what is wrong with a field and puts the cursor into the first such.
func (a Activation) field(field Field) Field {
	field.Required = true
	field.Errors = a.Faults.Of("/" + field.Name)
	field.Focus = len(field.Errors) > 0 && a.firstFault() == field.Name
	return field
}

func (a Activation) firstFault() string {
	for _, name := range []string{"code", "password", "passwordAgain", "pin", "pinAgain", "question", "answer"} {
		if len(a.Faults.Of("/"+name)) > 0 {
			return name
		}
	}
	return ""
}

// brand is the name above the page.
func (a Activation) brand() string {
	if a.Operator == "" {
		return "Dialtone"
	}
	return a.Operator
}

// around gives what a sentence says before and after its word "At".
func around(f Frame, key string) (before, after string) {
	const mark = "\x00"
	before, after, _ = strings.Cut(f.Say(key, "At", mark), mark)
	return before, after
}

// ruleID names the list of rules that explains a field.
func ruleID(field string) string { return field + "-rules" }
