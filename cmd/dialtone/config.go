package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/providers/posflag"
	"github.com/knadh/koanf/v2"
	"github.com/spf13/pflag"
)

// Config is everything that can be set, read once: flag over environment over
// file over default.
type Config struct {
	Data              string `koanf:"data"`
	HTTP              string `koanf:"http"`
	PublicURL         string `koanf:"public-url"`
	SIP               string `koanf:"sip"`
	SIPDomain         string `koanf:"sip-domain"`
	Trunk             string `koanf:"trunk"`
	EventStore        string `koanf:"eventstore"`
	Database          string `koanf:"database"`
	Keys              string `koanf:"keys"`
	MasterKey         string `koanf:"master-key"`
	Temporal          string `koanf:"temporal"`
	TemporalNamespace string `koanf:"temporal-namespace"`
	TemporalUI        string `koanf:"temporal-ui"`
	SMTP              string `koanf:"smtp"`
	SMS               string `koanf:"sms"`
	SIMVendor         string `koanf:"sim-vendor"`
	MailFrom          string `koanf:"mail-from"`
	EventStoreListen  string `koanf:"eventstore-listen"`
	EventStoreOpen    bool   `koanf:"eventstore-insecure"`
	EventStoreUser    string `koanf:"eventstore-user"`
	EventStorePass    string `koanf:"eventstore-password"` // only from the environment
	EventStorePassAt  string `koanf:"eventstore-password-file"`
	EventStoreCert    string `koanf:"eventstore-tls-cert"`
	EventStoreCertKey string `koanf:"eventstore-tls-key"`
	SIPTLS            string `koanf:"sip-tls"`
	SIPWS             string `koanf:"sip-ws"`
	Policies          string `koanf:"policies"`
	OIDCIssuer        string `koanf:"oidc-issuer"`
	OIDCClient        string `koanf:"oidc-client"`
	OIDCSecret        string `koanf:"oidc-secret"` // only from the environment
	OIDCSecretAt      string `koanf:"oidc-secret-file"`
	OIDCRoleClaim     string `koanf:"oidc-role-claim"`
	LogLevel          string `koanf:"log-level"`

	placed           []string // flags that nobody has set: their files lie in the data folder
	listensByDefault bool     // nobody has set where the event store is served
}

const (
	embedded         = "embedded"
	defaultHTTP      = "127.0.0.1:8080"
	defaultPublicURL = "http://" + defaultHTTP
	defaultListen    = "127.0.0.1:2113"
)

// addFlags declares every flag with its default.
func addFlags(flags *pflag.FlagSet) {
	flags.String("data", "./data", "folder of the embedded engines' files")
	flags.String("config", "", "configuration file (default dialtone.yaml, where there is one)")
	flags.String("http", defaultHTTP, "address of the API and the pages")
	flags.String("public-url", defaultPublicURL, "origin of mailed links; never taken from a request")
	flags.String("sip", "127.0.0.1:5060", "address of SIP over UDP and TCP")
	flags.String("sip-domain", "dialtone.local", "realm and domain of addresses of record")
	flags.String("trunk", "", "sip:host:port for numbers that are not ours, mobiles included")
	flags.String("eventstore", "", "sqlite:FILE, postgres://…, esdb://…, esdb+discover://… or kurrentdb://… (default sqlite:DATA/events.db)")
	flags.String("eventstore-listen", defaultListen, "address of the EventStoreDB protocol, with an SQL store; empty: not served")
	flags.Bool("eventstore-insecure", false, "dialtone eventstore asks for neither TLS nor a login, on a loopback address")
	flags.String("eventstore-user", "", "who may log in at --eventstore-listen; the password comes from DIALTONE_EVENTSTORE_PASSWORD or a file")
	flags.String("eventstore-password-file", "", "file with the password of --eventstore-user")
	flags.String("eventstore-tls-cert", "", "PEM file with the certificate of --eventstore-listen")
	flags.String("eventstore-tls-key", "", "PEM file with the certificate's key")
	flags.String("sip-tls", "", "address of SIP over TLS (not served yet)")
	flags.String("sip-ws", "", "address of SIP over WebSocket (not served yet)")
	flags.String("database", "", "read models, registrations and sessions: sqlite:FILE (default sqlite:DATA/projections.db)")
	flags.String("keys", "", "data keys of persons: sqlite:FILE or postgres://… (default sqlite:DATA/keys.db)")
	flags.String("master-key", "", "file made at the first start, or env:NAME with 64 hex digits (default DATA/master.key)")
	flags.String("temporal", embedded, "embedded, or host:port of a Temporal server")
	flags.String("temporal-namespace", "default", "namespace at a Temporal server of one's own")
	flags.String("temporal-ui", "127.0.0.1:8233", "address of Temporal's Web UI, embedded mode only")
	flags.String("smtp", embedded, "embedded, or smtp://user:pass@host:port (smtps://)")
	flags.String("sms", embedded, "embedded, or twilio://SID:TOKEN@?from=…")
	flags.String("sim-vendor", embedded, "embedded, or https://:TOKEN@host/path?secret=SECRET of the SIM vendor; empty: there is none")
	flags.String("mail-from", "no-reply@dialtone.local", "sender of mails")
	flags.String("policies", "", "folder of policy files (default: the built-in ones)")
	flags.String("oidc-issuer", "", "OpenID provider at which the operator's and the support's staff sign in; empty: nowhere")
	flags.String("oidc-client", "", "our name at that provider; the secret comes from DIALTONE_OIDC_SECRET or a file")
	flags.String("oidc-secret-file", "", "file with the secret of --oidc-client")
	flags.String("oidc-role-claim", "roles", "claim with the roles dialtone-operator and dialtone-support")
	flags.String("log-level", "info", "debug, info, warn or error")
}

