package activities

import (
	"net/url"
	"regexp"
	"strings"

	"dialtone/domain"
)

var (
	alphanumeric = regexp.MustCompile(`^[A-Za-z0-9]+$`)
	senderName   = regexp.MustCompile(`^[A-Za-z0-9]{1,10}$`)
	wideName     = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9 ]{0,9}[A-Za-z0-9])?$`)
	anyLetter    = regexp.MustCompile(`[A-Za-z]`)
)

// validSender tells whether a text can be an SMS sender: an E.164 number, or a
// name of 1 to 10 letters and digits that is not a number; a wide one may have
// 11 characters, and spaces between them.
func validSender(from string, wide bool) bool {
	if domain.E164(from).Valid() {
		return true
	}
	name := senderName
	if wide {
		name = wideName
	}
	return name.MatchString(from) && anyLetter.MatchString(from)
}

// ParseSMS reads twilio://SID:TOKEN@?from=…, with the options base (where the
// API is) and status (where deliveries are reported). Its errors show no part
// of the text, since any part can be a piece of the token.
func ParseSMS(raw string) (SMSConfig, error) {
	parsed, err := url.Parse(raw)
	if err != nil || parsed.Scheme != "twilio" || parsed.Host != "" || strings.Trim(parsed.Path, "/") != "" {
		return SMSConfig{}, smsFault("it must look like twilio://SID:TOKEN@?from=SENDER")
	}
	config := SMSConfig{AccountSID: parsed.User.Username()}
	config.AuthToken, _ = parsed.User.Password()
	if !alphanumeric.MatchString(config.AccountSID) || !alphanumeric.MatchString(config.AuthToken) {
		return SMSConfig{}, smsFault("account SID and token must both be there, of letters and digits")
	}
	// The plus of an international number stands for itself here, not for a space.
	options, err := url.ParseQuery(strings.ReplaceAll(parsed.RawQuery, "+", "%2B"))
	if err != nil {
		return SMSConfig{}, smsFault("its options can't be read")
	}
	for name, values := range options {
		switch last := values[len(values)-1]; name {
		case "from":
			config.From = last
		case "base":
			config.BaseURL = last
		case "status":
			config.StatusURL = last
		default:
			return SMSConfig{}, smsFault("it has an unknown option; known are from, base and status")
		}
	}
	if !validSender(config.From, false) {
		return SMSConfig{}, smsFault("from must be a number such as +4930123456, or 1 to 10 letters and digits with at least one letter")
	}
	if config.BaseURL != "" && !webLink(config.BaseURL) || config.StatusURL != "" && !webLink(config.StatusURL) {
		return SMSConfig{}, smsFault("base and status must be http or https URLs")
	}
	return config, nil
}

func smsFault(reason string) error {
	return domain.Faultf(domain.Invalid, "sms-url", "reading the SMS address: %s", reason)
}
