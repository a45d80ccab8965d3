package api

// NumbersForm connects further blocks of numbers.
type NumbersForm struct {
	Numbers []BlockForm `json:"numbers" minItems:"1" maxItems:"100"`
	Kind    string      `json:"kind,omitempty" enum:"fixed,mobile" doc:"Fixed unless said otherwise"`
}

// LicencesForm orders licences in addition.
type LicencesForm struct {
	Licences []LicenceForm `json:"licences" minItems:"1" maxItems:"100"`
}

// PolicyForm names the policy a company is to adopt, with the values it has now.
type PolicyForm struct {
	Policy string `json:"policy" example:"unifyoffice"`
	Strict bool   `json:"strict,omitempty" doc:"Made as strict as it can be: users follow a mailed link and type a password sent by SMS, too"`
}

// CompanyChangeForm changes a company. Only what was sent is changed.
type CompanyChangeForm struct {
	Name       Text `json:"name,omitzero"`
	MainNumber Text `json:"mainNumber,omitzero" doc:"One of the company's numbers"`
	MainFax    Text `json:"mainFax,omitzero" doc:"One of the company's numbers; null for none"`
	MainUser   Text `json:"mainUser,omitzero" doc:"Id of a user of the company, who becomes an administrator"`
}

// AttendantForm names who is rung for the company.
type AttendantForm struct {
	User string `json:"user" doc:"Id of a user of the company"`
}

// RegionForm says where a company is at home.
type RegionForm struct {
	Language string `json:"language" example:"de" doc:"en, de, el, sv or it"`
	TimeZone string `json:"timeZone" example:"Europe/Berlin" doc:"IANA name"`
}

// SetupForm says how far an admin is with a step of the set-up.
type SetupForm struct {
	State string `json:"state" enum:"done,skipped,open"`
}
