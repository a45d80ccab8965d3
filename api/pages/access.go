package pages

import "time"

// Secret is a temporary password that goes by hand; without Password it was
// shown before, or Chosen by who hands it over.
type Secret struct {
	User, LoginName, Password, Passcode string
	Chosen                              bool
}

// credentialEnds tells when the password no longer counts.
func (a Account) credentialEnds() (time.Time, bool) {
	if a.Credential.ExpiresAt == nil {
		return time.Time{}, false
	}
	return *a.Credential.ExpiresAt, true
}
