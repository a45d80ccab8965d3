package crash

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"dialtone/domain"
	"dialtone/eventstore"
)

// attempt is one append that a child makes. Its name is unique in a file, and
// its events follow from it: whoever knows the attempt can repeat it.
type attempt struct {
	Name     string
	Stream   string
	Expected eventstore.Expected
	Events   int
}

// alone is the prefix of streams that one writer has for itself: an attempt
// there never meets a conflict.
const alone = "own-"

func (a attempt) id(n int) string { return domain.DeriveID(a.Name, fmt.Sprint(n)) }

func (a attempt) proposed() []eventstore.Proposed {
	list := make([]eventstore.Proposed, a.Events)
	for n := range list {
		id := a.id(n)
		data := fmt.Sprintf(`{"attempt":%q,"filler":%q}`, a.Name, strings.Repeat("x", int(id[0])*int(id[1])/8))
		list[n] = eventstore.Proposed{ID: id, Type: "thing.happened.v1", Data: []byte(data), Meta: []byte(`{}`)}
	}
	return list
}

// verdict is what became of an attempt, as far as a child knows.
type verdict string

const (
	tried     verdict = "tried"     // about to be made: from here on it may be kept
	kept      verdict = "kept"      // acknowledged at a place
	conflict  verdict = "conflict"  // refused for good
	uncertain verdict = "uncertain" // answered with another error
	late      verdict = "late"      // so was one more by a writer that had met such an error
	unopened  verdict = "unopened"  // no attempt: the store did not open
	misread   verdict = "misread"   // no attempt: what is read is not what was acknowledged
)

// report is one line from a child to its parent. The child goes on only when
// the line is in the pipe, which outlives it.
type report struct {
	Verdict  verdict
	Attempt  attempt
	Appended eventstore.Appended
	Fault    string // the kind of fault of an uncertain one, or what was misread
}

// send writes a report in one piece; pipes keep pieces below 4096 bytes whole.
func send(to io.Writer, r report) error {
	line, err := json.Marshal(r)
	if err != nil {
		return err
	}
	_, err = to.Write(append(line, '\n'))
	return err
}
