package api

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/uptrace/bun"

	"dialtone/domain/policy"
	"dialtone/domain/user"
)

// failures count failed logins by the name that was typed, known or not, so that
// guessing becomes slow and neither tells which names there are.
type failures struct {
	write, read *bun.DB
	key         []byte
	now         func() time.Time
}

type failureRow struct {
	bun.BaseModel `bun:"table:login_failures,alias:f"`

	Name     string    `bun:"name,pk"` // hex HMAC
	Failures int       `bun:"failures"`
	Last     time.Time `bun:"last"`
}

// failuresKept is how long a failure counts.
const failuresKept = 24 * time.Hour

// slowest is the longest pause between two tries.
const slowest = time.Minute

func (f *failures) row(name string) failureRow {
	mac := hmac.New(sha256.New, f.key)
	mac.Write([]byte("login-failures\x1f" + user.FoldEmail(name)))
	return failureRow{Name: hex.EncodeToString(mac.Sum(nil))}
}

// Wait tells how long the next try with a name has to wait.
func (f *failures) Wait(ctx context.Context, name string, rule policy.Lock) (time.Duration, error) {
	row := f.row(name)
	var rows []failureRow
	if err := f.read.NewSelect().Model(&rows).Where("name = ?", row.Name).Scan(ctx); err != nil {
		return 0, err
	}
	if len(rows) == 0 || f.now().Sub(rows[0].Last) > failuresKept {
		return 0, nil
	}
	failed := rows[0].Failures
	if failed < rule.Slow {
		return 0, nil
	}
	pause := min(time.Second<<min(failed-rule.Slow, 10), slowest)
	return max(0, rows[0].Last.Add(pause).Sub(f.now())), nil
}

// Failed counts one more failure of a name.
func (f *failures) Failed(ctx context.Context, name string) (count int, err error) {
	row := f.row(name)
	row.Failures, row.Last = 1, f.now().UTC()
	_, err = f.write.NewInsert().Model(&row).On("conflict (name) do update").
		Set("failures = case when f.last < ? then 1 else f.failures + 1 end", row.Last.Add(-failuresKept)).Set("last = excluded.last").
		Returning("failures").Exec(ctx, &count)
	return count, err
}

// Forget lets a name begin anew after a login that was right.
func (f *failures) Forget(ctx context.Context, name string) error {
	_, err := f.write.NewDelete().Model((*failureRow)(nil)).Where("name = ?", f.row(name).Name).Exec(ctx)
	return err
}
