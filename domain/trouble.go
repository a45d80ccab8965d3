package domain

import "time"

// Trouble says why something did not go through and who can help.
type Trouble struct {
	Cause       string     `json:"cause"`             // stable code, "mailbox-unknown"
	Responsible string     `json:"responsible"`       // user, admin, operator, mail, sms, network
	Code        string     `json:"code,omitempty"`    // what the other side answered, "550 5.1.1"
	Text        string     `json:"text,omitempty"`    // its words, without personal data
	NextTry     *time.Time `json:"nextTry,omitempty"` // nil when it will not be tried again
}
