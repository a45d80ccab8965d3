package policy

import (
	"slices"
	"time"
)

const (
	strictValid  = 48 * time.Hour
	strictRemind = 36 * time.Hour
)

// Strictest gives the policy with the strictest way to a first secret: a mailed
// link for 48 hours whose page also asks for a password sent by SMS, instead of
// whatever the policy has, so that whoever reads only one of the two gets nowhere
// (X3). Mail and mobile are both needed then. Since the user need not have got a
// name, the address lets in as well; a voicemail passcode that would have been
// sent is the PIN that is chosen. Passwords of desk phones are drawn. Name, version and all other values stay.
func (p Policy) Strictest() Policy {
	p.Strict, p.Email, p.Mobile = true, EmailRequired, MobileRequired
	p.Steps, p.DevicePasswords = withLink(p.Steps), ""
	p.Link.Valid, p.Link.SMSPassword = Duration(strictValid), true
	if p.Link.RemindAfter <= 0 || p.Link.RemindAfter >= p.Link.Valid {
		p.Link.RemindAfter = Duration(strictRemind)
	}
	p.Login.Names = slices.Clone(p.Usual().Login.Names)
	if !slices.Contains(p.Login.Names, LoginEmail) {
		p.Login.Names = append(p.Login.Names, LoginEmail)
	}
	if p.Secrets.PIN == (PIN{}) && p.Credentials.Passcode > 0 {
		p.Secrets.PIN = PIN{Min: p.Credentials.Passcode, Max: p.Credentials.Passcode}
	}
	return p
}

// withLink puts a link where a temporary password was handed over, else behind
// the line and the network; the mobile is verified last.
func withLink(steps []string) []string {
	steps = slices.Clone(steps)
	handed := slices.Index(steps, StepCredentials)
	switch mobile := slices.Index(steps, StepMobile); {
	case slices.Contains(steps, StepLink):
		return slices.DeleteFunc(steps, func(step string) bool { return step == StepCredentials })
	case handed >= 0:
		steps[handed] = StepLink
		return steps
	case mobile >= 0:
		return slices.Insert(steps, mobile, StepLink)
	}
	return append(steps, StepLink)
}
