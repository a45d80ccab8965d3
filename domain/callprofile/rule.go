package callprofile

import (
	"slices"

	"dialtone/domain"
)

// Direction is which calls a rule is about.
type Direction string

// The directions.
const (
	Inbound  Direction = "inbound"
	Outbound Direction = "outbound"
)

// Effect is what a rule does with a call. Of the rules that a call meets those
// that reject come first, then those that accept, then those that forward.
type Effect string

// The effects, in the order in which they count.
const (
	Reject Effect = "reject"
	Accept Effect = "accept" // whatever a rule that forwards would do
	Divert Effect = "forward"
)

// effects lists them in the order in which they count.
var effects = []Effect{Reject, Accept, Divert}

// Subject is what calls a rule is about.
type Subject string

// The subjects (rules 2.45 and 2.46).
const (
	Every         Subject = ""
	These         Subject = "numbers"       // the numbers that are named
	Anonymous     Subject = "anonymous"     // inbound calls that show no number
	International Subject = "international" // outbound calls to another country
	GreyListed    Subject = "grey-listed"   // outbound calls to destinations the operator warns of
)

// subjects lists what rules of a direction may be about.
var subjects = map[Direction][]Subject{
	Inbound:  {Every, These, Anonymous},
	Outbound: {Every, These, International, GreyListed},
}

// Rule is a call rule of a user.
type Rule struct {
	Direction Direction     `json:"direction"`
	Effect    Effect        `json:"effect"`
	Subject   Subject       `json:"subject,omitempty"`
	Numbers   []domain.E164 `json:"numbers,omitempty"`  // for These
	Profiles  []string      `json:"profiles,omitempty"` // only while one of these is active; none: always
	Except    []domain.E164 `json:"except,omitempty"`   // numbers that the rule leaves alone (rule 2.47)
	To        Target        `json:"to,omitzero"`        // for Divert
}

// Named is a rule with its id.
type Named struct {
	ID string
	Rule
}

// Party is the other end of a call, as far as a rule may ask.
type Party struct {
	Number        domain.E164 // "" for none that is shown
	International bool
	GreyListed    bool
}

// Meets tells whether the rule is about a call with a party while a profile is
// active.
func (r Rule) Meets(direction Direction, other Party, profile string) bool {
	if r.Direction != direction || len(r.Profiles) > 0 && !slices.Contains(r.Profiles, profile) || other.Number != "" && slices.Contains(r.Except, other.Number) {
		return false
	}
	switch r.Subject {
	case Every:
		return true
	case These:
		return slices.Contains(r.Numbers, other.Number)
	case Anonymous:
		return other.Number == ""
	case International:
		return other.International
	case GreyListed:
		return other.GreyListed
	}
	return false
}

// Ruling gives the rule that decides about a call: of those that meet it one that
// rejects, else one that accepts, else one that forwards. Those that were looked
// at come with it, in that order.
func (s State) Ruling(direction Direction, other Party, profile string) (decides *Named, met []Named) {
	for _, effect := range effects {
		for _, rule := range s.Rules {
			if rule.Effect == effect && rule.Meets(direction, other, profile) {
				met = append(met, rule)
			}
		}
	}
	if len(met) == 0 {
		return nil, nil
	}
	return &met[0], met
}
