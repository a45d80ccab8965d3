package pages

import (
	"dialtone/domain/company"
	"dialtone/projections"
)

// Companies is a page of the list of companies with the form for a new one.
type Companies struct {
	Rows    []projections.CompanyRow
	Next    string // cursor of the page behind
	Fields  []Field
	Command string
}

// Company is one company with the form for a new user.
type Company struct {
	projections.CompanyRow
	Licences  []LicenceKind
	Users     Users
	Setup     Setup
	MainUser  Option // id and name, "" where there is none
	Attendant Option
	Changes   []DeskForm // of the operator
	Underway  []Underway
	Help      []projections.UserRow // who waits for the company's admins
	Fields    []Field
	Command   string
	Stale     bool // facts wait that are not shown yet
}

// block words a block of numbers, and what keeps it from being in service.
func (c Company) block(f Frame, b company.Block) string {
	said := string(b.From) + " – " + string(b.To)
	connection, ordered := c.State.Connection(b.From)
	if !ordered || connection.State == company.Connected {
		return said
	}
	said += " · " + f.Say("setup.state."+string(connection.State))
	if t := connection.Trouble; t != nil {
		said += ": " + f.First(t.Cause, "cause."+t.Cause)
	}
	return said
}

// Overview is what the back-office sees first.
type Overview struct {
	Counts    []StateCount
	Stuck     Users
	Underway  []Underway
	Help      []projections.UserRow // who waits for the operator
	Companies []projections.CompanyRow
}

// StateCount is how many users stand in a state.
type StateCount struct {
	State string
	Users int
}
