package kurrent_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"

	"dialtone/domain"
	"dialtone/eventstore"
	"dialtone/eventstore/kurrent"
	"dialtone/eventstore/server"
)

// authority signs certificates for 127.0.0.1.
type authority struct {
	folder string
	key    *ecdsa.PrivateKey
	root   *x509.Certificate
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{folder: t.TempDir()}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority"}, NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	a.key = newKey(t)
	a.root = a.write(t, "ca.pem", template, template, a.key)
	return a
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func (a *authority) path(name string) string { return filepath.Join(a.folder, name) }

func (a *authority) write(t *testing.T, name string, template, parent *x509.Certificate, key *ecdsa.PrivateKey) *x509.Certificate {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	if err := os.WriteFile(a.path(name), text, 0o600); err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return certificate
}

// sign makes NAME.pem and NAME.key.
func (a *authority) sign(t *testing.T, name string) tls.Certificate {
	t.Helper()
	key := newKey(t)
	a.write(t, name+".pem", &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name}, NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}, a.root, key)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(a.path(name+".key"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	pair, err := tls.LoadX509KeyPair(a.path(name+".pem"), a.path(name+".key"))
	if err != nil {
		t.Fatal(err)
	}
	return pair
}

// dsn opens a store by a connection string.
func dsn(t *testing.T, format string, args ...any) *kurrent.Store {
	t.Helper()
	config := quick()
	config.DSN = fmt.Sprintf(format, args...)
	config.Tries = 2
	return open(t, config)
}

func TestTLSAndLogin(t *testing.T) {
	ours, others := newAuthority(t), newAuthority(t)
	certificate := ours.sign(t, "node")
	host := serve(t, sqlite(t, filepath.Join(t.TempDir(), "events.db")), func(c *server.Config) {
		c.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2"}}
		c.Login = &server.Login{User: "ada", Password: "s3:cret"}
	}).host
	const right, wrong = "ada:s3%3Acret@", "ada:guess@"
	for name, c := range map[string]struct {
		login, options string
		kind           domain.Kind
	}{
		"our authority":                      {right, "tlsCaFile=" + ours.path("ca.pem"), ""},
		"our authority, found by gossip":     {right, "tlsCaFile=" + ours.path("ca.pem") + "&discover", ""},
		"another authority":                  {right, "tlsCaFile=" + others.path("ca.pem"), domain.Unavailable},
		"the system's authorities":           {right, "", domain.Unavailable},
		"any certificate":                    {right, "tlsVerifyCert=false", ""},
		"a wrong password":                   {wrong, "tlsCaFile=" + ours.path("ca.pem"), domain.Denied},
		"no login":                           {"", "tlsVerifyCert=false", domain.Denied},
		"plain text to a server that is not": {right, "tls=false", domain.Unavailable},
	} {
		t.Run(name, func(t *testing.T) {
			scheme := "esdb"
			if len(c.options) > 9 && c.options[len(c.options)-9:] == "&discover" {
				scheme, c.options = "esdb+discover", c.options[:len(c.options)-9]
			}
			store := dsn(t, "%s://%s%s?defaultDeadline=5000&%s", scheme, c.login, host, or(c.options, "tls=true"))
			_, err := store.Append(t.Context(), "s", eventstore.Any, event("a"))
			_, other := store.Head(t.Context())
			for _, err := range []error{err, other} {
				if (c.kind == "") != (err == nil) || err != nil && domain.KindOf(err) != c.kind {
					t.Errorf("error %v, want one of kind %q", err, c.kind)
				}
			}
		})
	}
}

func or(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

func TestAClientShowsItsCertificate(t *testing.T) {
	ours := newAuthority(t)
	pool := x509.NewCertPool()
	pool.AddCert(ours.root)
	f := &fake{}
	emptyLog(f)
	host := f.start(t, grpc.Creds(credentials.NewTLS(&tls.Config{
		Certificates: []tls.Certificate{ours.sign(t, "node")}, ClientCAs: pool, ClientAuth: tls.RequireAndVerifyClientCert,
		MinVersion: tls.VersionTLS12,
	})))
	ours.sign(t, "client")
	options := "tlsCaFile=" + ours.path("ca.pem")
	if _, err := dsn(t, "esdb://%s?%s", host, options).Head(t.Context()); err == nil {
		t.Errorf("a server took a client without a certificate")
	}
	options += "&userCertFile=" + ours.path("client.pem") + "&userKeyFile=" + ours.path("client.key")
	if _, err := dsn(t, "esdb://%s?%s", host, options).Head(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestAServerWithoutLoginTakesCredentials(t *testing.T) {
	host := serve(t, sqlite(t, filepath.Join(t.TempDir(), "events.db"))).host
	if _, err := dsn(t, "esdb://ada:x@%s?tls=false", host).Append(t.Context(), "s", eventstore.Any, event("a")); err != nil {
		t.Error(err)
	}
}
