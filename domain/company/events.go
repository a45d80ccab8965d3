// Package company is the rule of a company: the operator's customer with its
// sites, number blocks, ordered licences and the policy it has adopted.
package company

import (
	"time"

	"dialtone/domain"
	"dialtone/domain/policy"
)

// Stream is the name of a company's stream.
func Stream(id string) string { return "company-" + id }

// Created says that the operator has a new company.
type Created struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Language string `json:"language"` // BCP 47, "de"
	Country  string `json:"country"`  // ISO 3166-1 alpha-2, "DE"
}

// PolicyAdopted says by which values the company's users are treated from now on.
type PolicyAdopted struct {
	Policy policy.Policy `json:"policy"`
}

// NumbersConnected says that a block of numbers is the company's.
type NumbersConnected struct {
	From domain.E164 `json:"from"`
	To   domain.E164 `json:"to"`
}

// NumbersBought says that numbers of the operator's pool are the company's.
type NumbersBought struct {
	From domain.E164 `json:"from"`
	To   domain.E164 `json:"to"`
}

// NumbersReturned says that numbers are the company's no longer.
type NumbersReturned struct {
	From domain.E164 `json:"from"`
	To   domain.E164 `json:"to"`
}

// MainNumberSet says which number is the company's main number.
type MainNumberSet struct {
	Number domain.E164 `json:"number"`
}

// LicencesOrdered says how many licences of a kind were ordered in addition.
type LicencesOrdered struct {
	Kind       string     `json:"kind"`
	Count      int        `json:"count"`
	BoundUntil *time.Time `json:"boundUntil,omitempty"`
}

// SiteOpened says that the company has a location.
type SiteOpened struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Country  string `json:"country"`
	TimeZone string `json:"timeZone"` // IANA name
}

// ClaimAbandoned says that something claimed for this company was given up,
// since no fact of the company had named it by its deadline.
type ClaimAbandoned struct {
	Claim string `json:"claim"`
}

// Type is the wire name.
func (Created) Type() string { return "company.created.v1" }

// Type is the wire name.
func (PolicyAdopted) Type() string { return "company.policy-adopted.v1" }

// Type is the wire name.
func (NumbersConnected) Type() string { return "company.numbers-connected.v1" }

// Type is the wire name.
func (NumbersBought) Type() string { return "company.numbers-bought.v1" }

// Type is the wire name.
func (NumbersReturned) Type() string { return "company.numbers-returned.v1" }

// Type is the wire name.
func (MainNumberSet) Type() string { return "company.main-number-set.v1" }

// Type is the wire name.
func (LicencesOrdered) Type() string { return "company.licences-ordered.v1" }

// Type is the wire name.
func (SiteOpened) Type() string { return "company.site-opened.v1" }

// Type is the wire name.
func (ClaimAbandoned) Type() string { return "company.claim-abandoned.v1" }
