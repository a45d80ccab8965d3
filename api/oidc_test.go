package api_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"dialtone/api"
	"dialtone/domain"
)

const (
	staffClient = "dialtone-desk"
	staffSecret = "between-us-two"
)

// provider is a small OpenID provider: it asks nobody and signs in whom a test
// names.
type provider struct {
	*httptest.Server
	t      *testing.T
	key    *rsa.PrivateKey
	now    func() time.Time
	claims map[string]any // of the next ID token, over the usual ones
	signer *rsa.PrivateKey
	asked  map[string]url.Values // by code: what the browser came with
	down   bool
}

func provide(t *testing.T) *provider {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	p := &provider{t: t, key: key, signer: key, asked: map[string]url.Values{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		if p.down {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		p.tell(w, http.StatusOK, map[string]any{
			"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys",
			"response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"},
			"id_token_signing_alg_values_supported": []string{"RS256"}, "code_challenge_methods_supported": []string{"S256"},
		})
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		p.tell(w, http.StatusOK, map[string]any{"keys": []any{map[string]any{
			"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "one",
			"n": coded(p.key.N.Bytes()), "e": coded(big.NewInt(int64(p.key.E)).Bytes()),
		}}})
	})
	mux.HandleFunc("POST /token", p.exchange)
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	return p
}

