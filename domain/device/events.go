// Package device is the rule of a desk phone as a company's resource: which make
// and model it is, which user has it, and what it fetches to configure itself.
// Its MAC address and serial number lead to a person, so they are personal.
package device

import "time"

// Stream is the name of a phone's stream.
func Stream(id string) string { return "device-" + id }

// Marks are what is printed on one phone and on no other.
type Marks struct {
	MAC    string `json:"mac,omitempty"` // 12 lower-case hex digits
	Serial string `json:"serial,omitempty"`
}

// Added says that a company has another phone.
type Added struct {
	ID           string `json:"id"`
	Company      string `json:"company"`
	Manufacturer string `json:"manufacturer"` // a short name of the list, "other" for others
	Model        string `json:"model"`
	Claim        string `json:"claim"` // on the marks
	Personal     *Marks `json:"personal,omitempty"`
}

// Assigned says that the phone is a user's, for good if the user's stream names
// it by the deadline.
type Assigned struct {
	User     string    `json:"user"`
	Taking   string    `json:"taking"` // the command it was assigned for
	Deadline time.Time `json:"deadline"`
}

// Confirmed says that the user's stream names the phone.
type Confirmed struct {
	User string `json:"user"`
}

// Released says that the phone is no user's any more; it stays the company's.
type Released struct {
	User   string `json:"user"`
	Reason string `json:"reason"`
}

// AddressIssued says that the phone's configuration lies at another address, whose
// secret is derived from the generation. The address before it no longer works.
type AddressIssued struct {
	Generation int `json:"generation"` // from 1
}

// ConfigurationFetched says that the phone picked up its configuration. Only a
// change is a fact, and once a day that it still does.
type ConfigurationFetched struct {
	Format string `json:"format"`          // whose: yealink, snom, poly
	Sum    string `json:"sum"`             // hex SHA-256 of the file
	User   string `json:"user,omitempty"`  // whose phone it was then
	Agent  string `json:"agent,omitempty"` // what the phone calls itself, shortened, without its address
}

// Removed says that the phone is the company's no more; its marks are free again.
type Removed struct {
	Claim  string `json:"claim"`
	Reason string `json:"reason,omitempty"`
}

// ClaimAbandoned says that something claimed for this phone was given up, since
// no fact of the phone had named it by its deadline.
type ClaimAbandoned struct {
	Claim string `json:"claim"`
}

// ClaimsReleased says that claims of the phone are free again.
type ClaimsReleased struct {
	Claims []string `json:"claims"`
}

// Type is the wire name.
func (Added) Type() string { return "device.added.v1" }

// Type is the wire name.
func (Assigned) Type() string { return "device.assigned.v1" }

// Type is the wire name.
func (Confirmed) Type() string { return "device.confirmed.v1" }

// Type is the wire name.
func (Released) Type() string { return "device.released.v1" }

// Type is the wire name.
func (AddressIssued) Type() string { return "device.address-issued.v1" }

// Type is the wire name.
func (ConfigurationFetched) Type() string { return "device.configuration-fetched.v1" }

// Type is the wire name.
func (Removed) Type() string { return "device.removed.v1" }

// Type is the wire name.
func (ClaimAbandoned) Type() string { return "device.claim-abandoned.v1" }

// Type is the wire name.
func (ClaimsReleased) Type() string { return "device.claims-released.v1" }
