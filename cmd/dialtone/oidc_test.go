package main

import (
	"strings"
	"testing"

	"dialtone/api"
)

func TestStaffSignInWhereTheConfigurationSays(t *testing.T) {
	folder := t.TempDir()
	t.Chdir(folder)
	write(t, folder+"/secret", "between-us\n")
	write(t, folder+"/empty", "\n")
	whole := []string{"--oidc-issuer=https://id.example", "--oidc-client=desk", "--oidc-secret-file=secret"}
	for name, c := range map[string]struct {
		flags []string
		wrong string
		want  api.OIDC
	}{
		"nowhere":            {},
		"whole":              {flags: whole, want: api.OIDC{Issuer: "https://id.example", Client: "desk", Secret: "between-us", RoleClaim: "roles"}},
		"another claim":      {flags: append(whole, "--oidc-role-claim=groups"), want: api.OIDC{Issuer: "https://id.example", Client: "desk", Secret: "between-us", RoleClaim: "groups"}},
		"on this machine":    {flags: append(whole, "--oidc-issuer=http://127.0.0.1:9000"), want: api.OIDC{Issuer: "http://127.0.0.1:9000", Client: "desk", Secret: "between-us", RoleClaim: "roles"}},
		"without TLS":        {flags: append(whole, "--oidc-issuer=http://id.example"), wrong: "--oidc-issuer is an https:// address"},
		"no address":         {flags: append(whole, "--oidc-issuer=id.example"), wrong: "--oidc-issuer is an https:// address"},
		"no client":          {flags: []string{whole[0], whole[2]}, wrong: "--oidc-client"},
		"no claim":           {flags: append(whole, "--oidc-role-claim="), wrong: "--oidc-role-claim"},
		"no secret":          {flags: whole[:2], wrong: "DIALTONE_OIDC_SECRET or --oidc-secret-file"},
		"an empty secret":    {flags: append(whole, "--oidc-secret-file=empty"), wrong: "DIALTONE_OIDC_SECRET or --oidc-secret-file"},
		"a file that is not": {flags: append(whole, "--oidc-secret-file=none"), wrong: "--oidc-secret-file"},
		"a client alone":     {flags: whole[1:], wrong: "need --oidc-issuer"},
	} {
		config, err := configOf(t, c.flags...)
		if c.wrong != "" {
			if err == nil || !strings.Contains(err.Error(), c.wrong) {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		got, wrong := config.oidc()
		if err != nil || wrong != nil || (got == nil) != (c.want == api.OIDC{}) || got != nil && *got != c.want {
			t.Errorf("%s: %+v, %v, %v", name, got, err, wrong)
		}
	}
	t.Setenv("DIALTONE_OIDC_SECRET", "from around us")
	config, err := configOf(t, whole[:2]...)
	if got, wrong := config.oidc(); err != nil || wrong != nil || got.Secret != "from around us" {
		t.Errorf("the environment's secret: %v, %v", err, wrong)
	}
}
