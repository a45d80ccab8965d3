package company

// zones holds the countries that lie in one time zone, as far as operators are
// served there (IANA names).
var zones = map[string]string{
	"AT": "Europe/Vienna", "CH": "Europe/Zurich", "DE": "Europe/Berlin", "GB": "Europe/London",
	"GR": "Europe/Athens", "IT": "Europe/Rome", "SE": "Europe/Stockholm",
}

// ZoneAt names the time zone (IANA) of a site: its own, or the company's, which
// is that of its country where it lies in one unless another was named, or UTC. No site means the company itself.
func (s State) ZoneAt(site string) string {
	if place, ok := s.Site(site); ok && place.TimeZone != "" {
		return place.TimeZone
	}
	if s.TimeZone != "" {
		return s.TimeZone
	}
	if zone, ok := zones[s.Country]; ok {
		return zone
	}
	return "UTC"
}
