package user

import "time"

// ActivationStarted says that the user is being activated, in these steps.
type ActivationStarted struct {
	Steps []string `json:"steps"`
}

// ActivationRetried says that the activation goes on from the step that failed.
type ActivationRetried struct {
	Step string `json:"step"`
}

// StepStarted says that work on a step has begun.
type StepStarted struct {
	Step    string `json:"step"`
	Attempt int    `json:"attempt"`
}

// StepDelayed says that a step did not go through yet and when it is tried again.
type StepDelayed struct {
	Step    string `json:"step"`
	Attempt int    `json:"attempt"`
	Trouble
}

// StepDone says that a step is finished.
type StepDone struct {
	Step string `json:"step"`
}

// StepFailed says that a step cannot be done without somebody's help.
type StepFailed struct {
	Step    string `json:"step"`
	Attempt int    `json:"attempt"`
	Trouble
}

// Activated says that all steps are done: the user calls and is called.
type Activated struct{}

// ActivationFailed says that the activation stands until it is retried or the
// link is renewed.
type ActivationFailed struct {
	Step  string `json:"step"`
	Cause string `json:"cause"`
}

// Link describes one activation link. The token itself is nowhere: it is derived
// again from the server's key and the id.
type Link struct {
	ID        string     `json:"id"` // id of the event that issued it
	Key       string     `json:"key"`
	Hash      string     `json:"hash"` // hex SHA-256 of the token
	ExpiresAt time.Time  `json:"expiresAt"`
	RemindAt  *time.Time `json:"remindAt,omitempty"`
	Password  bool       `json:"password,omitempty"` // its page also asks for a password sent by SMS (X3)
}

// LinkIssued says that the user has an activation link.
type LinkIssued struct{ Link }

// LinkRenewedByUser says that the user asked for a new link; the older one is void.
type LinkRenewedByUser struct{ Link }

// LinkRenewedByAdmin says that a company admin asked for a new link.
type LinkRenewedByAdmin struct{ Link }

// LinkRenewedByOperator says that the operator's back-office asked for a new link.
type LinkRenewedByOperator struct{ Link }

// LinkReminded says that the user has been reminded of a link.
type LinkReminded struct {
	Link string `json:"link"`
}

// LinkMissed says that another password was typed on the link's page than the
// one sent by SMS. With the fifth the link is void.
type LinkMissed struct {
	Link string `json:"link"`
}

// LinkUsed says that the user has followed the link to its end.
type LinkUsed struct {
	Link string `json:"link"`
}

// LinkExpired says that the link was not used in time.
type LinkExpired struct {
	Link string `json:"link"`
}

// CredentialSet says that the user has chosen password, PIN and answer.
type CredentialSet struct {
	Age
	Question string         `json:"question,omitempty"` // id of the catalogue text
	Personal *CredentialSum `json:"personal,omitempty"`
}

// CredentialSum holds argon2id hashes in PHC form.
type CredentialSum struct {
	Password string `json:"password"`
	PIN      string `json:"pin,omitempty"`
	Answer   string `json:"answer,omitempty"`
}

// The channels of messages.
const (
	Mail = "mail"
	SMS  = "sms"
)

// The purposes of messages; each has its texts.
const (
	PurposeLink     = "activation-link"
	PurposeRenewed  = "activation-renewed"
	PurposeReminder = "activation-reminder"

	PurposeLinkPassword = "link-password"
)

// MessageRequested says that a message is to be sent.
type MessageRequested struct {
	ID      string `json:"id"`
	Purpose string `json:"purpose"`
	Channel string `json:"channel"`
	Link    string `json:"link,omitempty"`

	Credential string   `json:"credential,omitempty"` // the temporary password or reset it carries
	Personal   *Address `json:"personal,omitempty"`   // where it goes, if not to the user as he is reached now

	Left *Departure `json:"left,omitempty"` // who left which of the user's groups, where it tells that
}

// Address is where a message goes.
type Address struct {
	To string `json:"to"`
}

// MessageAccepted says that the mail server or SMS provider took the message.
type MessageAccepted struct {
	ID       string `json:"id"`
	Attempt  int    `json:"attempt"`
	Provider string `json:"provider,omitempty"` // its id for the message
}

// MessageRefused says that an attempt did not go through; without a next try it
// is the last one.
type MessageRefused struct {
	ID      string `json:"id"`
	Attempt int    `json:"attempt"`
	Trouble
}

// Type is the wire name.
func (ActivationStarted) Type() string { return "user.activation-started.v1" }

// Type is the wire name.
func (ActivationRetried) Type() string { return "user.activation-retried.v1" }

// Type is the wire name.
func (StepStarted) Type() string { return "user.step-started.v1" }

// Type is the wire name.
func (StepDelayed) Type() string { return "user.step-delayed.v1" }

// Type is the wire name.
func (StepDone) Type() string { return "user.step-done.v1" }

// Type is the wire name.
func (StepFailed) Type() string { return "user.step-failed.v1" }

// Type is the wire name.
func (Activated) Type() string { return "user.activated.v1" }

// Type is the wire name.
func (ActivationFailed) Type() string { return "user.activation-failed.v1" }

// Type is the wire name.
func (LinkIssued) Type() string { return "user.link-issued.v1" }

// Type is the wire name.
func (LinkRenewedByUser) Type() string { return "user.link-renewed-by-user.v1" }

// Type is the wire name.
func (LinkRenewedByAdmin) Type() string { return "user.link-renewed-by-admin.v1" }

// Type is the wire name.
func (LinkRenewedByOperator) Type() string { return "user.link-renewed-by-operator.v1" }

// Type is the wire name.
func (LinkReminded) Type() string { return "user.link-reminded.v1" }

// Type is the wire name.
func (LinkMissed) Type() string { return "user.link-missed.v1" }

// Type is the wire name.
func (LinkUsed) Type() string { return "user.link-used.v1" }

// Type is the wire name.
func (LinkExpired) Type() string { return "user.link-expired.v1" }

// Type is the wire name.
func (CredentialSet) Type() string { return "user.credential-set.v1" }

// Type is the wire name.
func (MessageRequested) Type() string { return "user.message-requested.v1" }

// Type is the wire name.
func (MessageAccepted) Type() string { return "user.message-accepted.v1" }

// Type is the wire name.
func (MessageRefused) Type() string { return "user.message-refused.v1" }
