package pages

import (
	"time"

	"dialtone/api/locales"
	"dialtone/domain/user"
)

// Changed is a field of something that exists, with what it showed at first.
type Changed struct {
	Field
	Was string
}

// faulty tells whether something is wrong with one of the fields.
func faulty(fields []Changed) bool {
	for _, field := range fields {
		if len(field.Errors) > 0 {
			return true
		}
	}
	return false
}

// tried words whether the user has tried to reset the password without help,
// which whoever is about to reset it should know (1.19).
func tried(f Frame, reset user.SelfReset) string {
	return f.Say("access.self-"+string(reset.Outcome), "When", locales.Stamp(reset.At.In(time.UTC))+" UTC", "Where", "/reset")
}
