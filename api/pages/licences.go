package pages

import "time"

// LicenceKind is one kind of licence of a company.
type LicenceKind struct {
	Kind            string
	Owned, Used     int
	Free, Returning int
	Bound           []BoundLicences
	Command         string // of the form that gives one back
	Loose           bool   // one could go back
}

// BoundLicences is how many licences are bound until a day.
type BoundLicences struct {
	Licences int
	Until    time.Time
}

// LicenceChoice is what a deletion asks about the user's licence: Kind is "" where
// there is none, and Bound where every one of the kind stays (rule 2.22).
type LicenceChoice struct {
	Kind  string
	Bound bool
	Swaps string // the name of who changes licences with the user for it, "" for nobody
}

func (b BoundLicences) words(f Frame) string {
	return f.Say("licence.bound-until", "Licences", count(b.Licences), "Day", b.Until.UTC().Format(time.DateOnly))
}
