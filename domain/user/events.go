// Package user is the rule of a telephone user: its lifecycle from the order to
// the deletion, the steps of its activation, its link, its messages and its
// first secrets. Everything here is pure; what is personal stands in the field
// Personal of an event, which the store keeps sealed.
package user

import (
	"dialtone/domain"
	"dialtone/domain/policy"
)

// Stream is the name of a user's stream.
func Stream(id string) string { return "user-" + id }

// Person is what identifies a user. All of it may be missing.
type Person struct {
	FirstName          string `json:"firstName,omitempty"`
	LastName           string `json:"lastName,omitempty"`
	DirectoryFirstName string `json:"directoryFirstName,omitempty"` // as colleagues see it
	DirectoryLastName  string `json:"directoryLastName,omitempty"`
	Email              string `json:"email,omitempty"`
	Mobile             string `json:"mobile,omitempty"`       // E.164, where SMS go
	MobileNumber       string `json:"mobileNumber,omitempty"` // E.164, a line of the operator
	ContractNumber     string `json:"contractNumber,omitempty"`
	MAC                string `json:"mac,omitempty"` // of the desk phone, 12 lower-case hex digits
}

// Created says that a company has a new user.
type Created struct {
	ID              string      `json:"id"`
	Company         string      `json:"company"`
	Site            string      `json:"site,omitempty"`
	Language        string      `json:"language"`
	Number          domain.E164 `json:"number,omitempty"`
	Extension       string      `json:"extension,omitempty"`
	ExtensionReason string      `json:"extensionReason,omitempty"` // why it is not the usual one
	Licence         string      `json:"licence,omitempty"`
	Device          string      `json:"device,omitempty"` // kind of desk phone, "none" for none
	Options         []string    `json:"options,omitempty"`
	SIM             bool        `json:"sim,omitempty"` // one is to be ordered for the user
	Claims          Claims      `json:"claims"`
	Personal        *Person     `json:"personal,omitempty"`
}

// Claims names the streams of what is this user's alone.
type Claims struct {
	Number    string `json:"number,omitempty"`
	Extension string `json:"extension,omitempty"`
	Email     string `json:"email,omitempty"`
	Seat      string `json:"seat,omitempty"`
	Username  string `json:"username,omitempty"`
	Device    string `json:"device,omitempty"`
}

// DetailsChanged says what is different about a user; nil is unchanged.
type DetailsChanged struct {
	Language *string        `json:"language,omitempty"`
	Site     *string        `json:"site,omitempty"`
	Device   *string        `json:"device,omitempty"`
	Options  *[]string      `json:"options,omitempty"` // all there are from now on
	Personal *PersonChanges `json:"personal,omitempty"`
}

// PersonChanges holds the new values; nil is unchanged, "" is removed.
type PersonChanges struct {
	FirstName          *string `json:"firstName,omitempty"`
	LastName           *string `json:"lastName,omitempty"`
	DirectoryFirstName *string `json:"directoryFirstName,omitempty"`
	DirectoryLastName  *string `json:"directoryLastName,omitempty"`
	Email              *string `json:"email,omitempty"`
	Mobile             *string `json:"mobile,omitempty"`
	MobileNumber       *string `json:"mobileNumber,omitempty"`
	ContractNumber     *string `json:"contractNumber,omitempty"`
	MAC                *string `json:"mac,omitempty"`
}

// EmailClaimed says which claim stands behind the user's new address ("" for none).
type EmailClaimed struct {
	Claim string `json:"claim"`
}

// DeviceClaimed says which desk phone is the user's from now on, by the name of its
// stream ("" for none).
type DeviceClaimed struct {
	Claim string `json:"claim"`
}

