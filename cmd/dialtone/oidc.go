package main

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	"dialtone/api"
)

// oidc gives where staff sign in, nil where that is nowhere.
func (c *Config) oidc() (*api.OIDC, error) {
	if c.OIDCIssuer == "" {
		if c.OIDCClient != "" || c.OIDCSecretAt != "" {
			return nil, errors.New("--oidc-client and --oidc-secret-file need --oidc-issuer")
		}
		return nil, nil //nolint:nilnil // nowhere is no error
	}
	issuer, err := url.Parse(c.OIDCIssuer)
	if err != nil || issuer.Host == "" || issuer.Scheme != "https" && (issuer.Scheme != "http" || !isLoopback(withPort(issuer))) {
		return nil, fmt.Errorf("--oidc-issuer is an https:// address (http:// on a loopback address only), not %q", c.OIDCIssuer)
	}
	if c.OIDCClient == "" || c.OIDCRoleClaim == "" {
		return nil, errors.New("--oidc-issuer needs --oidc-client and --oidc-role-claim")
	}
	secret := c.OIDCSecret
	if c.OIDCSecretAt != "" {
		raw, err := os.ReadFile(c.OIDCSecretAt)
		if err != nil {
			return nil, fmt.Errorf("--oidc-secret-file: %w", err)
		}
		secret = strings.TrimSpace(string(raw))
	}
	if secret == "" {
		return nil, errors.New("--oidc-issuer needs the client's secret: DIALTONE_OIDC_SECRET or --oidc-secret-file")
	}
	return &api.OIDC{Issuer: c.OIDCIssuer, Client: c.OIDCClient, Secret: secret, RoleClaim: c.OIDCRoleClaim}, nil
}

// withPort gives the host of an address with a port.
func withPort(u *url.URL) string {
	if u.Port() != "" {
		return u.Host
	}
	return u.Host + ":80"
}
