package callprofile

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"dialtone/domain"
)

// Limits that keep a user's profiles something a person can look through, and
// a call's decision short.
const (
	longestName    = 40  // characters of a profile's or forward's name
	longestMessage = 140 // characters
	highestNumber  = 99
	mostProfiles   = 50
	mostRules      = 100
	mostNumbers    = 200 // in one rule
	mostForwards   = 20
	mostAlso       = 5 // numbers that ring beside the user's phones
	mostPlans      = 100
	mostSpans      = 84 // of a week
	longestRinging = 180
	longestActive  = 366 * 24 * 60 // minutes
)

// extension is what a target within the company looks like; whether somebody has
// it is for the caller to know.
var extension = regexp.MustCompile(`^[0-9]{2,8}$`)

func checkName(c *domain.Check, name, pointer string) {
	c.Need(strings.TrimSpace(name) != "" && utf8.RuneCountInString(name) <= longestName, pointer, "length", "needs 1 to %d characters", longestName)
	checkText(c, name, pointer)
}

func checkText(c *domain.Check, text, pointer string) {
	c.Need(utf8.ValidString(text) && !strings.ContainsFunc(text, unicode.IsControl), pointer, "form", "must not hold control characters")
}

func checkTarget(c *domain.Check, t Target, pointer string) {
	switch t.Kind {
	case Number:
		c.Need(domain.E164(t.To).Valid() || extension.MatchString(t.To), pointer+"/to", "form", "is an extension, or a number such as +4930123456")
	case Nowhere, Voicemail, Announcement:
		c.Need(t.To == "", pointer+"/to", "not-allowed", "is for numbers only")
	default:
		c.Need(false, pointer+"/kind", "unknown", "is number, voicemail or announcement, or empty for the end of the call, not %q", string(t.Kind))
	}
}

func checkSettings(c *domain.Check, id string, in Settings) {
	if in.Name != "" || !IsUsual(id) {
		checkName(c, in.Name, "/name")
	}
	c.Need(in.Number >= 0 && in.Number <= highestNumber, "/number", "range", "is 0 to %d", highestNumber)
	c.Need(utf8.RuneCountInString(in.Message) <= longestMessage, "/message", "length", "has at most %d characters", longestMessage)
	checkText(c, in.Message, "/message")
	c.Need(in.Minutes >= 0 && in.Minutes <= longestActive, "/minutes", "range", "is 0 for no end, or at most %d", longestActive)
	c.Need(in.Priority >= 0 && in.Priority <= 9, "/priority", "range", "is 0 to 9")
	checkShown(c, in.Shown.Fixed, "/shown/fixed")
	checkShown(c, in.Shown.Mobile, "/shown/mobile")
	checkHandling(c, in.Calls)
}

func checkShown(c *domain.Check, in Identity, pointer string) {
	c.Need(slices.Contains(Identities, in), pointer, "unknown", "is fixed, mobile, company or nothing, not %q", string(in))
}

func checkHandling(c *domain.Check, in Handling) {
	c.Need(slices.Contains(Rings, in.Ring), "/calls/ring", "unknown", "is fixed, mobile, both or forward, not %q", string(in.Ring))
	c.Need(in.Ring != Forward || in.Forward.Kind != Nowhere, "/calls/forward", "missing", "says where calls go instead")
	c.Need(in.Ring == Forward || in.Forward == Target{}, "/calls/forward", "not-allowed", "is for calls that ring nowhere")
	c.Need(in.Seconds >= 0 && in.Seconds <= longestRinging, "/calls/seconds", "range", "is 0 for the usual, or at most %d", longestRinging)
	checkTarget(c, in.Forward, "/calls/forward")
	checkTarget(c, in.Busy, "/calls/busy")
	checkTarget(c, in.NoAnswer, "/calls/noAnswer")
	checkTarget(c, in.Disconnected, "/calls/disconnected")
}

func checkSwitches(c *domain.Check, in Switches) {
	c.Need(len(in.Also) <= mostAlso, "/also", "too-many", "are at most %d", mostAlso)
	for _, n := range in.Also {
		c.Need(n.Valid(), "/also", "form", "are numbers such as +4930123456, not %q", string(n))
	}
	c.Need(len(in.Forwards) <= mostForwards, "/forwards", "too-many", "are at most %d", mostForwards)
	ids := map[string]bool{"": true}
	for _, f := range in.Forwards {
		c.Need(!ids[f.ID], "/forwards", "form", "each have an id of their own")
		ids[f.ID] = true
		checkName(c, f.Name, "/forwards/name")
		checkTarget(c, f.To, "/forwards/to")
		c.Need(f.To.Kind != Nowhere, "/forwards/to", "missing", "says where calls go")
	}
	c.Need(ids[in.On], "/on", "unknown", "is the id of one of the forwards")
}

func checkRule(c *domain.Check, s State, in Rule) {
	known := subjects[in.Direction]
	c.Need(known != nil, "/direction", "unknown", "is inbound or outbound, not %q", string(in.Direction))
	c.Need(slices.Contains(effects, in.Effect), "/effect", "unknown", "is reject, accept or forward, not %q", string(in.Effect))
	c.Need(known == nil || slices.Contains(known, in.Subject), "/subject", "unknown", "is none that %s calls have: %q", string(in.Direction), string(in.Subject))
	c.Need((in.Subject == These) == (len(in.Numbers) > 0), "/numbers", "missing", "are for rules about numbers, and needed there")
	c.Need(len(in.Numbers) <= mostNumbers && len(in.Except) <= mostNumbers, "/numbers", "too-many", "are at most %d", mostNumbers)
	for _, n := range slices.Concat(in.Numbers, in.Except) {
		c.Need(n.Valid(), "/numbers", "form", "are numbers such as +4930123456, not %q", string(n))
	}
	for _, id := range in.Profiles {
		_, there := s.Profile(id)
		c.Need(there, "/profiles", "unknown", "are ids of the user's profiles, not %q", id)
	}
	c.Need(in.Effect != Divert || in.Direction == Inbound, "/effect", "not-allowed", "forward is for inbound calls")
	c.Need((in.Effect == Divert) == (in.To.Kind != Nowhere), "/to", "missing", "is for rules that forward, and needed there")
	checkTarget(c, in.To, "/to")
}

func checkTimetable(c *domain.Check, s State, in Timetable) {
	if in.Empty() {
		return
	}
	known := func(id, pointer string) {
		_, there := s.Profile(id)
		c.Need(there, pointer, "unknown", "is one of the user's profiles, not %q", id)
	}
	known(in.Else, "/else")
	c.Need(len(in.Spans) <= mostSpans, "/spans", "too-many", "are at most %d", mostSpans)
	var before Span
	for _, span := range in.Spans {
		c.Need(span.Day >= time.Sunday && span.Day <= time.Saturday, "/spans", "unknown", "are on days from 0, Sunday, to 6")
		c.Need(0 <= span.From && span.From < span.To && span.To <= 24*60, "/spans", "range", "begin before they end, between 00:00 and 24:00")
		c.Need(span.Day > before.Day || span.Day == before.Day && span.From >= before.To, "/spans", "order", "come one after the other, beginning with Sunday")
		known(span.Profile, "/spans")
		before = span
	}
}

// IsUsual tells whether every user has a profile of that id from the beginning.
func IsUsual(id string) bool {
	return slices.ContainsFunc(Usual(), func(p Profile) bool { return p.ID == id })
}
