package kurrent

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"dialtone/domain"
)

// schemes are the names before "://", each also with "+discover" behind it.
var schemes = []string{"esdb", "kurrentdb", "kurrent", "kdb"}

// Parse reads a connection string:
//
//	scheme://[user:password@]host[:port][,host[:port]...][/][?key=value[&key=value...]]
//
// It is as strict as the .NET client: an unknown or repeated key and a path are
// errors. All that is wrong is told in one fault of kind Invalid, which holds
// no part of the string that could be a password.
func Parse(dsn string) (Settings, error) {
	p := parser{Settings: defaults()}
	scheme, rest, found := strings.Cut(dsn, "://")
	if !found || !p.scheme(scheme) {
		p.wrong("the scheme has to be %s, each also with +discover", strings.Join(schemes, ", "))
	}
	if found {
		authority, tail := cut(rest)
		p.authority(authority)
		path, options, any := strings.Cut(tail, "?")
		if path != "" && path != "/" {
			p.wrong("there is no path but /")
		}
		if any && options != "" {
			p.options(options, strings.Contains(tail, "@"))
		}
	}
	if len(p.problems) > 0 {
		return Settings{}, domain.Faultf(domain.Invalid, "connection-string",
			"the connection string is wrong: %s", strings.Join(p.problems, "; "))
	}
	return p.Settings, nil
}

// cut parts what stands before the first slash or question mark from the rest.
func cut(text string) (authority, tail string) {
	if at := strings.IndexAny(text, "/?"); at >= 0 {
		return text[:at], text[at:]
	}
	return text, ""
}

// parser is settings in the making, and what is wrong with the text.
type parser struct {
	Settings
	problems []string
}

func (p *parser) wrong(format string, args ...any) {
	p.problems = append(p.problems, fmt.Sprintf(format, args...))
}

func (p *parser) scheme(text string) bool {
	name, discover := strings.CutSuffix(strings.ToLower(text), "+discover")
	p.Discover = discover
	return slices.Contains(schemes, name)
}

func (p *parser) authority(text string) {
	hosts := text
	if at := strings.LastIndexByte(text, '@'); at >= 0 {
		p.login(text[:at])
		hosts = text[at+1:]
	}
	for i, part := range strings.Split(hosts, ",") {
		host, problem := parseHost(part)
		if problem != "" {
			p.wrong("host %d: %s", i+1, problem)
			continue
		}
		p.Hosts = append(p.Hosts, host)
	}
}

func (p *parser) login(text string) {
	user, password, found := strings.Cut(text, ":")
	if !found || user == "" || strings.Contains(password, ":") {
		p.wrong("before the @ stands user:password, with any : and @ in them percent-encoded")
		return
	}
	var err, other error
	p.User, err = url.PathUnescape(user)
	p.Password, other = url.PathUnescape(password)
	if err != nil || other != nil { // their texts would show the password
		p.wrong("user and password have to be percent-encoded")
	}
}