// loadConfig reads flags, environment and file, and tells all problems at once.
func loadConfig(flags *pflag.FlagSet) (Config, error) {
	k := koanf.New(".")
	path, err := flags.GetString("config")
	if err != nil {
		return Config{}, err
	}
	chosen := path != ""
	if !chosen {
		path = "dialtone.yaml"
	}
	if _, err := os.Stat(path); err == nil || chosen {
		if err := k.Load(file.Provider(path), yaml.Parser()); err != nil {
			return Config{}, fmt.Errorf("configuration file %s: %w", path, err)
		}
	}
	unknown := unknownKeys(k, flags, path)
	environment := env.Provider(".", env.Opt{Prefix: "DIALTONE_", TransformFunc: func(key, value string) (string, any) {
		return strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(key, "DIALTONE_")), "_", "-"), value
	}})
	if err := k.Load(environment, nil); err != nil {
		return Config{}, fmt.Errorf("read the environment: %w", err)
	}
	listens := k.Exists("eventstore-listen") || flags.Changed("eventstore-listen")
	if err := k.Load(posflag.Provider(flags, ".", k), nil); err != nil {
		return Config{}, fmt.Errorf("read the flags: %w", err)
	}
	var c Config
	if err := k.Unmarshal("", &c); err != nil {
		return Config{}, errors.Join(unknown, fmt.Errorf("read the configuration: %w", err))
	}
	if c.PublicURL == defaultPublicURL && c.HTTP != defaultHTTP {
		c.PublicURL = "" // follows the address that is bound
	}
	c.listensByDefault = !listens
	c.place()
	return c, errors.Join(unknown, c.validate())
}

func unknownKeys(k *koanf.Koanf, flags *pflag.FlagSet, path string) error {
	var problems []error
	for _, key := range k.Keys() {
		if flags.Lookup(key) == nil {
			problems = append(problems, fmt.Errorf("configuration file %s: there is no setting %q", path, key))
		}
	}
	return errors.Join(problems...)
}

// place puts the files that were not placed into the data folder.
func (c *Config) place() {
	for _, f := range []struct {
		flag  string
		value *string
		place string
	}{
		{"eventstore", &c.EventStore, "sqlite:" + filepath.Join(c.Data, "events.db")},
		{"database", &c.Database, "sqlite:" + filepath.Join(c.Data, "projections.db")},
		{"keys", &c.Keys, "sqlite:" + filepath.Join(c.Data, "keys.db")},
		{"master-key", &c.MasterKey, filepath.Join(c.Data, "master.key")},
	} {
		if *f.value == "" {
			*f.value = f.place
			c.placed = append(c.placed, f.flag)
		}
	}
}
