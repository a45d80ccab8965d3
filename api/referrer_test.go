package api

import "testing"

func TestAddressesAreKeptFromEverybodyElse(t *testing.T) {
	for origin, policy := range map[string]string{
		"https://phones.example.com": "no-referrer",
		"http://localhost:8080":      "no-referrer",
		"http://127.0.0.1:8080":      "no-referrer",
		"http://[::1]:8080":          "no-referrer",
		"http://192.0.2.7:8080":      "same-origin",
		"http://phones.lan":          "same-origin",
	} {
		if got := referrerPolicy(origin); got != policy {
			t.Errorf("%s: %s, want %s", origin, got, policy)
		}
	}
}
