package api

import (
	"time"

	"dialtone/domain/device"
	"dialtone/projections"
)

// DevicePhoneForm is a new desk phone of a company.
type DevicePhoneForm struct {
	Company      string `json:"company,omitempty" doc:"An admin's is the own one"`
	Manufacturer string `json:"manufacturer" example:"yealink" doc:"A short name of the list of models, or other"`
	Model        string `json:"model" example:"T46U"`
	MAC          string `json:"mac,omitempty" example:"00:15:65:ab:cd:ef" doc:"The MAC address or the serial number is needed"`
	Serial       string `json:"serial,omitempty"`
}

// GivenForm says who is to have a phone.
type GivenForm struct {
	User string `json:"user" minLength:"1"`
}

// DeskPhone is a desk phone of a company.
type DeskPhone struct {
	ID           string     `json:"id"`
	Company      string     `json:"company"`
	Manufacturer string     `json:"manufacturer"`
	Model        string     `json:"model"`
	MAC          string     `json:"mac,omitempty" doc:"12 lower-case hexadecimal digits"`
	Serial       string     `json:"serial,omitempty"`
	User         string     `json:"user,omitempty" doc:"Absent when no user has it"`
	Provisioned  bool       `json:"provisioned" doc:"Its configuration has an address"`
	FetchedAt    *time.Time `json:"fetchedAt,omitempty" doc:"When it last picked up its configuration"`
	Agent        string     `json:"agent,omitempty" doc:"What it called itself then"`
	Removed      bool       `json:"removed,omitempty"`
	Stale        bool       `json:"stale,omitempty" doc:"Facts wait that are not shown yet"`
}

// AddressBody tells where a phone fetches its configuration.
type AddressBody struct {
	Folder string `json:"folder,omitempty" doc:"The provisioning server's address, for phones that add the file's name. Told this once"`
	File   string `json:"file,omitempty" doc:"The address of the first file. Told this once"`
	Detail string `json:"detail,omitempty" doc:"In a repetition: where the addresses have gone"`
}

func shownPhone(r projections.DeviceRow) DeskPhone {
	return DeskPhone{
		ID: r.ID, Company: r.Company, Manufacturer: r.Manufacturer, Model: r.Model, MAC: r.MAC, Serial: r.Serial, User: r.User,
		Provisioned: r.Generation > 0, FetchedAt: r.FetchedAt, Agent: r.Agent, Removed: r.Gone,
	}
}

// phoneState shows a phone as a command left it, ahead of the read models.
func phoneState(s device.State) DeskPhone {
	shown := DeskPhone{
		ID: s.ID, Company: s.Company, Manufacturer: s.Manufacturer, Model: s.Model, MAC: s.Marks.MAC, Serial: s.Marks.Serial, User: s.User,
		Provisioned: s.Generation > 0, Agent: s.Fetched.Agent, Removed: s.Gone,
	}
	if !s.FetchedAt.IsZero() {
		shown.FetchedAt = &s.FetchedAt
	}
	return shown
}
