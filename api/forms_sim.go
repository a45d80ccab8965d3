package api

import (
	"time"

	"dialtone/domain/sim"
)

// SIMForm says which SIM a user is to have: a card by one of its numbers, or an
// eSIM, which has none before it is made.
type SIMForm struct {
	CardForm
	Kind string `json:"kind" enum:"voice,data,esim" doc:"data is a twin card, which needs its add-on"`
}

// CardForm is what somebody reads off a card, and when it is to work.
type CardForm struct {
	IMSI       string     `json:"imsi,omitempty" example:"240017431234567" doc:"15 digits"`
	ICCID      string     `json:"iccid,omitempty" doc:"19 or 20 digits, the last of which is a check digit"`
	Printed    string     `json:"printed,omitempty" doc:"The 13 digits on the small card"`
	ActivateOn *time.Time `json:"activateOn,omitempty" doc:"By default at once"`
}

func (f CardForm) typed() sim.Typed {
	return sim.Typed{IMSI: f.IMSI, ICCID: f.ICCID, Printed: f.Printed}
}
