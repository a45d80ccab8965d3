package api_test

import (
	"errors"
	"testing"

	"dialtone/api"
	"dialtone/domain"
)

// Where passwords cannot be compared just now, that is told to everybody: the
// answer does not tell whether there is such an account.
func TestABusyLoginTellsNotWhoIsThere(t *testing.T) {
	busy := false
	v := visit(t, func(c *api.Config) {
		verify := c.Verify
		c.Verify = func(secret, hash string) (bool, error) {
			if busy {
				return false, errors.New("busy")
			}
			return verify(secret, hash)
		}
	})
	v.led()
	busy = true
	var told []string
	for _, name := range []string{"mia@example.com", "nobody@example.com"} {
		_, err := v.server.Desk.LogIn(t.Context(), v.cause(), name, "some password")
		if domain.KindOf(err) != domain.Unavailable {
			t.Errorf("%s: %v", name, err)
			continue
		}
		told = append(told, err.Error())
	}
	if len(told) != 2 || told[0] != told[1] {
		t.Errorf("told %q", told)
	}
}
