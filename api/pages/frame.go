// Package pages is the HTML of Dialtone: components that show what they are
// given. They ask nobody, decide nothing and hold no inline script or style.
package pages

import (
	"strings"
	"time"

	"dialtone/api/assets"
	"dialtone/api/locales"
)

// Frame is what stands around the content of every page.
type Frame struct {
	locales.Voice
	Assets *assets.Set
	Tags   []string // the languages there are
	Title  string
	Here   string // which entry of the navigation is this page's, "users"
	Back   string // path and query to come back to after changing the language
	Notice string // a sentence above the content: what has just been done
	Fault  string // a sentence above the content: what did not go through
	Role   string // of who reads: operator, support or admin; "" where nobody has signed in to the back-office
	Own    string // id of an admin's company
	Acting string // name of the user for whom an admin acts on this page; "" for nobody
	Theme  string // path of the style sheet in the operator's colour; may be empty
}

// changes tells whether the reader may change anything.
func (f Frame) changes() bool { return f.Role != "support" }

// Faults holds what is wrong, worded, by the JSON Pointer of the field.
type Faults map[string][]string

// Of gives the messages of one field.
func (f Faults) Of(pointer string) []string { return f[pointer] }

// Field is one field of a form with everything that is said about it.
type Field struct {
	Name, Label, Kind, Value string // Kind is an input's type; "select" for a choice
	Hint                     string
	Complete, Mode           string // autocomplete and inputmode
	Rules                    string // id of the list of rules that explains it
	Required, Focus          bool
	Options                  []Option
	Errors                   []string
}

// Option is one of the values of a choice.
type Option struct{ Value, Label string }

// describedBy names the elements that explain the field to a screen reader.
func (f Field) describedBy() string {
	var ids []string
	if len(f.Errors) > 0 {
		ids = append(ids, f.Name+"-fault")
	}
	if f.Hint != "" {
		ids = append(ids, f.Name+"-hint")
	}
	if f.Rules != "" {
		ids = append(ids, f.Rules)
	}
	return strings.Join(ids, " ")
}

// Focused puts the cursor into the first field with a fault.
func Focused(fields []Field) []Field {
	for i := range fields {
		if len(fields[i].Errors) > 0 {
			fields[i].Focus = true
			break
		}
	}
	return fields
}

// iso is a moment for machines (RFC 3339).
func iso(at time.Time) string { return at.UTC().Format(time.RFC3339Nano) }
