package pages

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"dialtone/domain/device"
	"dialtone/projections"
)

// Phone is a desk phone with the user who has it, nothing for nobody.
type Phone struct {
	projections.DeviceRow
	Of Option
}

// Title gives the manufacturer and the model as people write them.
func (p Phone) Title() string {
	if maker, ok := device.Find(p.Manufacturer); ok && maker.Name != device.Other {
		return maker.Title + " " + p.Model
	}
	return p.Model
}

// Phones is a page of a company's desk phones with the form for another one.
type Phones struct {
	Company, CompanyName string
	Free                 bool // only those that no user has
	Rows                 []Phone
	Next                 string // cursor of the page behind
	Fields               []Field
	Command              string
}

// PhoneView is one desk phone with the forms that change it.
type PhoneView struct {
	Phone
	CompanyName string
	Fetches     bool // it can fetch its configuration
	Give        []Field
	Commands    struct{ Give, Take, Address, Login, Delete string }
	Stale       bool // facts wait that are not shown yet
}

// LoginChoice is a page of a company's users, of whom some are to have new logins.
type LoginChoice struct {
	Company, CompanyName string
	Rows                 []projections.UserRow
	Chosen               map[string]bool
	Next                 string // cursor of the page behind
	Fields               []Field
	Command              string
}

// Logins is what became of several users' logins. Again holds the form as it was
// sent, so that it can be sent again for the table.
type Logins struct {
	Company           string
	Domain, Transport string
	Rows              []PhoneLogin
	Again             url.Values
}

// PhoneLogin is one user's login, or why there is none.
type PhoneLogin struct {
	User, Name, Number, Extension string
	Username, Password            string
	Fault                         string
}

// name gives whose login it is.
func (l PhoneLogin) name() string {
	if l.Name == "" {
		return l.User
	}
	return l.Name
}

func phonePath(id, rest string) string { return "/devices/" + id + rest }

// printed is what stands on the phone's label.
func (p Phone) printed() string {
	if p.MAC == "" {
		return p.Serial
	}
	var groups []string
	for at := 0; at+2 <= len(p.MAC); at += 2 {
		groups = append(groups, p.MAC[at:at+2])
	}
	return strings.Join(groups, ":")
}

// macOf is the MAC address as it stands on the label, "" where it is not known.
func macOf(p Phone) string {
	if p.MAC == "" {
		return ""
	}
	return p.printed()
}

// behind is the path of the page behind this one.
func (p Phones) behind() string {
	query := url.Values{"cursor": {p.Next}}
	if p.Free {
		query.Set("free", "yes")
	}
	return withQuery(companyPath(p.Company, "/devices"), query)
}

// again gives the form's fields as they were sent, by name.
func (l Logins) again() (fields []Option) {
	for _, name := range slices.Sorted(maps.Keys(l.Again)) {
		if name != "as" {
			fields = append(fields, Option{Value: name, Label: l.Again.Get(name)})
		}
	}
	return fields
}
