package main

import (
	"net"
	"os"
	"strings"
	"testing"

	"dialtone/eventstore/storetest/certs"
)

func TestEveryKindOfEventStoreIsNamedByItsScheme(t *testing.T) {
	for dsn, want := range map[string]eventStores{
		"sqlite:events.db": sqliteEvents, "sqlite:": unknownEvents, "events.db": unknownEvents, "": unknownEvents,
		"postgres://u:p@127.0.0.1:5432/events": postgresEvents, "postgresql:///events": postgresEvents,
		"esdb://127.0.0.1:2113?tls=false": remoteEvents, "esdb+discover://cluster": remoteEvents, "kurrentdb://a,b,c": remoteEvents,
		"KURRENT+discover://a": remoteEvents, "kdb://a": remoteEvents, "mysql://x": unknownEvents,
	} {
		if got := eventsAt(dsn); got != want {
			t.Errorf("%q is of kind %d, want %d", dsn, got, want)
		}
	}
}

func TestNoPasswordIsShownOfAnEventStoresAddress(t *testing.T) {
	for dsn, want := range map[string]string{
		"sqlite:data/events.db":                        "sqlite:data/events.db",
		"postgres://ada:secret@db.example:5432/events": "postgres://db.example:5432/events",
		"esdb://ada:se%40cret@a:1,b:2?tls=false":       "esdb://a:1,b:2",
		"postgres://ada:sec@ret@db/events?sslmode=x":   "postgres://db/events",
		"postgres://db/events?password=secret":         "postgres://db/events",
	} {
		if got := shownEvents(dsn); got != want {
			t.Errorf("%q is shown as %q, want %q", dsn, got, want)
		}
	}
}

func TestAWrongEventStoreIsToldWithoutItsPassword(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, dsn := range []string{
		"mysql://ada:secret@x", "esdb://ada:secret@:99999999", "esdb://ada:secret@x?nodePreference=any", "postgres://ada:secret@x:notaport/y", "sqlite:",
	} {
		_, err := configOf(t, "--eventstore", dsn)
		if err == nil || !strings.Contains(err.Error(), "--eventstore") || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", dsn, err)
		}
	}
}

func TestAnEventStoreForOthersNeedsTLSAndALogin(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "password", "secret\n")
	for _, c := range []struct {
		flags []string
		lacks []string
	}{
		{nil, []string{"--eventstore-tls-cert", "--eventstore-user"}},
		{[]string{"--eventstore-insecure"}, nil},
		{[]string{"--eventstore-insecure", "--eventstore-listen=0.0.0.0:2113"}, []string{"loopback"}},
		{[]string{"--eventstore-insecure", "--eventstore-listen="}, []string{"--eventstore-listen"}},
		{[]string{"--eventstore-insecure", "--eventstore=esdb://other"}, []string{"SQL store"}},
	} {
		config, err := configOf(t, c.flags...)
		if err != nil {
			t.Fatalf("%v: %v", c.flags, err)
		}
		err = config.checkServing()
		if (err == nil) != (c.lacks == nil) {
			t.Errorf("%v: %v", c.flags, err)
		}
		for _, lacks := range c.lacks {
			if err != nil && !strings.Contains(err.Error(), lacks) {
				t.Errorf("%v: nothing is said of %s: %v", c.flags, lacks, err)
			}
		}
	}
}

func TestWhoSharesEventsWithOtherMachinesNeedsTLSAndALogin(t *testing.T) {
	t.Chdir(t.TempDir())
	everything := roles{api: true, worker: true, projector: true, sip: true}
	for flag, wrong := range map[string]bool{
		"--eventstore-listen=127.0.0.1:0": false, "--eventstore-listen=[::1]:0": false, "--eventstore-listen=": false,
		"--eventstore-listen=0.0.0.0:2113": true, "--eventstore-listen=:2113": true, "--eventstore-listen=store.example:2113": true,
	} {
		config, err := configOf(t, flag)
		if err != nil {
			t.Fatal(err)
		}
		if err := everything.check("run", config); (err != nil) != wrong {
			t.Errorf("%s: %v", flag, err)
		}
	}
}

func TestTheEventStoresPasswordComesFromAFileOrTheEnvironment(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "password", "from a file\r\n")
	write(t, "empty", "\n")
	cert, key := certs.Loopback(t)
	for _, c := range []struct {
		environment, flag, want string
	}{
		{"", "--eventstore-password-file=password", "from a file"},
		{"from the environment", "--eventstore-user=ada", "from the environment"},
		{"", "--eventstore-password-file=empty", "!"},
		{"", "--eventstore-password-file=missing", "!"},
		{"", "--eventstore-user=ada", "!"},
	} {
		t.Setenv("DIALTONE_EVENTSTORE_PASSWORD", c.environment)
		config, err := configOf(t, c.flag, "--eventstore-user=ada", "--eventstore-tls-cert="+cert, "--eventstore-tls-key="+key)
		if err == nil {
			err = config.checkLogin()
		}
		if (err != nil) != (c.want == "!") {
			t.Errorf("%s: %v", c.flag, err)
		}
		if got, _ := config.eventsPassword(); err == nil && got != c.want {
			t.Errorf("%s: the password is %q, want %q", c.flag, got, c.want)
		}
	}
	write(t, "dialtone.yaml", "eventstore-password: secret\n")
	if _, err := configOf(t); err == nil || !strings.Contains(err.Error(), `"eventstore-password"`) || strings.Contains(err.Error(), "secret") {
		t.Errorf("a password in the file: %v", err)
	}
}

func TestTheHostThatWasNamedIsAdvertised(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	machine, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	for named, host := range map[string]string{
		"127.0.0.1:0": "127.0.0.1", "events.example.com:2113": "events.example.com", "0.0.0.0:2113": machine, ":2113": machine, "[::]:0": machine,
	} {
		if got := advertised(named, listener); got != net.JoinHostPort(host, port) {
			t.Errorf("%s is advertised as %s", named, got)
		}
	}
}
