package pages

// tokenField asks for the operator's token, which is never shown again.
func tokenField(f Frame, wrong bool) Field {
	field := Field{
		Name: "token", Label: f.Say("login.token"), Kind: "password", Complete: "current-password",
		Hint: f.Say("login.intro"), Required: true, Focus: true,
	}
	if wrong {
		field.Errors = []string{f.Say("login.wrong")}
	}
	return field
}
