package main

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"dialtone/activities"
)

func (c *Config) validate() error {
	var problems []error
	need := func(ok bool, format string, args ...any) {
		if !ok {
			problems = append(problems, fmt.Errorf(format, args...))
		}
	}
	for _, a := range []struct{ flag, value string }{{"http", c.HTTP}, {"sip", c.SIP}, {"temporal-ui", c.TemporalUI}} {
		_, _, err := net.SplitHostPort(a.value)
		need(err == nil, "--%s is host:port, not %q", a.flag, a.value)
	}
	if c.PublicURL != "" {
		u, err := url.Parse(c.PublicURL)
		need(err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && strings.Trim(u.Path, "/") == "" && u.RawQuery == "",
			"--public-url is an origin such as https://phones.example.com, not %q", c.PublicURL)
	}
	need(c.SIPDomain != "" && !strings.ContainsAny(c.SIPDomain, " \"@:/"), "--sip-domain is a domain, not %q", c.SIPDomain)
	_, err := trunkAddress(c.Trunk)
	need(err == nil, "--trunk is sip:host:port, not %q", c.Trunk)
	need(eventsAt(c.Database) == sqliteEvents, "--database is sqlite:FILE; other databases are not built yet")
	switch eventsAt(c.Keys) {
	case sqliteEvents:
	case postgresEvents:
		_, err := pgconn.ParseConfig(c.Keys)
		need(err == nil, "--keys: %v", err)
	default:
		need(false, "--keys is sqlite:FILE or postgres://…")
	}
	problems = append(problems, checkEvents(c.EventStore))
	if c.EventStoreListen != "" {
		_, _, err := net.SplitHostPort(c.EventStoreListen)
		need(err == nil, "--eventstore-listen is host:port, not %q", c.EventStoreListen)
	}
	if c.Temporal != embedded {
		_, _, err := net.SplitHostPort(c.Temporal)
		need(err == nil, "--temporal is embedded or host:port, not %q", c.Temporal)
	}
	if c.SMTP != embedded {
		_, err := activities.ParseSMTP(c.SMTP)
		need(err == nil, "--smtp: %v", err)
	}
	if c.SIMVendor != embedded && c.SIMVendor != "" {
		_, err := activities.ParseVendor(c.SIMVendor)
		need(err == nil, "--sim-vendor: %v", err)
	}
	if c.SMS != embedded {
		_, err := activities.ParseSMS(c.SMS)
		need(err == nil, "--sms: %v", err)
	}
	_, err = c.oidc()
	need(err == nil, "%v", err)
	if c.Policies != "" {
		_, err := rules(*c)
		need(err == nil, "--policies: %v", err)
	}
	if strings.HasPrefix(c.MasterKey, "env:") {
		_, err := masterKey(c.MasterKey)
		need(err == nil, "--master-key: %v", err)
	}
	_, err = logLevel(c.LogLevel)
	need(err == nil, "--log-level is debug, info, warn or error, not %q", c.LogLevel)
	return errors.Join(problems...)
}

// unserved names the settings that ask for what is not served yet.
func (c *Config) unserved() []string {
	var names []string
	for name, asked := range map[string]bool{
		"sip-tls": c.SIPTLS != "", "sip-ws": c.SIPWS != "",
	} {
		if asked {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// trunkAddress gives host:port of sip:host:port; "" stays "".
func trunkAddress(uri string) (string, error) {
	if uri == "" {
		return "", nil
	}
	address, found := strings.CutPrefix(uri, "sip:")
	host, port, err := net.SplitHostPort(address)
	if !found || err != nil || host == "" || port == "" {
		return "", fmt.Errorf("%q is not sip:host:port", uri)
	}
	return address, nil
}
