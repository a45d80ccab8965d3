package api

import (
	"encoding/json"

	"github.com/danielgtaylor/huma/v2"
)

// ChangeForm changes a user. Only what was sent is changed.
type ChangeForm struct {
	FirstName          Text         `json:"firstName,omitzero"`
	LastName           Text         `json:"lastName,omitzero"`
	DirectoryFirstName Text         `json:"directoryFirstName,omitzero"`
	DirectoryLastName  Text         `json:"directoryLastName,omitzero"`
	Email              Text         `json:"email,omitzero"`
	Mobile             Text         `json:"mobile,omitzero"`
	MobileNumber       Text         `json:"mobileNumber,omitzero"`
	ContractNumber     Text         `json:"contractNumber,omitzero"`
	Number             Text         `json:"number,omitzero"`
	Extension          Text         `json:"extension,omitzero"`
	Site               Text         `json:"site,omitzero"`
	Language           Text         `json:"language,omitzero"`
	Username           Text         `json:"username,omitzero" doc:"What the user logs in with; the user is told"`
	Licence            Text         `json:"licence,omitzero" doc:"Another kind of licence; takes a seat of that kind and gives the old one back"`
	Options            List         `json:"options,omitzero" doc:"All services from now on, by short names; null takes them away"`
	Device             DeviceChange `json:"device,omitzero" doc:"null takes the device away"`

	auto bool // nobody asked for just this number
}

// DeviceChange changes the desk phone of a user.
type DeviceChange struct {
	Kind Text `json:"kind,omitzero"`
	MAC  Text `json:"mac,omitzero"`
}

// UnmarshalJSON reads the members that were sent; null removes them all.
func (d *DeviceChange) UnmarshalJSON(raw []byte) error {
	if string(raw) == "null" {
		*d = DeviceChange{Kind: Put(""), MAC: Put("")}
		return nil
	}
	type members DeviceChange
	return json.Unmarshal(raw, (*members)(d))
}

// Text is a member of a merge patch (RFC 7396): unsent leaves the field as it
// is, sent and empty (null in JSON) removes it.
type Text struct {
	Sent  bool
	Value string
}

// Put is a Text that sets a field.
func Put(value string) Text { return Text{Sent: true, Value: value} }

// UnmarshalJSON notes that the member was sent.
func (t *Text) UnmarshalJSON(raw []byte) error {
	*t = Put("")
	return json.Unmarshal(raw, &t.Value)
}

// Schema describes the member.
func (Text) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Nullable: true}
}

// List is a member of a merge patch that is replaced as a whole.
type List struct {
	Sent   bool
	Values []string
}

// PutAll is a List that sets a field.
func PutAll(values ...string) List { return List{Sent: true, Values: values} }

// UnmarshalJSON notes that the member was sent.
func (l *List) UnmarshalJSON(raw []byte) error {
	*l = PutAll()
	return json.Unmarshal(raw, &l.Values)
}

// Schema describes the member.
func (List) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeArray, Items: &huma.Schema{Type: huma.TypeString}, Nullable: true}
}

// as gives the values in another form, nil where they were not sent.
func (l List) as(form func([]string) []string) *[]string {
	if !l.Sent {
		return nil
	}
	values := form(l.Values)
	return &values
}

// as gives the value in another form, nil where it was not sent.
func (t Text) as(form func(string) string) *string {
	if !t.Sent {
		return nil
	}
	value := form(t.Value)
	return &value
}
