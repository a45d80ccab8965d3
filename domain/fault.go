package domain

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Kind says how a fault is to be treated. Two tables translate it: HTTP status
// and retryable-or-final; nobody else switches on it.
type Kind string

// The kinds of faults.
const (
	Invalid     Kind = "invalid"     // the input breaks a rule; Fields say which
	Refused     Kind = "refused"     // well-formed, but not allowed in this state
	Conflict    Kind = "conflict"    // somebody else has it or was faster
	Missing     Kind = "missing"     // there is no such thing
	Denied      Kind = "denied"      // the caller may not
	Unavailable Kind = "unavailable" // not now; trying again can help
)

// FieldFault is one broken rule of one field.
type FieldFault struct {
	Pointer string // JSON Pointer (RFC 6901) into the input, "/email"
	Code    string // stable name of the rule, "too-long"
	Detail  string // what is wrong and what would be right, in English
}

// Fault is an error with a kind, a stable code and a sentence for people.
type Fault struct {
	Kind   Kind
	Code   string
	Detail string
	Fields []FieldFault
	Wait   time.Duration // after which trying again can help; 0 = not known
}

// Error gives the sentence and, where there are any, the broken fields.
func (f *Fault) Error() string {
	if len(f.Fields) == 0 {
		return f.Detail
	}
	parts := make([]string, 0, len(f.Fields))
	for _, field := range f.Fields {
		parts = append(parts, field.Pointer+" "+field.Detail)
	}
	return f.Detail + ": " + strings.Join(parts, "; ")
}

// Faultf makes a fault of a kind with a stable code and a formatted sentence.
func Faultf(kind Kind, code, format string, args ...any) *Fault {
	return &Fault{Kind: kind, Code: code, Detail: fmt.Sprintf(format, args...)}
}

// At names the field of the input that the whole fault is about, as a JSON Pointer.
func (f *Fault) At(pointer string) *Fault {
	f.Fields = append(f.Fields, FieldFault{Pointer: pointer, Code: f.Code, Detail: f.Detail})
	return f
}

// TooSoon is the fault of what is done again before a wait has passed: it is
// Unavailable, and Wait says for how long.
func TooSoon(wait time.Duration, format string, args ...any) *Fault {
	fault := Faultf(Unavailable, "too-soon", format, args...)
	fault.Wait = wait
	return fault
}

// KindOf finds the kind of an error. An error without one is Unavailable: it
// was not foreseen, so trying again is the only thing that can help.
func KindOf(err error) Kind {
	if fault, ok := errors.AsType[*Fault](err); ok {
		return fault.Kind
	}
	return Unavailable
}

// Final tells whether trying again unchanged can't help: the table from kind
// to retryable-or-final. A conflict is final for the caller, since Execute has
// already retried what can be retried.
func Final(err error) bool {
	switch KindOf(err) {
	case Invalid, Refused, Conflict, Missing, Denied:
		return true
	case Unavailable:
		return false
	}
	return false
}

// Check collects broken fields and becomes one Invalid fault, or nil.
type Check struct{ fields []FieldFault }

// Need records a field fault unless ok.
func (c *Check) Need(ok bool, pointer, code, format string, args ...any) {
	if !ok {
		c.fields = append(c.fields, FieldFault{Pointer: pointer, Code: code, Detail: fmt.Sprintf(format, args...)})
	}
}

// Err gives the collected faults as one error, nil where there are none.
func (c *Check) Err() error {
	if len(c.fields) == 0 {
		return nil
	}
	return &Fault{Kind: Invalid, Code: "invalid-input", Detail: "the input breaks a rule", Fields: c.fields}
}
