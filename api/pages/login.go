package pages

import "net/url"

// Login is what the login page shows again after a try.
type Login struct {
	Next, Name string
	Fault      string // a sentence beside the name
	WrongToken bool
	Staff      bool // staff can sign in at a provider
}

func (l Login) nameField(f Frame) Field {
	field := Field{
		Name: "name", Value: l.Name, Label: f.Say("login.name"), Kind: "text", Complete: "username",
		Required: true, Focus: !l.WrongToken,
	}
	if l.Fault != "" {
		field.Errors = []string{l.Fault}
	}
	return field
}

func (l Login) passwordField(f Frame) Field {
	return Field{Name: "password", Label: f.Say("login.password"), Kind: "password", Complete: "current-password", Required: true}
}

// tokenField asks for the operator's token, which is never shown again.
func (l Login) tokenField(f Frame) Field {
	field := Field{
		Name: "token", Label: f.Say("login.token"), Kind: "password", Complete: "off",
		Hint: f.Say("login.intro"), Required: true, Focus: l.WrongToken,
	}
	if l.WrongToken {
		field.Errors = []string{f.Say("login.wrong")}
	}
	return field
}

// staffPath leads to the staff's login and back to where the reader wanted to go.
func (l Login) staffPath() string { return withQuery("/login/staff", url.Values{"next": {l.Next}}) }
