package activities

import (
	"net/url"
	"strconv"

	"dialtone/domain"
)

// mailSchemes gives what a scheme stands for: submission with STARTTLS on 587
// (RFC 6409), or with TLS from the first byte on 465 (RFC 8314).
var mailSchemes = map[string]struct {
	port int
	tls  TLSMode
}{
	"smtp":  {587, TLSOffered},
	"smtps": {465, TLSImplicit},
}

// ParseSMTP reads smtp://user:pass@host:port or smtps://…, with the options
// tls (none, starttls, required), from, name and helo in the query. Its errors
// show no part of the text, since any part can be a piece of the password.
func ParseSMTP(raw string) (MailConfig, error) {
	parsed, err := url.Parse(raw)
	if err != nil {
		return MailConfig{}, smtpFault("it is not a URL; write special characters of user and password as %XX")
	}
	scheme, ok := mailSchemes[parsed.Scheme]
	if !ok {
		return MailConfig{}, smtpFault("it must begin with smtp:// or smtps://")
	}
	if parsed.Hostname() == "" || (parsed.Path != "" && parsed.Path != "/") || parsed.Fragment != "" {
		return MailConfig{}, smtpFault("after the scheme must stand user:pass@host:port; write special characters of user and password as %XX")
	}
	config := MailConfig{Host: parsed.Hostname(), Port: scheme.port, TLS: scheme.tls, Username: parsed.User.Username()}
	config.Password, _ = parsed.User.Password()
	if text := parsed.Port(); text != "" {
		if config.Port, err = strconv.Atoi(text); err != nil || config.Port < 1 || config.Port > 65535 {
			return MailConfig{}, smtpFault("its port must be between 1 and 65535")
		}
	}
	if (config.Username == "") != (config.Password == "") {
		return MailConfig{}, smtpFault("it must have both a user and a password, or neither")
	}
	return config.withOptions(parsed.Query())
}

func (c MailConfig) withOptions(options url.Values) (MailConfig, error) {
	for name, values := range options {
		value := values[len(values)-1]
		switch name {
		case "tls":
			implicit := c.TLS == TLSImplicit
			c.TLS = TLSMode(value)
			if implicit || c.TLS != TLSNone && c.TLS != TLSOffered && c.TLS != TLSRequired {
				return MailConfig{}, smtpFault("its tls option must be none, starttls or required; smtps:// is for TLS from the first byte")
			}
		case "from":
			c.From = value
		case "name":
			c.FromName = value
		case "helo":
			c.HELO = value
		default:
			return MailConfig{}, smtpFault("it has an unknown option; known are tls, from, name and helo")
		}
	}
	return c, nil
}

func smtpFault(reason string) error {
	return domain.Faultf(domain.Invalid, "smtp-url", "reading the SMTP address: %s", reason)
}
