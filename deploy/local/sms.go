package local

import (
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"sync"
	"time"
	"unicode/utf8"

	"dialtone/domain"
)

// maxSMS is how many characters Twilio takes in one body.
const maxSMS = 1600

// What Twilio takes as the name of a sender, if a letter is in it.
var (
	senderName = regexp.MustCompile(`^[A-Za-z0-9 ]{1,11}$`)
	anyLetter  = regexp.MustCompile(`[A-Za-z]`)
)

// SMSConfig says which account the SMS service knows.
type SMSConfig struct {
	Account string    // user name of the basic authentication and part of the path, "AC…"
	Token   string    // its password
	Inbox   *Inbox    // where accepted messages go
	Random  io.Reader // what message sids are made of
}

// SMS answers Twilio's Messages resource (api.twilio.com, version 2010-04-01):
// create, list and fetch. Delivery receipts are sent when it is told to.
type SMS struct {
	cfg     SMSConfig
	mux     *http.ServeMux
	faults  faults[SMSFault]
	mu      sync.Mutex
	reports map[string]SMSReport // the last ones, by sid
}

// SMSFault is one way the SMS service is told to fail.
type SMSFault struct {
	Code   int    `json:"code"`           // Twilio's error code, 21211
	Status int    `json:"status"`         // HTTP status, 400 to 599
	Text   string `json:"text,omitempty"` // what the answer says
	Times  int    `json:"times"`          // how often; 0 means until Heal
	To     string `json:"to,omitempty"`   // only for this number
	Sent   bool   `json:"sent,omitempty"` // the message is sent nevertheless, as may be after a 20500
}

// NewSMS makes the service; it is mounted at the root of an HTTP server, since
// clients know its paths.
func NewSMS(cfg SMSConfig) *SMS {
	s := &SMS{cfg: cfg, mux: http.NewServeMux(), reports: map[string]SMSReport{}}
	const account = "/2010-04-01/Accounts/{account}"
	s.mux.HandleFunc("POST "+account+"/Messages.json", s.create)
	s.mux.HandleFunc("GET "+account+"/Messages.json", s.list)
	s.mux.HandleFunc("GET "+account+"/Messages/{message}", s.fetch)
	s.mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { notFound.write(w) })
	return s
}

// ServeHTTP lets the account in and answers.
func (s *SMS) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	user, password, given := r.BasicAuth()
	known := subtle.ConstantTimeCompare([]byte(user), []byte(s.cfg.Account)) &
		subtle.ConstantTimeCompare([]byte(password), []byte(s.cfg.Token))
	if !given || known != 1 {
		w.Header().Set("WWW-Authenticate", `Basic realm="Twilio API"`)
		twilioError{20003, "Authenticate", http.StatusUnauthorized}.write(w)
		return
	}
	s.mux.ServeHTTP(w, r)
}

// Fail arms a fault for the creation of messages. Faults that fit the same
// message are used oldest first.
func (s *SMS) Fail(fault SMSFault) error {
	var check domain.Check
	check.Need(fault.Code > 0, "/code", "missing", "is no Twilio error code")
	check.Need(fault.Status >= 400 && fault.Status <= 599, "/status", "range", "is not 400 to 599")
	check.Need(fault.To == "" || domain.E164(fault.To).Valid(), "/to", "format", "is no E.164 number")
	check.Need(fault.Times >= 0, "/times", "negative", "is below 0")
	if err := check.Err(); err != nil {
		return err
	}
	s.faults.add(fault, fault.Times)
	return nil
}

// Heal disarms all faults.
func (s *SMS) Heal() { s.faults.remove(anything) }

func (s *SMS) create(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	if err := r.ParseForm(); err != nil || r.PathValue("account") != s.cfg.Account {
		notFound.write(w)
		return
	}
	message := Message{Channel: ChannelSMS, To: r.PostForm.Get("To"), From: r.PostForm.Get("From"), Text: r.PostForm.Get("Body"), ReportTo: r.PostForm.Get("StatusCallback")}
	if refused, bad := checkSMS(message); bad {
		refused.write(w)
		return
	}
	fault, failing := s.faults.take(func(f SMSFault) bool { return f.To == "" || f.To == message.To })
	if !failing || fault.Sent {
		var err error
		if message.MessageID, err = s.sid(); err == nil {
			message, err = s.cfg.Inbox.Put(r.Context(), message)
		}
		if err != nil {
			internal.write(w)
			return
		}
	}
	if failing {
		fault.write(w)
		return
	}
	writeJSON(w, http.StatusCreated, s.resource(message, "queued"))
}

// sid draws a message's identifier: SM and 32 hexadecimal digits.
func (s *SMS) sid() (string, error) {
	var random [16]byte
	if _, err := io.ReadFull(s.cfg.Random, random[:]); err != nil {
		return "", fmt.Errorf("draw a sid: %w", err)
	}
	return "SM" + hex.EncodeToString(random[:]), nil
}

func checkSMS(m Message) (twilioError, bool) {
	switch {
	case m.To == "":
		return twilioError{21604, "A 'To' phone number is required.", http.StatusBadRequest}, true
	case !domain.E164(m.To).Valid():
		return twilioError{21211, "Invalid 'To' Phone Number", http.StatusBadRequest}, true
	case m.From == "":
		return twilioError{21603, "A 'From' phone number is required.", http.StatusBadRequest}, true
	case !takesSender(m.From):
		return twilioError{21212, "Invalid From Number (caller ID)", http.StatusBadRequest}, true
	case m.Text == "":
		return twilioError{21602, "Message body is required.", http.StatusBadRequest}, true
	case utf8.RuneCountInString(m.Text) > maxSMS:
		return twilioError{21617, "The concatenated message body exceeds the 1600 character limit.", http.StatusBadRequest}, true
	}
	return twilioError{}, false
}

// takesSender tells whether Twilio takes a sender: a number, or a name.
func takesSender(from string) bool {
	return domain.E164(from).Valid() || senderName.MatchString(from) && anyLetter.MatchString(from)
}

func (f SMSFault) write(w http.ResponseWriter) {
	text := f.Text
	if text == "" {
		text = fmt.Sprintf("error %d", f.Code)
	}
	twilioError{f.Code, text, f.Status}.write(w)
}

// within tells whether a moment fits Twilio's date filters, which are a day or
// a moment and may be missing; a wrong one fits nothing.
func within(at time.Time, after, before string) bool {
	parse := func(text string) (time.Time, error) {
		if day, err := time.Parse(time.DateOnly, text); err == nil {
			return day, nil
		}
		return time.Parse(time.RFC3339, text)
	}
	if after != "" {
		if limit, err := parse(after); err != nil || at.Before(limit) {
			return false
		}
	}
	if before != "" {
		if limit, err := parse(before); err != nil || at.After(limit) {
			return false
		}
	}
	return true
}
