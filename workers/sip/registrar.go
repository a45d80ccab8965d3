package sip

import (
	"context"
	"slices"
	"time"
)

// The registrar's limits. Times are in seconds, as in the messages.
const (
	minExpires     = 60
	maxExpires     = 3600
	defaultExpires = 3600
	maxBindings    = 10
)

// registration is a REGISTER with everything that decides about it.
type registration struct {
	username  string
	callID    string
	cseq      uint32
	star      bool // Contact: *
	expires   *int // Expires, nil where there is none
	contacts  []contact
	received  string
	transport string
}

// contact is one value of the Contact field.
type contact struct {
	uri      string
	expires  *int // the parameter, nil where there is none
	instance string
}

// registered is the registrar's answer.
type registered struct {
	status   int
	reason   string
	bindings []Binding // of a 200: all that hold now
}

func refused(status int, reason string) registered { return registered{status: status, reason: reason} }

// registrar is the registrar of RFC 3261 §10.3, steps 6 to 8.
type registrar struct{ bindings *bindings }

// register judges a REGISTER of an authenticated login and keeps the result;
// an error means that the rows could not be written, and nothing has changed.
func (r registrar) register(ctx context.Context, in registration, now time.Time) (registered, error) {
	defer r.bindings.lock(in.username)()
	held := r.bindings.of(in.username, now)
	remove, save, answer := r.judge(in, held, now)
	if answer.status != 200 {
		return answer, nil
	}
	if err := r.bindings.change(ctx, in.username, remove, save); err != nil {
		return registered{}, err
	}
	answer.bindings = r.bindings.of(in.username, now)
	return answer, nil
}

// judge says what a REGISTER changes.
func (r registrar) judge(in registration, held []Binding, now time.Time) (remove []string, save []Binding, answer registered) {
	if in.star {
		return r.judgeStar(in, held)
	}
	for _, c := range in.contacts {
		seconds, ok := lifetime(in, c)
		if !ok {
			return nil, nil, refused(423, "Interval Too Brief")
		}
		before := slices.IndexFunc(held, func(b Binding) bool { return b.Contact == c.uri })
		if before >= 0 && outOfOrder(in, held[before]) {
			return nil, nil, refused(500, "CSeq Out Of Order")
		}
		if seconds == 0 {
			remove = append(remove, c.uri)
			continue
		}
		save = append(save, Binding{
			Username: in.username, Contact: c.uri, CallID: in.callID, CSeq: in.cseq, Expires: now.Add(time.Duration(seconds) * time.Second),
			Received: in.received, Transport: in.transport, Instance: c.instance, Updated: now,
		})
		for _, b := range held { // the same phone under a new address
			if c.instance != "" && b.Instance == c.instance && b.Contact != c.uri {
				remove = append(remove, b.Contact)
			}
		}
	}
	if count(held, remove, save) > maxBindings {
		return nil, nil, refused(403, "Too Many Registered Contacts")
	}
	return remove, save, registered{status: 200, reason: "OK"}
}

func (r registrar) judgeStar(in registration, held []Binding) (remove []string, save []Binding, answer registered) {
	if len(in.contacts) > 0 || in.expires == nil || *in.expires != 0 {
		return nil, nil, refused(400, "Contact * Needs Expires 0 And Stands Alone")
	}
	for _, b := range held {
		if outOfOrder(in, b) {
			return nil, nil, refused(500, "CSeq Out Of Order")
		}
		remove = append(remove, b.Contact)
	}
	return remove, nil, registered{status: 200, reason: "OK"}
}

// outOfOrder tells whether a request of the same phone came later than it was sent.
func outOfOrder(in registration, b Binding) bool {
	return b.CallID == in.callID && in.cseq <= b.CSeq
}

// lifetime is how long a contact is to be kept, in seconds; false means that
// it is too short to be worth the traffic.
func lifetime(in registration, c contact) (int, bool) {
	seconds := defaultExpires
	switch {
	case c.expires != nil:
		seconds = *c.expires
	case in.expires != nil:
		seconds = *in.expires
	}
	return min(seconds, maxExpires), seconds <= 0 || seconds >= minExpires
}

// count is how many bindings there would be.
func count(held []Binding, remove []string, save []Binding) int {
	contacts := map[string]bool{}
	for _, b := range held {
		contacts[b.Contact] = true
	}
	for _, c := range remove {
		delete(contacts, c)
	}
	for _, b := range save {
		contacts[b.Contact] = true
	}
	return len(contacts)
}
