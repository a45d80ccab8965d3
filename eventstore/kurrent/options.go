package kurrent

import (
	"net/url"
	"strconv"
	"strings"
	"time"
)

// option takes the value of a key, or tells what the value has to be.
type option func(p *parser, value string) (needed string)

// options are the known keys, in lower case.
var options = map[string]option{
	"tls":                  truth(func(s *Settings) *bool { return &s.TLS }),
	"tlsverifycert":        truth(func(s *Settings) *bool { return &s.VerifyCertificate }),
	"tlscafile":            text(func(s *Settings) *string { return &s.CAFile }),
	"usercertfile":         text(func(s *Settings) *string { return &s.CertFile }),
	"userkeyfile":          text(func(s *Settings) *string { return &s.KeyFile }),
	"maxdiscoverattempts":  attempts,
	"discoveryinterval":    milliseconds(func(s *Settings) *time.Duration { return &s.DiscoveryInterval }, 0),
	"gossiptimeout":        milliseconds(func(s *Settings) *time.Duration { return &s.GossipTimeout }, 1),
	"nodepreference":       preference,
	"keepaliveinterval":    milliseconds(func(s *Settings) *time.Duration { return &s.KeepAliveInterval }, -1),
	"keepalivetimeout":     milliseconds(func(s *Settings) *time.Duration { return &s.KeepAliveTimeout }, -1),
	"defaultdeadline":      milliseconds(func(s *Settings) *time.Duration { return &s.DefaultDeadline }, 1),
	"throwonappendfailure": truth(func(s *Settings) *bool { return &s.ThrowOnAppendFailure }),
	"connectionname":       text(func(s *Settings) *string { return &s.ConnectionName }),
}

// options reads the pairs behind the question mark. A secret one could hold a
// piece of a password that was not encoded: then its keys are not told.
func (p *parser) options(list string, secret bool) {
	seen := map[string]bool{}
	for i, pair := range strings.Split(list, "&") {
		key, value, found := strings.Cut(pair, "=")
		name := key
		if secret {
			name = "number " + strconv.Itoa(i+1)
		}
		set := options[strings.ToLower(key)]
		switch {
		case !found || key == "":
			p.wrong("option %d is no key=value", i+1)
			continue
		case set == nil:
			p.wrong("there is no option %s", strconv.Quote(name))
			continue
		case seen[strings.ToLower(key)]:
			p.wrong("the option %s stands there twice", name)
			continue
		}
		seen[strings.ToLower(key)] = true
		decoded, err := url.PathUnescape(value)
		if needed := set(p, decoded); err != nil {
			p.wrong("the option %s is not percent-encoded", name)
		} else if needed != "" {
			p.wrong("the option %s has to be %s", name, needed)
		}
	}
	if (p.CertFile == "") != (p.KeyFile == "") {
		p.wrong("userCertFile and userKeyFile need each other")
	}
}

func truth(field func(*Settings) *bool) option {
	return func(p *parser, value string) string {
		switch strings.ToLower(value) {
		case "true":
			*field(&p.Settings) = true
		case "false":
			*field(&p.Settings) = false
		default:
			return "true or false"
		}
		return ""
	}
}

func text(field func(*Settings) *string) option {
	return func(p *parser, value string) string {
		if value == "" {
			return "there"
		}
		*field(&p.Settings) = value
		return ""
	}
}

// milliseconds reads a duration; -1, where it is allowed, means off.
func milliseconds(field func(*Settings) *time.Duration, least int64) option {
	return func(p *parser, value string) string {
		number, err := strconv.ParseInt(value, 10, 32)
		if err != nil || number < least {
			return "a number of milliseconds from " + strconv.FormatInt(least, 10) + " on"
		}
		*field(&p.Settings) = time.Duration(max(number, 0)) * time.Millisecond
		return ""
	}
}

func attempts(p *parser, value string) string {
	number, err := strconv.ParseInt(value, 10, 32)
	if err != nil || number < 1 {
		return "a number from 1 on"
	}
	p.MaxDiscoverAttempts = int(number)
	return ""
}

func preference(p *parser, value string) string {
	for _, known := range []Preference{Leader, Follower, Random, ReadOnlyReplica} {
		if strings.EqualFold(value, string(known)) {
			p.NodePreference = known
			return ""
		}
	}
	return "leader, follower, random or readOnlyReplica"
}
