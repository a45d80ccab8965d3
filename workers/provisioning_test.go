package workers_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"go.temporal.io/sdk/temporal"

	"dialtone/domain"
	"dialtone/workers"
)

func TestOnlyWhatTryingAgainCannotCureEndsAWorkflow(t *testing.T) {
	const personal = "ada@example.com is taken"
	for _, c := range []struct {
		err   error
		final string // the type in Temporal's history, "" where it goes on trying
	}{
		{nil, ""},
		{errors.New("the disk is full"), ""},
		{context.DeadlineExceeded, ""},
		{domain.Faultf(domain.Unavailable, "away", personal), ""},
		{domain.Faultf(domain.Invalid, "form", personal), "invalid"},
		{domain.Faultf(domain.Refused, "form", personal), "refused"},
		{domain.Faultf(domain.Conflict, "form", personal), "conflict"},
		{domain.Faultf(domain.Missing, "form", personal), "missing"},
		{domain.Faultf(domain.Denied, "form", personal), "denied"},
		{fmt.Errorf("send a mail: %w", domain.Faultf(domain.Refused, "form", personal)), "refused"},
	} {
		got := workers.Final(c.err)
		var told *temporal.ApplicationError
		switch isTold := errors.As(got, &told); {
		case c.final == "" && (isTold || !errors.Is(got, c.err)):
			t.Errorf("%v became %v", c.err, got)
		case c.final != "" && (!isTold || !told.NonRetryable() || told.Type() != c.final || told.Message() != c.final+": form"):
			t.Errorf("%v became %#v, want a final %s", c.err, got, c.final)
		case c.final != "" && strings.Contains(got.Error(), "ada@"):
			t.Errorf("Temporal's history would hold %q", got)
		}
	}
}
