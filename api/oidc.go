package api

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"dialtone/domain"
)

// The values of the role claim that let staff in.
const (
	roleOperator = "dialtone-operator"
	roleSupport  = "dialtone-support"
)

// The paths of the staff's login.
const (
	pathStaff    = "/login/staff"
	pathCallback = pathStaff + "/callback"
)

const (
	staffTimeout = 10 * time.Second // for each request to the provider
	staffFlow    = 10 * time.Minute // from leaving for the provider to coming back
)

// OIDC is where the operator's and the support's staff sign in (OpenID Connect
// Core 1.0, authorization code with PKCE, RFC 7636).
type OIDC struct {
	Issuer, Client, Secret string
	RoleClaim              string // the claim of the ID token that holds the roles: a text or a list of texts
}

// staff signs in who works for the operator.
type staff struct {
	OIDC
	redirect string
	key      []byte
	now      func() time.Time
	http     *http.Client

	mu       sync.Mutex
	provider *oidc.Provider // nil until it could be asked
}

func newStaff(cfg Config) *staff {
	if cfg.OIDC == nil {
		return nil
	}
	return &staff{
		OIDC: *cfg.OIDC, redirect: strings.TrimSuffix(cfg.PublicURL, "/") + pathCallback, key: cfg.SessionKey,
		now: cfg.Journal.Now, http: &http.Client{Timeout: staffTimeout},
	}
}

// derived gives a secret of one login: only this server can make it from what
// the browser's cookie holds, so nothing has to be kept here.
func (s *staff) derived(purpose, flow string) string {
	mac := hmac.New(sha256.New, s.key)
	mac.Write([]byte("oidc\x1f" + purpose + "\x1f" + flow))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// known asks the provider what it offers, once.
func (s *staff) known(ctx context.Context) (*oidc.Provider, *oauth2.Config, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.provider == nil {
		provider, err := oidc.NewProvider(oidc.ClientContext(ctx, s.http), s.Issuer)
		if err != nil {
			return nil, nil, fmt.Errorf("ask the OpenID provider: %w", err)
		}
		s.provider = provider
	}
	return s.provider, &oauth2.Config{
		ClientID: s.Client, ClientSecret: s.Secret, RedirectURL: s.redirect, Endpoint: s.provider.Endpoint(), Scopes: []string{oidc.ScopeOpenID},
	}, nil
}

// leave gives the provider's address at which the browser signs in.
func (s *staff) leave(ctx context.Context, flow string) (string, error) {
	_, client, err := s.known(ctx)
	if err != nil {
		return "", err
	}
	return client.AuthCodeURL(s.derived("state", flow), oidc.Nonce(s.derived("nonce", flow)),
		oauth2.S256ChallengeOption(s.derived("verifier", flow))), nil
}

// Refusals of the staff's login.
var (
	errStaffRefused = domain.Faultf(domain.Denied, "no-role", "the staff account has no role here")
	errStaffFailed  = domain.Faultf(domain.Denied, "staff-login-failed", "signing in with the staff account did not work; try again")
)

// arrive exchanges the code for who signed in.
func (s *staff) arrive(ctx context.Context, flow, state, code string) (domain.Actor, error) {
	if flow == "" || code == "" || !hmac.Equal([]byte(state), []byte(s.derived("state", flow))) {
		return domain.Actor{}, errStaffFailed
	}
	provider, client, err := s.known(ctx)
	if err != nil {
		return domain.Actor{}, err
	}
	ctx = oidc.ClientContext(ctx, s.http)
	token, err := client.Exchange(ctx, code, oauth2.VerifierOption(s.derived("verifier", flow)))
	if refused := new(oauth2.RetrieveError); errors.As(err, &refused) && refused.Response.StatusCode < http.StatusInternalServerError {
		return domain.Actor{}, fmt.Errorf("%w (%s)", errStaffFailed, refused.ErrorCode)
	}
	if err != nil {
		return domain.Actor{}, fmt.Errorf("exchange the code at the OpenID provider: %w", err)
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := provider.Verifier(&oidc.Config{ClientID: s.Client, Now: s.now}).Verify(ctx, raw)
	if err != nil {
		return domain.Actor{}, fmt.Errorf("%w: %v", errStaffFailed, err) //nolint:errorlint // one kind is enough
	}
	if !hmac.Equal([]byte(id.Nonce), []byte(s.derived("nonce", flow))) || id.Subject == "" {
		return domain.Actor{}, errStaffFailed
	}
	var claims map[string]any
	if err := id.Claims(&claims); err != nil {
		return domain.Actor{}, errStaffFailed
	}
	return staffOf(id.Subject, rolesIn(claims[s.RoleClaim]))
}

// staffOf gives the actor that roles make; the larger one counts.
func staffOf(subject string, roles []string) (domain.Actor, error) {
	switch {
	case slices.Contains(roles, roleOperator):
		return domain.Actor{Kind: domain.ActorOperator, ID: subject}, nil
	case slices.Contains(roles, roleSupport):
		return domain.Actor{Kind: domain.ActorSupport, ID: subject}, nil
	}
	return domain.Actor{}, errStaffRefused
}

func rolesIn(claim any) (roles []string) {
	switch value := claim.(type) {
	case string:
		return []string{value}
	case []any:
		for _, one := range value {
			if role, ok := one.(string); ok {
				roles = append(roles, role)
			}
		}
	}
	return roles
}
