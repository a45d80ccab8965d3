package user

// MessageDelivered says that the provider has brought the message to its end:
// to the mailbox or the handset. Whether anybody read it is not known.
type MessageDelivered struct {
	ID       string `json:"id"`
	Provider string `json:"provider,omitempty"` // its id for the message
}

// MessageBounced says that a message the provider had taken came to nothing.
// With a next try it is sent again then.
type MessageBounced struct {
	ID       string `json:"id"`
	Provider string `json:"provider,omitempty"` // its id for the message
	Trouble
}

// MessageDelayed says that a mail server has the message, could not deliver it
// yet and goes on trying.
type MessageDelayed struct {
	ID       string `json:"id"`
	Provider string `json:"provider,omitempty"` // its id for the message
	Trouble
}

// LinkOpened says that the page of a link was asked for, for the first time. It
// tells that the message arrived somewhere; scanners of mails open links too, so
// it does not tell that the user has seen it.
type LinkOpened struct {
	Link string `json:"link"`
}

// Type is the wire name.
func (MessageDelivered) Type() string { return "user.message-delivered.v1" }

// Type is the wire name.
func (MessageBounced) Type() string { return "user.message-bounced.v1" }

// Type is the wire name.
func (MessageDelayed) Type() string { return "user.message-delayed.v1" }

// Type is the wire name.
func (LinkOpened) Type() string { return "user.link-opened.v1" }
