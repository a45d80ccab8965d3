package kurrent_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"
	"time"

	"dialtone/domain"
	"dialtone/eventstore/kurrent"
)

// usual are the settings of esdb://localhost, changed.
func usual(change func(*kurrent.Settings)) kurrent.Settings {
	s := kurrent.Settings{
		Hosts: []kurrent.Host{{Name: "localhost", Port: 2113}}, TLS: true, VerifyCertificate: true,
		MaxDiscoverAttempts: 10, DiscoveryInterval: 100 * time.Millisecond, GossipTimeout: 5 * time.Second,
		NodePreference: kurrent.Leader, KeepAliveInterval: 10 * time.Second, KeepAliveTimeout: 10 * time.Second,
		DefaultDeadline: 10 * time.Second, ThrowOnAppendFailure: true,
	}
	if change != nil {
		change(&s)
	}
	return s
}

func hosts(pairs ...any) []kurrent.Host {
	var list []kurrent.Host
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, kurrent.Host{Name: pairs[i].(string), Port: uint16(pairs[i+1].(int))})
	}
	return list
}

func TestAConnectionStringIsRead(t *testing.T) {
	type settings = kurrent.Settings
	discover := func(s *settings) { s.Discover = true }
	for dsn, change := range map[string]func(*settings){
		"esdb://localhost":                 nil,
		"kurrentdb://localhost":            nil,
		"kurrent://localhost":              nil,
		"kdb://localhost":                  nil,
		"ESDB://localhost":                 nil,
		"esdb+discover://localhost":        discover,
		"kurrentdb+discover://localhost":   discover,
		"kurrent+discover://localhost":     discover,
		"kdb+discover://localhost":         discover,
		"esdb://localhost/":                nil,
		"esdb://localhost?":                nil,
		"esdb://localhost:2113/?":          nil,
		"esdb://my_host_1:1":               func(s *settings) { s.Hosts = hosts("my_host_1", 1) },
		"esdb://10.0.0.1:65535":            func(s *settings) { s.Hosts = hosts("10.0.0.1", 65535) },
		"esdb://[::1]":                     func(s *settings) { s.Hosts = hosts("::1", 2113) },
		"esdb://[fe80::1]:3000":            func(s *settings) { s.Hosts = hosts("fe80::1", 3000) },
		"esdb://a,b:22,c.example.com:2113": func(s *settings) { s.Hosts = hosts("a", 2113, "b", 22, "c.example.com", 2113) },
		"esdb+discover://a:1,[::1]:2": func(s *settings) {
			s.Hosts, s.Discover = hosts("a", 1, "::1", 2), true
		},
		"esdb://admin:changeit@localhost": func(s *settings) { s.User, s.Password = "admin", "changeit" },
		"esdb://a%3Ab:%40%2F%3f%25%3A@localhost/?tls=true": func(s *settings) {
			s.User, s.Password = "a:b", "@/?%:"
		},
		"esdb://a@b:c@localhost":                func(s *settings) { s.User, s.Password = "a@b", "c" },
		"esdb://localhost?tls=false":            func(s *settings) { s.TLS = false },
		"esdb://localhost/?TLS=False":           func(s *settings) { s.TLS = false },
		"esdb://localhost?TLSVerifyCert=FALSE":  func(s *settings) { s.VerifyCertificate = false },
		"esdb://localhost?tlsCaFile=%2Fa%20b/c": func(s *settings) { s.CAFile = "/a b/c" },
		"esdb://localhost?userCertFile=c.pem&userKeyFile=k.pem": func(s *settings) {
			s.CertFile, s.KeyFile = "c.pem", "k.pem"
		},
		"esdb://localhost?maxDiscoverAttempts=1&discoveryInterval=0&gossipTimeout=7": func(s *settings) {
			s.MaxDiscoverAttempts, s.DiscoveryInterval, s.GossipTimeout = 1, 0, 7*time.Millisecond
		},
		"esdb://localhost?nodePreference=Follower":        func(s *settings) { s.NodePreference = kurrent.Follower },
		"esdb://localhost?NODEPREFERENCE=readonlyreplica": func(s *settings) { s.NodePreference = kurrent.ReadOnlyReplica },
		"esdb://localhost?nodepreference=random":          func(s *settings) { s.NodePreference = kurrent.Random },
		"esdb://localhost?nodepreference=LEADER":          nil,
		"esdb://localhost?keepAliveInterval=-1&keepAliveTimeout=-1": func(s *settings) {
			s.KeepAliveInterval, s.KeepAliveTimeout = 0, 0
		},
		"esdb://localhost?KeepAliveInterval=15000&KEEPALIVETIMEOUT=500": func(s *settings) {
			s.KeepAliveInterval, s.KeepAliveTimeout = 15*time.Second, 500*time.Millisecond
		},
		"esdb://localhost?defaultDeadline=250":        func(s *settings) { s.DefaultDeadline = 250 * time.Millisecond },
		"esdb://localhost?throwOnAppendFailure=false": func(s *settings) { s.ThrowOnAppendFailure = false },
		"esdb://localhost?connectionName=line%201":    func(s *settings) { s.ConnectionName = "line 1" },
	} {
		got, err := kurrent.Parse(dsn)
		if want := usual(change); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v; want %+v", dsn, got, err, want)
		}
	}
}

