package api

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"dialtone/domain/policy"
	"dialtone/domain/user"
)

// failures count failed logins twice. By the name that was typed, known or not,
// they make the next try wait, and tell nobody which names there are; by the
// user, whatever name was typed, they lock the account. A try is counted before
// it is made and taken back when it was right, so that tries at the same time
// are counted one by one.
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

// named is the counter of a name in the one writing it is counted by.
func (f *failures) named(name string) string {
	return f.counter("login-failures", user.FoldEmail(name))
}

// at is the counter of the guesses at what a user logs in with. Another secret
// and every lock begin another one.
func (f *failures) at(s user.State) string {
	return f.counter("guesses", s.ID, strconv.FormatInt(s.Credential.Since.UnixNano(), 10))
}

func (f *failures) counter(parts ...string) string {
	mac := hmac.New(sha256.New, f.key)
	for _, part := range parts {
		mac.Write([]byte(part + "\x1f"))
	}
	return hex.EncodeToString(mac.Sum(nil))
}

// Turn takes the next try of a counter, or tells how long it has to wait. Of
// those who ask at the same time one gets it.
func (f *failures) Turn(ctx context.Context, counter string, rule policy.Lock) (wait time.Duration, err error) {
	for {
		var rows []failureRow
		if err := f.read.NewSelect().Model(&rows).Where("name = ?", counter).Scan(ctx); err != nil {
			return 0, err
		}
		next := failureRow{Name: counter, Failures: 1, Last: f.now().UTC()}
		var taken sql.Result
		switch {
		case len(rows) == 0:
			taken, err = f.write.NewInsert().Model(&next).On("conflict (name) do nothing").Exec(ctx)
		default:
			seen := rows[0]
			if next.Last.Sub(seen.Last) <= failuresKept {
				next.Failures = seen.Failures + 1
				if wait := seen.pause(rule, next.Last); wait > 0 {
					return wait, nil
				}
			}
			taken, err = f.write.NewUpdate().Model(&next).WherePK().Where("failures = ?", seen.Failures).Exec(ctx)
		}
		if err != nil {
			return 0, err
		}
		if count, err := taken.RowsAffected(); err != nil || count > 0 {
			return 0, err
		}
	}
}

// pause tells how long a try at a moment has to wait behind the last one.
func (row failureRow) pause(rule policy.Lock, at time.Time) time.Duration {
	if row.Failures < rule.Slow {
		return 0
	}
	pause := min(time.Second<<min(row.Failures-rule.Slow, 10), slowest)
	return max(0, row.Last.Add(pause).Sub(at))
}

// Count counts one more try, and gives how many there are now.
func (f *failures) Count(ctx context.Context, counter string) (count int, err error) {
	row := failureRow{Name: counter, Failures: 1, Last: f.now().UTC()}
	_, err = f.write.NewInsert().Model(&row).On("conflict (name) do update").
		Set("failures = case when f.last < ? then 1 else f.failures + 1 end", row.Last.Add(-failuresKept)).Set("last = excluded.last").
		Returning("failures").Exec(ctx, &count)
	return count, err
}

// TakeBack uncounts a try that was not judged.
func (f *failures) TakeBack(ctx context.Context, counter string) error {
	_, err := f.write.NewUpdate().Model((*failureRow)(nil)).Set("failures = failures - 1").Where("name = ?", counter).Where("failures > 0").Exec(ctx)
	return err
}

// Forget begins a counter anew after a try that was right.
func (f *failures) Forget(ctx context.Context, counter string) error {
	_, err := f.write.NewDelete().Model((*failureRow)(nil)).Where("name = ?", counter).Exec(ctx)
	return err
}