func coded(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

func (p *provider) tell(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

// agree is the browser at the provider: it gives the code and what comes back with it.
func (p *provider) agree(to string) url.Values {
	p.t.Helper()
	u, err := url.Parse(to)
	must(p.t, err)
	asked := u.Query()
	if !strings.HasPrefix(to, p.URL+"/authorize?") || asked.Get("response_type") != "code" || asked.Get("code_challenge_method") != "S256" ||
		asked.Get("client_id") != staffClient || !strings.Contains(asked.Get("scope"), "openid") || len(asked.Get("nonce")) < 43 {
		p.t.Fatalf("the browser is sent to %s", to)
	}
	code := rand.Text()
	p.asked[code] = asked
	return url.Values{"code": {code}, "state": {asked.Get("state")}}
}

// exchange gives an ID token for a code: once, to whom it was made for.
func (p *provider) exchange(w http.ResponseWriter, r *http.Request) {
	asked, known := p.asked[r.FormValue("code")]
	delete(p.asked, r.FormValue("code"))
	sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	client, secret, basic := r.BasicAuth()
	switch {
	case !basic || client != staffClient || secret != staffSecret:
		p.tell(w, http.StatusUnauthorized, map[string]any{"error": "invalid_client"})
		return
	case !known || asked.Get("redirect_uri") != r.FormValue("redirect_uri") || coded(sum[:]) != asked.Get("code_challenge"):
		p.tell(w, http.StatusBadRequest, map[string]any{"error": "invalid_grant"})
		return
	}
	claims := map[string]any{
		"iss": p.URL, "aud": staffClient, "sub": "s-17", "nonce": asked.Get("nonce"),
		"iat": p.now().Unix(), "exp": p.now().Add(time.Minute).Unix(),
	}
	maps.Copy(claims, p.claims)
	p.tell(w, http.StatusOK, map[string]any{"access_token": "x", "token_type": "Bearer", "id_token": p.signed(claims)})
}

func (p *provider) signed(claims map[string]any) string {
	body, err := json.Marshal(claims)
	must(p.t, err)
	text := coded([]byte(`{"alg":"RS256","kid":"one"}`)) + "." + coded(body)
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, p.signer, crypto.SHA256, sum[:])
	must(p.t, err)
	return text + "." + coded(signature)
}

// staffed is a browser at a house whose staff sign in at a provider.
func staffed(t *testing.T) (*visitor, *provider) {
	t.Helper()
	p := provide(t)
	v := visit(t, func(c *api.Config) {
		c.OIDC = &api.OIDC{Issuer: p.URL, Client: staffClient, Secret: staffSecret, RoleClaim: "roles"}
	})
	p.now = v.clock.Now
	return v, p
}

// departs goes to the provider and keeps the cookie of this login.
func (v *visitor) departs(next string) string {
	v.Helper()
	left := v.view("/login/staff?" + url.Values{"next": {next}}.Encode())
	if left.status != http.StatusSeeOther {
		v.Fatalf("leaving is answered with %d: %s", left.status, left.body)
	}
	v.cookie, _, _ = strings.Cut(left.header.Get("Set-Cookie"), ";")
	return left.header.Get("Location")
}

// returns comes back from the provider and keeps the session.
func (v *visitor) returns(with url.Values) page {
	v.Helper()
	back := v.view("/login/staff/callback?" + with.Encode())
	v.cookie = ""
	for _, cookie := range back.header.Values("Set-Cookie") {
		if kept, _, _ := strings.Cut(cookie, ";"); strings.HasPrefix(kept, "dialtone=") && kept != "dialtone=" {
			v.cookie = kept
		}
	}
	return back
}

func TestStaffSignInAtTheProviderInTheirRole(t *testing.T) {
	for name, c := range map[string]struct {
		roles any
		kind  string
	}{
		"operator":      {[]string{"other", "dialtone-operator"}, domain.ActorOperator},
		"support":       {[]string{"dialtone-support"}, domain.ActorSupport},
		"both":          {[]string{"dialtone-support", "dialtone-operator"}, domain.ActorOperator},
		"one as a text": {"dialtone-support", domain.ActorSupport},
	} {
		t.Run(name, func(t *testing.T) {
			v, p := staffed(t)
			contains(t, v.view("/login?next=%2Fusers"), http.StatusOK, "Sign in with your staff account", `href="/login/staff?next=%2Fusers"`)
			p.claims = map[string]any{"roles": c.roles}
			v.leads(v.returns(p.agree(v.departs("/users?q=ada"))), "/users?q=ada")
			contains(t, v.view("/users"), http.StatusOK)
			ordered := v.ask(http.MethodPost, "/v1/companies", nil, "Content-Type", "application/json")
			if refused := ordered.status == http.StatusForbidden; refused != (c.kind == domain.ActorSupport) {
				t.Errorf("an order is answered with %d", ordered.status)
			}
		})
	}
}

func TestNobodyElseIsLetInByTheProvider(t *testing.T) {
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	role := []string{"dialtone-operator"}
	for name, c := range map[string]struct {
		claims map[string]any
		change func(*visitor, *provider, url.Values)
		says   string
	}{
		"no role":              {map[string]any{}, nil, "no role here"},
		"another role":         {map[string]any{"roles": []any{"admin", 7}}, nil, "no role here"},
		"roles that are none":  {map[string]any{"roles": map[string]any{"dialtone-operator": true}}, nil, "no role here"},
		"another nonce":        {map[string]any{"roles": role, "nonce": "of before"}, nil, "did not work"},
		"another audience":     {map[string]any{"roles": role, "aud": "somebody else"}, nil, "did not work"},
		"another issuer":       {map[string]any{"roles": role, "iss": "https://evil.example"}, nil, "did not work"},
		"an old token":         {map[string]any{"roles": role, "exp": 1}, nil, "did not work"},
		"nobody's subject":     {map[string]any{"roles": role, "sub": ""}, nil, "did not work"},
		"another's signature":  {map[string]any{"roles": role}, func(_ *visitor, p *provider, _ url.Values) { p.signer = other }, "did not work"},
		"another state":        {map[string]any{"roles": role}, func(_ *visitor, _ *provider, back url.Values) { back.Set("state", "x") }, "did not work"},
		"no cookie":            {map[string]any{"roles": role}, func(v *visitor, _ *provider, _ url.Values) { v.cookie = "" }, "did not work"},
		"another login's code": {map[string]any{"roles": role}, func(v *visitor, p *provider, back url.Values) { back.Set("code", p.agree(v.departs("/")).Get("code")) }, "did not work"},
		"a code of nobody":     {map[string]any{"roles": role}, func(_ *visitor, _ *provider, back url.Values) { back.Set("code", "x") }, "did not work"},
		"a refusal":            {map[string]any{"roles": role}, func(_ *visitor, _ *provider, back url.Values) { back.Del("code"); back.Set("error", "access_denied") }, "did not work"},
	} {
		t.Run(name, func(t *testing.T) {
			v, p := staffed(t)
			p.claims = c.claims
			back := p.agree(v.departs("/"))
			if c.change != nil {
				c.change(v, p, back)
			}
			contains(t, v.returns(back), http.StatusForbidden, c.says)
			if v.cookie != "" || v.view("/").status != http.StatusSeeOther {
				t.Error("there is a session all the same")
			}
			if strings.Contains(v.log.String(), back.Get("code")) && len(back.Get("code")) > 1 || strings.Contains(v.log.String(), staffSecret) {
				t.Error("the log tells a secret")
			}
		})
	}
}

func TestACodeCountsOnceAndTheWayBackIsOurs(t *testing.T) {
	v, p := staffed(t)
	p.claims = map[string]any{"roles": "dialtone-operator"}
	to := v.departs("//evil.example")
	flow, back := v.cookie, p.agree(to)
	v.leads(v.returns(back), "/")
	first := v.cookie
	v.cookie = flow
	contains(t, v.returns(back), http.StatusForbidden, "did not work")
	v.cookie = first
	contains(t, v.view("/"), http.StatusOK)
}

func TestAProviderThatIsAwayIsAskedAgain(t *testing.T) {
	v, p := staffed(t)
	p.claims, p.down = map[string]any{"roles": "dialtone-support"}, true
	contains(t, v.view("/login/staff"), http.StatusServiceUnavailable, "did not work")
	p.down = false
	v.leads(v.returns(p.agree(v.departs("/"))), "/")
	contains(t, v.view("/"), http.StatusOK, "Support: read only")
}

func TestWithoutAProviderStaffHaveNoLogin(t *testing.T) {
	v := visit(t)
	if shown := v.view("/login"); strings.Contains(shown.body, "staff") {
		t.Error("the login speaks of staff")
	}
	contains(t, v.view("/login/staff"), http.StatusNotFound)
}
