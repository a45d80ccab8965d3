package activities

import "dialtone/domain"

// letter names the catalogue entries a message is made of, in order.
type letter struct {
	subject, title string   // empty = no mail
	before         []string // paragraphs above everything else
	shown          []string // what stands alone to be copied: username, password, passcode
	needs          []string // what it says nothing without: username, password, code
	button         string   // empty = no link at all
	logsIn         bool     // the button leads to where people log in, if that is told
	after          []string // paragraphs below it
	guides         bool     // with the operator's links to the app and to what it is about
	sms            string   // empty = no SMS
}

// letters are the messages by purpose.
var letters = map[string]letter{
	"activation-link": {
		subject: "activation-link.subject", title: "activation-link.title",
		before: []string{"activation-link.intro", "activation-link.steps"},
		button: "common.activate",
		after:  []string{"common.validity", "common.several-accounts", "common.check-sender"},
		guides: true, sms: "activation-link.sms",
	},
	"activation-renewed": {
		subject: "activation-renewed.subject", title: "activation-renewed.title",
		before: []string{"activation-renewed.intro"},
		button: "common.activate",
		after:  []string{"common.validity", "common.several-accounts", "common.check-sender"},
	},
	"activation-reminder": {
		subject: "activation-reminder.subject", title: "activation-reminder.title",
		before: []string{"activation-reminder.intro"},
		button: "common.activate",
		after:  []string{"common.validity", "common.several-accounts", "common.check-sender"},
		sms:    "activation-reminder.sms",
	},
	"credentials-username": {
		subject: "credentials-username.subject", title: "credentials-username.title",
		before: []string{"credentials-username.intro"},
		shown:  []string{"username"}, needs: []string{"username"},
		button: "common.log-in", logsIn: true,
		after:  []string{"credentials-username.password-way", "common.keep-secret"},
		guides: true,
	},
	"credentials-both": {
		subject: "credentials-both.subject", title: "credentials-both.title",
		before: []string{"credentials-both.intro"},
		shown:  []string{"username", "password", "passcode"}, needs: []string{"username", "password"},
		button: "common.log-in", logsIn: true,
		after:  []string{"credentials-both.temporary", "common.keep-secret"},
		guides: true,
		sms:    "credentials-both.sms",
	},
	"link-password":        {needs: []string{"password"}, sms: "link-password.sms"},
	"credentials-password": {needs: []string{"password"}, sms: "credentials-password.sms"},
	"mobile-code":          {needs: []string{"code"}, sms: "mobile-code.sms"},
	"username-reminder": {
		subject: "username-reminder.subject", title: "username-reminder.title",
		before: []string{"username-reminder.intro"},
		shown:  []string{"username"}, needs: []string{"username"},
		button: "common.log-in", logsIn: true,
		after: []string{"username-reminder.ignore"},
	},
	"password-reset": {
		subject: "password-reset.subject", title: "password-reset.title",
		before: []string{"password-reset.intro"},
		button: "password-reset.button",
		after:  []string{"password-reset.validity", "password-reset.ignore", "common.keep-secret"},
	},
	"password-changed": {
		subject: "password-changed.subject", title: "password-changed.title",
		before: []string{"password-changed.intro", "password-changed.sessions", "common.not-you"},
		sms:    "password-changed.sms",
	},
	"pin-changed": {
		subject: "pin-changed.subject", title: "pin-changed.title",
		before: []string{"pin-changed.intro", "common.not-you"},
		sms:    "pin-changed.sms",
	},
	"email-changed": {
		subject: "email-changed.subject", title: "email-changed.title",
		before: []string{"email-changed.intro", "common.not-you"},
		sms:    "email-changed.sms",
	},
	"username-changed": {
		subject: "username-changed.subject", title: "username-changed.title",
		before: []string{"username-changed.intro"},
		shown:  []string{"username"}, needs: []string{"username"},
		button: "common.log-in", logsIn: true,
		after: []string{"common.not-you"},
		sms:   "username-changed.sms",
	},
	"number-changed": {
		subject: "number-changed.subject", title: "number-changed.title",
		before: []string{"number-changed.intro"},
		button: "common.log-in", logsIn: true,
		after: []string{"common.not-you"},
		sms:   "number-changed.sms",
	},
	"mobile-changed": {
		subject: "mobile-changed.subject", title: "mobile-changed.title",
		before: []string{"mobile-changed.intro", "common.not-you"},
		sms:    "mobile-changed.sms",
	},
	"admin-granted": {
		subject: "admin-granted.subject", title: "admin-granted.title",
		before: []string{"admin-granted.intro"},
		button: "common.log-in", logsIn: true,
		sms: "admin-granted.sms",
	},
	"admin-revoked": {
		subject: "admin-revoked.subject", title: "admin-revoked.title",
		before: []string{"admin-revoked.intro"},
		sms:    "admin-revoked.sms",
	},
	"group-left": {
		subject: "group-left.subject", title: "group-left.title",
		before: []string{"group-left.intro", "group-left.stays"},
	},
	"verify-mobile": {
		subject: "verify-mobile.subject", title: "verify-mobile.title",
		before: []string{"verify-mobile.intro"},
		button: "common.log-in", logsIn: true,
		sms: "verify-mobile.sms",
	},
	"login-locked": {
		subject: "login-locked.subject", title: "login-locked.title",
		before: []string{"login-locked.intro", "login-locked.who"},
		sms:    "login-locked.sms",
	},
	"password-expires": {
		subject: "password-expires.subject", title: "password-expires.title",
		before: []string{"password-expires.intro"},
		button: "common.log-in", logsIn: true,
		sms: "password-expires.sms",
	},
	"password-expired": {
		subject: "password-expired.subject", title: "password-expired.title",
		before: []string{"password-expired.intro"},
		button: "common.log-in", logsIn: true,
		sms: "password-expired.sms",
	},
}

// link gives what the letter's button opens; "" for no button.
func (l letter) link(data TextData) string {
	switch {
	case l.button == "":
		return ""
	case l.logsIn:
		return data.LoginURL
	}
	return data.Link
}

// check sees that the letter has what it needs, and no link that is none.
func (l letter) check(purpose string, data TextData) error {
	given := map[string]string{"username": data.Username, "password": data.Password, "code": data.Code}
	for _, name := range l.needs {
		if given[name] == "" {
			return domain.Faultf(domain.Invalid, "missing", "the text %q needs a %s", purpose, name)
		}
	}
	link := l.link(data)
	needed := l.button != "" && !l.logsIn
	if (needed || link != "") && !webLink(link) {
		return domain.Faultf(domain.Invalid, "link", "the text %q needs an http or https link", purpose)
	}
	for _, link := range []string{data.Brand.AppURL, data.Brand.InfoURL} {
		if link != "" && !webLink(link) {
			return domain.Faultf(domain.Invalid, "link", "the operator's links in the text %q are http or https links", purpose)
		}
	}
	return nil
}
