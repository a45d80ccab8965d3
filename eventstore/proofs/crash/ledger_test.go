package crash

import (
	"fmt"

	"dialtone/domain"
	"dialtone/eventstore"
)

// entry is what the parent knows of one attempt.
type entry struct {
	attempt
	verdict  verdict
	appended eventstore.Appended
}

// ledger is what the parent knows of all attempts on a file, over all lives of
// its children.
type ledger struct {
	entries    map[string]*entry
	order      []string
	faults     map[string]int // how often each kind of fault was answered
	refusals   int            // appends that were tried after a storage error
	unopened   int
	complaints []string
}

func newLedger() *ledger { return &ledger{entries: map[string]*entry{}, faults: map[string]int{}} }

func (l *ledger) complain(format string, args ...any) {
	l.complaints = append(l.complaints, fmt.Sprintf(format, args...))
}

// note takes a report in. What was once acknowledged stays so, at its place.
func (l *ledger) note(r report) {
	switch r.Verdict {
	case unopened:
		l.unopened++
		return
	case misread:
		l.complain("misread: %s", r.Fault)
		return
	case late:
		l.refusals++
		if r.Fault != string(domain.Unavailable) {
			l.complain("%s was tried after a storage error and is answered %q", r.Attempt.Name, r.Fault)
		}
	default:
	}
	e, known := l.entries[r.Attempt.Name]
	if !known {
		e = &entry{attempt: r.Attempt, verdict: tried}
		l.entries[r.Attempt.Name] = e
		l.order = append(l.order, r.Attempt.Name)
	}
	switch r.Verdict {
	case uncertain, late:
		l.faults[r.Fault]++
	case conflict:
		if e.verdict == kept {
			l.complain("%s was acknowledged, and a conflict when repeated", e.Name)
		}
		e.verdict = conflict
	case kept:
		if e.verdict == kept && e.appended != r.Appended {
			l.complain("%s was acknowledged at %+v, when repeated at %+v", e.Name, e.appended, r.Appended)
		}
		e.verdict, e.appended = kept, r.Appended
	default:
	}
}

// pending lists the attempts of unknown outcome.
func (l *ledger) pending() []attempt {
	var list []attempt
	for _, name := range l.order {
		if e := l.entries[name]; e.verdict == tried {
			list = append(list, e.attempt)
		}
	}
	return list
}

// acknowledged lists the last attempts that were acknowledged, at most count.
func (l *ledger) acknowledged(count int) []attempt {
	var list []attempt
	for i := len(l.order) - 1; i >= 0 && len(list) < count; i-- {
		if e := l.entries[l.order[i]]; e.verdict == kept {
			list = append(list, e.attempt)
		}
	}
	return list
}
