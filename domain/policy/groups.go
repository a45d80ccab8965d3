package policy

// Groups says how large things may get where users are called together.
type Groups struct {
	Members int `json:"members,omitzero"` // most members of one group; 0: 100
	Count   int `json:"count,omitzero"`   // most groups of one company; 0: 1,000
}

// The usual limits of groups, and the largest a policy can have.
const (
	usualMembers, mostMembers = 100, 1_000
	usualGroups, mostGroups   = 1_000, 10_000
)

// MostMembers is how many members a group may have.
func (p Policy) MostMembers() int { return or(p.Groups.Members, usualMembers) }

// MostGroups is how many groups a company may have.
func (p Policy) MostGroups() int { return or(p.Groups.Count, usualGroups) }
