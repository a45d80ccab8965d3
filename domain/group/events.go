// Package group is the rule of users who are called together: hunt groups and
// queues, whose calls go to members by a strategy, pickup groups, whose members
// take each other's calls, and park groups, in which a call waits to be taken.
// A group names its members. Whether a member can ring is a matter of the user's
// own facts, apart from the membership.
package group

// Stream is the name of a group's stream.
func Stream(id string) string { return "group-" + id }

// Created says that a company has a new group.
type Created struct {
	ID        string `json:"id"`
	Company   string `json:"company"`
	Kind      Kind   `json:"kind"`
	Name      string `json:"name"`
	Site      string `json:"site,omitempty"`
	Extension string `json:"extension,omitempty"`
	Strategy  string `json:"strategy,omitempty"`
	Claim     string `json:"claim,omitempty"` // on the extension
}

// Changed says what is different about a group; nil is unchanged.
type Changed struct {
	Name     *string `json:"name,omitempty"`
	Site     *string `json:"site,omitempty"` // "" for none
	Strategy *string `json:"strategy,omitempty"`
}

// ExtensionChanged says which extension is the group's from now on ("" for none).
type ExtensionChanged struct {
	Extension string `json:"extension"`
	Previous  string `json:"previous,omitempty"`
	Claim     string `json:"claim,omitempty"`  // on the extension
	Former    string `json:"former,omitempty"` // the claim that is to be released
}

// MemberAdded says that a user is a member from now on, at a place counted from 1.
type MemberAdded struct {
	User  string `json:"user"`
	Place int    `json:"place"`
}

// MemberMoved says that a member has another place, counted from 1.
type MemberMoved struct {
	User  string `json:"user"`
	Place int    `json:"place"`
}

// MemberRemoved says that a user is no member any more, and what the membership
// was, so that it can be given back.
type MemberRemoved struct {
	User      string `json:"user"`
	Place     int    `json:"place"`
	LoggedOut bool   `json:"loggedOut,omitempty"`
}

// MemberLoggedIn says that the group's calls come to the member from now on.
type MemberLoggedIn struct {
	User string `json:"user"`
}

// MemberLoggedOut says that the group's calls pass the member by from now on.
type MemberLoggedOut struct {
	User string `json:"user"`
}

// Deleted says that the group is no more; what was claimed is to be released.
type Deleted struct {
	Claim string `json:"claim,omitempty"`
}

// ClaimAbandoned says that something claimed for this group was given up, since
// no fact of the group had named it by its deadline.
type ClaimAbandoned struct {
	Claim string `json:"claim"`
}

// ClaimsReleased says that claims of the group are free again.
type ClaimsReleased struct {
	Claims []string `json:"claims"`
}

// Type is the wire name.
func (Created) Type() string { return "group.created.v1" }

// Type is the wire name.
func (Changed) Type() string { return "group.changed.v1" }

// Type is the wire name.
func (ExtensionChanged) Type() string { return "group.extension-changed.v1" }

// Type is the wire name.
func (MemberAdded) Type() string { return "group.member-added.v1" }

// Type is the wire name.
func (MemberMoved) Type() string { return "group.member-moved.v1" }

// Type is the wire name.
func (MemberRemoved) Type() string { return "group.member-removed.v1" }

// Type is the wire name.
func (MemberLoggedIn) Type() string { return "group.member-logged-in.v1" }

// Type is the wire name.
func (MemberLoggedOut) Type() string { return "group.member-logged-out.v1" }

// Type is the wire name.
func (Deleted) Type() string { return "group.deleted.v1" }

// Type is the wire name.
func (ClaimAbandoned) Type() string { return "group.claim-abandoned.v1" }

// Type is the wire name.
func (ClaimsReleased) Type() string { return "group.claims-released.v1" }