func TestAWrongConnectionStringIsRefusedWithEverythingThatIsWrong(t *testing.T) {
	for dsn, parts := range map[string][]string{
		"":                                        {"scheme"},
		"localhost:2113":                          {"scheme"},
		"http://localhost":                        {"scheme"},
		"esdb+dns://localhost":                    {"scheme"},
		"esdb:/localhost":                         {"scheme"},
		"esdb://":                                 {"host 1: the name is missing"},
		"esdb://:2113":                            {"host 1: the name is missing"},
		"esdb://a,,b":                             {"host 2: the name is missing"},
		"esdb://a,b:0,c:x":                        {"host 2: the port", "host 3: the port"},
		"esdb://a:65536":                          {"port"},
		"esdb://a:-1":                             {"port"},
		"esdb://a:":                               {"port"},
		"esdb://a b":                              {"character"},
		"esdb://::1":                              {"host 1"},
		"esdb://[::1":                             {"brackets"},
		"esdb://[1.2.3.4]":                        {"IPv6"},
		"esdb://[::1]2113":                        {"brackets"},
		"esdb://a/path":                           {"path"},
		"esdb://a//?tls=true":                     {"path"},
		"esdb://user@a":                           {"user:password"},
		"esdb://:x@a":                             {"user:password"},
		"esdb://u:%zz@a":                          {"percent-encoded"},
		"esdb://a?tls=yes":                        {"tls has to be true or false"},
		"esdb://a?tls":                            {"option 1 is no key=value"},
		"esdb://a?tls=true&":                      {"option 2 is no key=value"},
		"esdb://a?=true":                          {"option 1 is no key=value"},
		"esdb://a?unknown=1":                      {`no option "unknown"`},
		"esdb://a?tls=true&TLS=true":              {"TLS stands there twice"},
		"esdb://a?keepAliveInterval=-2":           {"keepAliveInterval has to be a number of milliseconds from -1 on"},
		"esdb://a?keepAliveTimeout=ten":           {"keepAliveTimeout"},
		"esdb://a?keepAliveTimeout=99999999999":   {"keepAliveTimeout"},
		"esdb://a?maxDiscoverAttempts=0":          {"maxDiscoverAttempts has to be a number from 1 on"},
		"esdb://a?discoveryInterval=-1":           {"discoveryInterval"},
		"esdb://a?gossipTimeout=0":                {"gossipTimeout"},
		"esdb://a?defaultDeadline=1.5":            {"defaultDeadline"},
		"esdb://a?nodePreference=nearest":         {"nodePreference has to be leader, follower"},
		"esdb://a?userCertFile=x":                 {"need each other"},
		"esdb://a?userKeyFile=x":                  {"need each other"},
		"esdb://a?tlsCaFile=":                     {"tlsCaFile has to be there"},
		"esdb://a?connectionName=%":               {"connectionName is not percent-encoded"},
		"x://a:b/c?tls=1&gossipTimeout=0&foo=bar": {"scheme", "port", "path", "tls", "gossipTimeout", "foo"},
	} {
		_, err := kurrent.Parse(dsn)
		if err == nil || domain.KindOf(err) != domain.Invalid {
			t.Errorf("%s: error %v, want a fault of kind invalid", dsn, err)
			continue
		}
		for _, part := range parts {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%s: the error %q does not tell %q", dsn, err, part)
			}
		}
	}
}

func TestNoErrorAndNoPrintShowsThePassword(t *testing.T) {
	const password = "s3cret"
	for _, dsn := range []string{
		"esdb://user:s3cret@:x", "esdb://user:s3cret%zz@a", "http://user:s3cret@a", "esdb://user:s3cret@a/path?b=c",
		"esdb://user:s3cret/x@a", "esdb://user:x/s3cret@a", "esdb://user:x?s3cret=@a", "esdb://user:x?y=s3cret@a",
		"esdb://user:x?tls=s3cret@a", "esdb://user:a:s3cret@a", "esdb://s3cret@a", "esdb:/u:s3cret@a", "s3cret",
		"esdb://user:x?s3cret@a=b&tls=true",
	} {
		if _, err := kurrent.Parse(dsn); err == nil || strings.Contains(err.Error(), password) {
			t.Errorf("%s: the error is %v", dsn, err)
		}
	}
	settings, err := kurrent.Parse("esdb://ada:s3cret@a:1,b:2/?tls=false")
	if err != nil {
		t.Fatal(err)
	}
	encoded, _ := json.Marshal(map[string]any{"settings": settings})
	var logged strings.Builder
	slog.New(slog.NewTextHandler(&logged, nil)).Info("x", "settings", settings, "in", struct{ S kurrent.Settings }{settings})
	for _, text := range []string{
		settings.String(), fmt.Sprintf("%v %+v %#v %s", settings, settings, settings, &settings),
		fmt.Sprintf("%+v", struct{ S kurrent.Settings }{settings}), string(encoded), logged.String(),
	} {
		if strings.Contains(text, password) || !strings.Contains(text, "ada:***@a:1,b:2") {
			t.Errorf("printed as %s", text)
		}
	}
}
