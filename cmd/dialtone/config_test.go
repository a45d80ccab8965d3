package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestAFlagWinsOverTheEnvironmentOverTheFileOverTheDefault(t *testing.T) {
	t.Chdir(t.TempDir())
	want := func(sip, mail, level, domain string, flags ...string) {
		t.Helper()
		c, err := configOf(t, flags...)
		if err != nil {
			t.Fatal(err)
		}
		if c.SIP != sip || c.MailFrom != mail || c.LogLevel != level || c.SIPDomain != domain {
			t.Errorf("read %s, %s, %s, %s", c.SIP, c.MailFrom, c.LogLevel, c.SIPDomain)
		}
	}
	want("127.0.0.1:5060", "no-reply@dialtone.local", "info", "dialtone.local")
	write(t, "dialtone.yaml", "sip: 127.0.0.1:1\nmail-from: file@example.com\nlog-level: warn\n")
	want("127.0.0.1:1", "file@example.com", "warn", "dialtone.local")
	t.Setenv("DIALTONE_SIP", "127.0.0.1:2")
	t.Setenv("DIALTONE_MAIL_FROM", "environment@example.com")
	want("127.0.0.1:2", "environment@example.com", "warn", "dialtone.local")
	want("127.0.0.1:3", "environment@example.com", "warn", "dialtone.local", "--sip", "127.0.0.1:3")
	write(t, "other.yaml", "log-level: error\n")
	want("127.0.0.1:2", "environment@example.com", "error", "dialtone.local", "--config", "other.yaml")
}

func TestAllProblemsAreToldInOneMessage(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "dialtone.yaml", "htpp: 127.0.0.1:1\nsip-port: 5060\n")
	wrong := []string{
		"--http=nowhere", "--sip=5060", "--temporal-ui=x", "--public-url=ftp://x", "--sip-domain=a b", "--trunk=tel:1", "--eventstore=mysql://x",
		"--database=sqlite:", "--keys=x", "--temporal=there", "--eventstore-listen=here", "--smtp=imap://x", "--sms=fax://x", "--log-level=loud",
	}
	_, err := configOf(t, wrong...)
	if err == nil {
		t.Fatal("nothing is wrong")
	}
	for _, flag := range wrong {
		if name, _, _ := strings.Cut(flag, "="); !strings.Contains(err.Error(), name) {
			t.Errorf("nothing is said of %s", name)
		}
	}
	for _, key := range []string{`"htpp"`, `"sip-port"`} {
		if !strings.Contains(err.Error(), key) {
			t.Errorf("nothing is said of the key %s of the file", key)
		}
	}
	if lines := strings.Count(err.Error(), "\n") + 1; lines != len(wrong)+2 {
		t.Errorf("%d lines:\n%v", lines, err)
	}
}

func TestAWrongFileIsTold(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "broken.yaml", "sip: [\n")
	for _, path := range []string{"broken.yaml", "missing.yaml"} {
		if _, err := configOf(t, "--config", path); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", path, err)
		}
	}
	if status, _, told := dialtone("data", "verify", "--no-such-flag"); status != 2 || !strings.Contains(told, "no-such-flag") {
		t.Errorf("an unknown flag: status %d, %s", status, told)
	}
}

func TestFilesLieInTheDataFolderUnlessTheyArePlaced(t *testing.T) {
	t.Chdir(t.TempDir())
	c, err := configOf(t, "--data", "there", "--keys", "sqlite:apart/keys.db")
	if err != nil {
		t.Fatal(err)
	}
	if c.EventStore != "sqlite:there/events.db" || c.Database != "sqlite:there/projections.db" || c.Keys != "sqlite:apart/keys.db" || c.MasterKey != "there/master.key" {
		t.Errorf("placed at %s, %s, %s, %s", c.EventStore, c.Database, c.Keys, c.MasterKey)
	}
	if want := []string{"eventstore", "database", "master-key"}; !slices.Equal(c.placed, want) {
		t.Errorf("not placed by anybody: %v, want %v", c.placed, want)
	}
	err = roles{worker: true}.check("worker", c)
	for _, lacks := range []string{"--eventstore", "--database", "--master-key", "--temporal", "--smtp and --sms"} {
		if err == nil || !strings.Contains(err.Error(), lacks) {
			t.Errorf("a worker alone is not told that it needs %s: %v", lacks, err)
		}
	}
	if err := (roles{true, true, true, true}).check("run", c); err != nil {
		t.Errorf("all roles in one process lack %v", err)
	}
}

func TestThePublicURLFollowsTheAddressUnlessItIsSet(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, c := range []struct {
		flags []string
		url   string
	}{
		{nil, "http://127.0.0.1:8080"},
		{[]string{"--http=127.0.0.1:0"}, ""},
		{[]string{"--http=127.0.0.1:0", "--public-url=https://phones.example.com"}, "https://phones.example.com"},
	} {
		if got, err := configOf(t, c.flags...); err != nil || got.PublicURL != c.url {
			t.Errorf("%v: %q, %v", c.flags, got.PublicURL, err)
		}
	}
}

func TestSettingsThatAreNotServedAreNamed(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, c := range []struct{ flags, unserved []string }{
		{nil, nil},
		{[]string{"--sip-ws=127.0.0.1:1", "--eventstore-listen=127.0.0.1:2"}, []string{"sip-ws"}},
		{[]string{"--sip-tls=127.0.0.1:1", "--sip-ws=127.0.0.1:2"}, []string{"sip-tls", "sip-ws"}},
	} {
		got, err := configOf(t, c.flags...)
		if err != nil || !slices.Equal(got.unserved(), c.unserved) {
			t.Errorf("%v: %v, %v", c.flags, got.unserved(), err)
		}
	}
}

func TestATrunkIsAHostAndAPort(t *testing.T) {
	for uri, want := range map[string]string{
		"": "", "sip:trunk.example.com:5060": "trunk.example.com:5060", "sip:[2001:db8::1]:5060": "[2001:db8::1]:5060",
		"sip:trunk.example.com": "!", "trunk.example.com:5060": "!", "tel:+4930": "!", "sip::5060": "!", "sip:trunk.example.com:": "!", "sips:a:5061": "!",
	} {
		got, err := trunkAddress(uri)
		if (err != nil) != (want == "!") || err == nil && got != want {
			t.Errorf("%q: %q, %v", uri, got, err)
		}
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Clean(path), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