// NumberChanged says which number is the user's from now on ("" for none).
type NumberChanged struct {
	Number   domain.E164 `json:"number"`
	Previous domain.E164 `json:"previous,omitempty"`
	Swap     string      `json:"swap,omitempty"`    // the swap with another user that it is part of; "" for none
	With     string      `json:"with,omitempty"`    // the other user of the swap
	Decides  bool        `json:"decides,omitempty"` // with this fact the swap is decided; the rest follows
}

// SwapFinished says that everything that follows from a swap has been done.
type SwapFinished struct {
	Swap string `json:"swap"`
}

// ExtensionChanged says which extension is the user's from now on ("" for none).
type ExtensionChanged struct {
	Extension string `json:"extension"`
	Previous  string `json:"previous,omitempty"`
	Reason    string `json:"reason,omitempty"`
}

// LicenceChanged says which kind of licence is the user's from now on.
type LicenceChanged struct {
	Licence  string `json:"licence"`
	Previous string `json:"previous,omitempty"`
	Claim    string `json:"claim,omitempty"`  // on a seat, "" where licences are not counted
	Verify   bool   `json:"verify,omitempty"` // it asks for a mobile that is verified
	SIM      bool   `json:"sim,omitempty"`    // it asks for a SIM, which is to be ordered
}

// Suspended says that the user may only call emergency numbers for now.
type Suspended struct{}

// Resumed says that the suspension is over.
type Resumed struct{}

// Deleted says that the user is no more; what was claimed is to be released.
type Deleted struct {
	Licence string `json:"licence,omitempty"` // the kind that goes back to the operator with the user
	Goes    *Goes  `json:"goes,omitempty"`

	Retention policy.Duration `json:"retention,omitzero"` // after which the person is erased; 0: kept
}

// ClaimAbandoned says that something claimed for this user was given up, since
// no fact of the user had named it by its deadline.
type ClaimAbandoned struct {
	Claim string `json:"claim"`
}

// ClaimsReleased says that claims of the user are free again.
type ClaimsReleased struct {
	Claims []string `json:"claims"`
}

// DeviceLoginIssued says that a desk phone can log in with a new name and
// password; the login before it no longer works.
type DeviceLoginIssued struct {
	Username string       `json:"username"`
	Realm    string       `json:"realm"`
	Chosen   bool         `json:"chosen,omitempty"` // by somebody, so it cannot be derived again
	Personal *DeviceLogin `json:"personal,omitempty"`
}

// DeviceLogin holds one HA1 (RFC 7616 §3.4.2) per algorithm, in hex.
type DeviceLogin struct {
	HA1 map[string]string `json:"ha1"` // "MD5", "SHA-256"
}

// Type is the wire name.
func (Created) Type() string { return "user.created.v1" }

// Type is the wire name.
func (DetailsChanged) Type() string { return "user.details-changed.v1" }

// Type is the wire name.
func (DeviceClaimed) Type() string { return "user.device-claimed.v1" }

// Type is the wire name.
func (EmailClaimed) Type() string { return "user.email-claimed.v1" }

// Type is the wire name.
func (NumberChanged) Type() string { return "user.number-changed.v1" }

// Type is the wire name.
func (SwapFinished) Type() string { return "user.swap-finished.v1" }

// Type is the wire name.
func (ExtensionChanged) Type() string { return "user.extension-changed.v1" }

// Type is the wire name.
func (LicenceChanged) Type() string { return "user.licence-changed.v1" }

// Type is the wire name.
func (Suspended) Type() string { return "user.suspended.v1" }

// Type is the wire name.
func (Resumed) Type() string { return "user.resumed.v1" }

// Type is the wire name.
func (Deleted) Type() string { return "user.deleted.v1" }

// Type is the wire name.
func (ClaimAbandoned) Type() string { return "user.claim-abandoned.v1" }

// Type is the wire name.
func (ClaimsReleased) Type() string { return "user.claims-released.v1" }

// Type is the wire name.
func (DeviceLoginIssued) Type() string { return "user.device-login-issued.v1" }

// Trouble says why something did not go through and who can help.
type Trouble = domain.Trouble
