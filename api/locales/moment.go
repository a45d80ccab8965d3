package locales

import (
	"strings"
	"time"
)

// Moment words a moment for a sentence, to the minute and with its zone:
// "24 November 2026, 14:05 (UTC)".
func (v Voice) Moment(at time.Time, zone *time.Location) string {
	if zone == nil {
		zone = time.UTC
	}
	local := at.In(zone)
	months := strings.Fields(v.Say("moment.months"))
	month := local.Month().String()
	if len(months) == 12 {
		month = months[local.Month()-1]
	}
	return v.Say("moment.sentence", "Day", local.Day(), "Month", month, "Year", local.Year(), "Clock", local.Format("15:04"), "Zone", zone.String())
}

// Stamp is a moment for a table: "2026-11-24 14:05:09" in UTC.
func Stamp(at time.Time) string { return at.UTC().Format("2006-01-02 15:04:05") }
