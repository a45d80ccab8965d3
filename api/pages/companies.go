package pages

import "dialtone/projections"

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
	Licences []projections.LicenceRow
	Users    Users
	Setup    Setup
	Changes  []DeskForm // of the operator
	Underway []Underway
	Fields   []Field
	Command  string
	Stale    bool // facts wait that are not shown yet
}

// Overview is what the back-office sees first.
type Overview struct {
	Counts    []StateCount
	Stuck     Users
	Underway  []Underway
	Companies []projections.CompanyRow
}

// StateCount is how many users stand in a state.
type StateCount struct {
	State string
	Users int
}
