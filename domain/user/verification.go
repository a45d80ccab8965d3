package user

import (
	"crypto/hmac"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"dialtone/domain"
	"dialtone/domain/policy"
)

// PurposeMobileCode is the purpose of the SMS by which a mobile is verified.
const PurposeMobileCode = "mobile-code"

// MobileCodeIssued says that a code is on its way to the user's mobile. The code
// itself is nowhere: it is derived again from the server's key and the id.
type MobileCodeIssued struct {
	ID        string    `json:"id"` // id of this event
	Key       string    `json:"key"`
	Digits    int       `json:"digits"`
	Guesses   int       `json:"guesses"` // how many there are
	ExpiresAt time.Time `json:"expiresAt"`
}

// MobileCodeMissed says that another code than the one that was sent was typed.
type MobileCodeMissed struct {
	ID string `json:"id"` // of the code
}

// MobileVerified says that whoever has the mobile has the account.
type MobileVerified struct {
	ID string `json:"id"` // of the code
}

// Type is the wire name.
func (MobileCodeIssued) Type() string { return "user.mobile-code-issued.v1" }

// Type is the wire name.
func (MobileCodeMissed) Type() string { return "user.mobile-code-missed.v1" }

// Type is the wire name.
func (MobileVerified) Type() string { return "user.mobile-verified.v1" }

// Verification is how far it is proven that the user holds the mobile.
type Verification struct {
	Code     MobileCodeIssued // the last one
	Missed   int              // guesses at it
	Sent     []time.Time      // of the last codes, oldest first
	Verified bool             // the mobile there is now
}

// Between two codes, and how many a day at most: SMS cost money, and somebody
// could earn it.
const (
	codePause  = time.Minute
	codesADay  = 5
	codesPause = 24 * time.Hour
)

// RequestMobileCode is the command of a user who wants the code that verifies
// the mobile.
type RequestMobileCode struct {
	Cause  domain.Cause
	Policy policy.Policy
}

// Decide sends a code; the one before no longer counts.
func (in RequestMobileCode) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	v, at := s.Verification, in.Cause.At
	switch {
	case !s.Exists():
		return nil, gone()
	case s.Suspended:
		return nil, domain.Faultf(domain.Refused, "suspended", "the account is suspended; ask your administrator")
	case v.Verified:
		return nil, nil
	case s.Person.Mobile == "":
		return nil, domain.Faultf(domain.Refused, "no-mobile", "there is no mobile that a code could be sent to").At("/mobile")
	}
	if wait := v.wait(at); wait > 0 {
		return nil, domain.TooSoon(wait, "a code was sent a short while ago; wait before you ask for another")
	}
	rules := in.Policy.Usual().Verification
	issued := MobileCodeIssued{
		ID: domain.EventID(Stream(s.ID), in.Cause.Command, 0), Key: LinkKey,
		Digits: rules.Digits, Guesses: rules.Guesses, ExpiresAt: at.Add(rules.Valid.Std()),
	}
	id := domain.DeriveID("message", issued.ID, PurposeMobileCode, SMS)
	return []domain.Event{issued, MessageRequested{ID: id, Purpose: PurposeMobileCode, Channel: SMS, Credential: issued.ID}}, nil
}

// wait tells for how long no other code is sent.
func (v Verification) wait(at time.Time) time.Duration {
	if len(v.Sent) == 0 {
		return 0
	}
	wait := v.Sent[len(v.Sent)-1].Add(codePause).Sub(at)
	if len(v.Sent) >= codesADay {
		wait = max(wait, v.Sent[len(v.Sent)-codesADay].Add(codesPause).Sub(at))
	}
	return max(wait, 0)
}

// VerifyMobile is the command of a user who types the code.
type VerifyMobile struct {
	At    time.Time
	Right func(issued MobileCodeIssued) bool // whether what was typed is this code
}

// Decide verifies the mobile, or counts a miss: whoever gave the command sees
// by the state which it was. A code that is over or missed too often is refused.
func (in VerifyMobile) Decide(history []domain.Fact) ([]domain.Event, error) {
	s := Fold(history)
	v := s.Verification
	switch {
	case !s.Exists():
		return nil, gone()
	case v.Verified:
		return nil, nil
	case v.Code.ID == "" || v.Missed >= v.Code.Guesses || !in.At.Before(v.Code.ExpiresAt):
		return nil, domain.Faultf(domain.Refused, "code-void", "the code is not valid any more; ask for another").At("/code")
	case !in.Right(v.Code):
		return []domain.Event{MobileCodeMissed{ID: v.Code.ID}}, nil
	}
	events := []domain.Event{MobileVerified{ID: v.Code.ID}}
	if s.standsAt(policy.StepMobile) {
		events = append(events, s.stepDone(policy.StepMobile)...)
	}
	return events, nil
}

// verifications applies the facts of codes.
func verifications(s State, f domain.Fact) State {
	v := &s.Verification
	switch e := f.Event.(type) {
	case MobileCodeIssued:
		s = s.withdraw(func(m *Message) bool { return m.Purpose == PurposeMobileCode }) // an older code
		v = &s.Verification
		v.Code, v.Missed = e, 0
		v.Sent = append(slices.Clone(v.Sent), f.At)
		v.Sent = v.Sent[max(0, len(v.Sent)-codesADay):]
	case MobileCodeMissed:
		v.Missed++
	case MobileVerified:
		v.Verified = true
	}
	return s
}

// MobileCode derives the code that verifies a mobile: uniform over all of its
// digits.
func MobileCode(key []byte, user string, issued MobileCodeIssued) string {
	size := uint64(math.Pow10(issued.Digits))
	for n := 0; ; n++ {
		value := binary.BigEndian.Uint64(mac(key, "mobile-code", user, issued.ID, fmt.Sprint(n)))
		if value < math.MaxUint64/size*size {
			return fmt.Sprintf("%0*d", issued.Digits, value%size)
		}
	}
}

// IsMobileCode compares what was typed with the code, in constant time.
func IsMobileCode(key []byte, user string, issued MobileCodeIssued, typed string) bool {
	given := strings.NewReplacer(" ", "", "-", "").Replace(typed)
	return issued.ID != "" && hmac.Equal([]byte(given), []byte(MobileCode(key, user, issued)))
}
