package pages

import (
	"time"

	"dialtone/domain/policy"
)

// Me is what users see of their account.
type Me struct {
	Operator, Company, Name, Number, Extension, State string
	Username, Email, Mobile                           string
	ExpiresAt                                         *time.Time
	PIN, Admin, Verified, ESIM                        bool
	Groups                                            []Belonging
}

// Mobile is where the verification of a user's mobile stands.
type Mobile struct {
	Operator, Number, Command string
	Sent, Verified            bool // a code is on its way; it was typed
	Faults                    Faults
}

func (m Mobile) codeField(f Frame) Field {
	return Field{
		Name: "code", Label: f.Say("mobile.code"), Kind: "text", Mode: "numeric", Complete: "one-time-code",
		Hint: f.Say("mobile.code-hint"), Required: true, Focus: true, Errors: m.Faults.Of("/code"),
	}
}

func (m Mobile) numberField(f Frame) Field {
	return Field{Name: "mobile", Label: f.Say("me.mobile"), Kind: "tel", Complete: "tel", Required: true, Errors: m.Faults.Of("/mobile")}
}

// Password is a form for a new secret or address, with what was wrong with it.
type Password struct {
	Operator, Title, Why string // Title and Why are keys of the catalogue
	Command              string
	Old, Username        bool // whether they are asked for
	Typed                string
	Secrets              policy.Secrets
	Faults               Faults
}

func (p Password) fields(f Frame) []Field {
	var fields []Field
	if p.Old {
		fields = append(fields, Field{Name: "old", Label: f.Say("password.old"), Kind: "password", Complete: "current-password", Required: true, Errors: p.Faults.Of("/old")})
	}
	if p.Username {
		fields = append(fields, Field{
			Name: "username", Value: p.Typed, Label: f.Say("password.username"), Kind: "text", Complete: "username",
			Hint: f.Say("password.username-hint"), Required: true, Errors: p.Faults.Of("/username"),
		})
	}
	return append(fields,
		Field{Name: "password", Label: f.Say("password.new"), Kind: "password", Complete: "new-password", Rules: ruleID("password"), Required: true, Errors: p.Faults.Of("/password")},
		Field{Name: "passwordAgain", Label: f.Say("password.again"), Kind: "password", Complete: "new-password", Required: true, Errors: p.Faults.Of("/passwordAgain")},
	)
}

func (p Password) pinFields(f Frame) []Field {
	return []Field{
		{Name: "old", Label: f.Say("pin.password"), Kind: "password", Complete: "current-password", Required: true, Errors: p.Faults.Of("/old")},
		{Name: "pin", Label: f.Say("pin.new"), Kind: "password", Mode: "numeric", Complete: "off", Rules: ruleID("pin"), Required: true, Errors: p.Faults.Of("/pin")},
		{Name: "pinAgain", Label: f.Say("pin.again"), Kind: "password", Mode: "numeric", Complete: "off", Required: true, Errors: p.Faults.Of("/pinAgain")},
	}
}

// emailFields ask for the password, too, where an address is replaced.
func (p Password) emailFields(f Frame) (fields []Field) {
	if p.Old {
		fields = append(fields, Field{Name: "old", Label: f.Say("pin.password"), Kind: "password", Complete: "current-password", Required: true, Errors: p.Faults.Of("/old")})
	}
	return append(fields, Field{Name: "email", Value: p.Typed, Label: f.Say("email.address"), Kind: "email", Complete: "email", Required: true, Focus: true, Errors: p.Faults.Of("/email")})
}
