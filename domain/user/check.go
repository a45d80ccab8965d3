package user

import (
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/policy"
)

var (
	extensionForm = regexp.MustCompile(`^[0-9]+$`)
	macForm       = regexp.MustCompile(`^[0-9a-f]{12}$`)
	contractForm  = regexp.MustCompile(`^[0-9A-Za-z ./-]{1,40}$`)
	deviceForm    = regexp.MustCompile(`^[a-z0-9][a-z0-9 ._-]{0,39}$`)
)

// checkPerson judges the person's fields by the company's policy (rules 1.10,
// 3.3, X2, X12).
func checkPerson(c *domain.Check, p Person, rules policy.Policy) {
	checkName(c, "/firstName", p.FirstName, rules.FirstNameLength)
	checkName(c, "/lastName", p.LastName, rules.LastNameLength)
	checkName(c, "/directoryFirstName", p.DirectoryFirstName, rules.FirstNameLength)
	checkName(c, "/directoryLastName", p.DirectoryLastName, rules.LastNameLength)
	c.Need(p.Email == "" || ValidEmail(p.Email), "/email", "form", "is an address such as ada@example.com")
	for _, n := range []struct{ pointer, value string }{{"/mobile", p.Mobile}, {"/mobileNumber", p.MobileNumber}} {
		c.Need(n.value == "" || domain.E164(n.value).Valid(), n.pointer, "e164", "is an E.164 number such as +491711234567")
	}
	c.Need(p.ContractNumber == "" || contractForm.MatchString(p.ContractNumber), "/contractNumber", "form", "has at most 40 letters, digits and . / -")
	c.Need(p.MAC == "" || macForm.MatchString(p.MAC), "/device/mac", "form", "is a MAC address of 12 hexadecimal digits")
}

func checkName(c *domain.Check, pointer, name string, longest int) {
	length := utf8.RuneCountInString(name)
	c.Need(length <= longest, pointer, "too-long", "has %d characters, at most %d are allowed", length, longest)
	c.Need(utf8.ValidString(name) && !strings.ContainsFunc(name, unicode.IsControl), pointer, "form", "must not hold control characters")
}

// CheckExtension judges the form of a short number (X7).
func CheckExtension(c *domain.Check, extension string, rule policy.Extension) {
	if extension == "" {
		return
	}
	c.Need(!domain.EmergencySomewhere(extension), "/extension", "emergency", "%s is an emergency number", extension)
	fits := extensionForm.MatchString(extension) && len(extension) >= rule.Min && len(extension) <= rule.Max
	if rule.Min == rule.Max {
		c.Need(fits, "/extension", "form", "has exactly %d digits, not %q", rule.Min, extension)
		return
	}
	c.Need(fits, "/extension", "form", "has %d to %d digits, not %q", rule.Min, rule.Max, extension)
}

func checkPlace(c *domain.Check, firm company.State, site, licence, device, language string) {
	_, known := firm.Site(site)
	c.Need(site == "" || known, "/site", "unknown", "is not a site of the company")
	c.Need(licence == "" || firm.LicencesOf(licence) > 0, "/licence", "unknown", "is not a kind of licence the company has ordered")
	c.Need(device == "" || deviceForm.MatchString(device), "/device/kind", "form", "is none or the name of a model, lower case, at most 40 characters")
	if language != "" {
		company.NeedLanguage(c, "/language", language)
	}
}

// mostOptions is how many services a user can have.
const mostOptions = 20

// checkOptions judges the short names of a user's services, and what they need
// where the policy lists them.
func checkOptions(c *domain.Check, options []string, licence string, rules policy.Policy) {
	c.Need(len(options) <= mostOptions, "/options", "too-many", "has at most %d services", mostOptions)
	var right []string
	for n, option := range options {
		formed, twice := deviceForm.MatchString(option), slices.Contains(options[:n], option)
		c.Need(formed, "/options", "form", "has lower-case names of at most 40 letters, digits and . - _, not %q", option)
		c.Need(!twice, "/options", "twice", "names %s twice", option)
		if formed && !twice {
			right = append(right, option)
		}
	}
	rules.CheckAddOns(c, right, licence)
}

// ValidEmail tells whether a text is one bare address with a domain (RFC 5322).
func ValidEmail(text string) bool {
	address, err := mail.ParseAddress(text)
	if err != nil || address.Name != "" || address.Address != text || len(text) > 254 {
		return false
	}
	at := strings.LastIndexByte(text, '@')
	host := text[at+1:]
	return strings.Contains(host, ".") && !strings.HasPrefix(host, ".") && !strings.HasSuffix(host, ".") && !strings.HasPrefix(host, "[") && at <= 64
}

// FoldEmail gives the form of an address in which two writings of it are equal.
func FoldEmail(text string) string { return strings.ToLower(strings.TrimSpace(text)) }
