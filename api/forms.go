package api

import "time"

// CompanyForm is the order of a company.
type CompanyForm struct {
	Name     string        `json:"name" example:"Acme GmbH" doc:"1 to 100 characters"`
	Policy   string        `json:"policy" example:"unifyoffice" doc:"Name of the operator's rules"`
	Strict   bool          `json:"strict,omitempty" doc:"Made as strict as it can be: users follow a mailed link and type a password sent by SMS, too"`
	Language string        `json:"language" example:"de" doc:"en, de, el, sv or it"`
	Country  string        `json:"country" example:"DE" doc:"ISO 3166-1; numbers may be written as they are in it"`
	Numbers  []BlockForm   `json:"numbers,omitempty" maxItems:"100" doc:"Numbers connected for the company"`
	Licences []LicenceForm `json:"licences,omitempty" maxItems:"100"`
	MainUser *MainUserForm `json:"mainUser,omitempty" doc:"Who speaks for the company; activated at once"`
}

// BlockForm is a row of consecutive numbers, both ends included.
type BlockForm struct {
	From string `json:"from" example:"+4930123450"`
	To   string `json:"to" example:"+4930123459"`
}

// LicenceForm is one line of an order.
type LicenceForm struct {
	Kind       string     `json:"kind" example:"standard"`
	Count      int        `json:"count" example:"10"`
	BoundUntil *time.Time `json:"boundUntil,omitempty"`
}

// MainUserForm is the person who speaks for the company.
type MainUserForm struct {
	FirstName string `json:"firstName,omitempty"`
	LastName  string `json:"lastName,omitempty"`
	Email     string `json:"email,omitempty"`
	Mobile    string `json:"mobile,omitempty"`
	Number    string `json:"number,omitempty" doc:"One of the company's numbers; by default the main number where the policy's users need one to be activated or to log in"`
	Extension string `json:"extension,omitempty" doc:"By default the last digits of the number, or the next free ones"`
}

// SiteForm is a new location of a company.
type SiteForm struct {
	Name     string `json:"name"`
	Country  string `json:"country,omitempty"`
	TimeZone string `json:"timeZone,omitempty"`
}

// UserForm is the order of a user.
type UserForm struct {
	FirstName          string      `json:"firstName,omitempty"`
	LastName           string      `json:"lastName,omitempty"`
	DirectoryFirstName string      `json:"directoryFirstName,omitempty" doc:"As colleagues see it"`
	DirectoryLastName  string      `json:"directoryLastName,omitempty"`
	Email              string      `json:"email,omitempty" example:"ada@example.com"`
	Mobile             string      `json:"mobile,omitempty" example:"+491711234567" doc:"Where SMS go"`
	MobileNumber       string      `json:"mobileNumber,omitempty" doc:"A mobile line of the operator"`
	ContractNumber     string      `json:"contractNumber,omitempty"`
	Number             string      `json:"number,omitempty" example:"+4930123450" doc:"One of the company's numbers, or of the operator's pool"`
	NumberFrom         string      `json:"numberFrom,omitempty" enum:"company,pool" doc:"company: the number that is named, or the next free one; pool: it is bought of the operator with the order, the one that is named or any. Without, it is the company's number that is named, or none"`
	Extension          string      `json:"extension,omitempty" example:"3450" doc:"By default the last digits of the number, or the next free ones"`
	Site               string      `json:"site,omitempty" doc:"Id of a site of the company"`
	Licence            string      `json:"licence,omitempty" doc:"Kind of licence the company has ordered"`
	Device             *DeviceForm `json:"device,omitempty"`
	Options            []string    `json:"options,omitempty" maxItems:"20" example:"[\"fax\"]" doc:"Services, by short names"`
	Language           string      `json:"language,omitempty" doc:"By default the company's"`
	Activate           *bool       `json:"activate,omitempty" doc:"Start the activation at once; by default as the policy says"`
}

// DeviceForm is the desk phone of a user.
type DeviceForm struct {
	Kind string `json:"kind" example:"snom d785" doc:"Name of a model, or none"`
	MAC  string `json:"mac,omitempty"`
}
