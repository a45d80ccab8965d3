package projections

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"
)

// lease says who alone may do something, and until when.
type lease struct {
	bun.BaseModel `bun:"table:leases,alias:l"`

	Name   string    `bun:"name,pk"`
	Holder string    `bun:"holder"`
	Until  time.Time `bun:"until"`
}

// Lease takes or renews a lease for ttl from now. It is not held if another
// holder has it and its time is not over.
func (v *Views) Lease(ctx context.Context, name, holder string, ttl time.Duration) (held bool, err error) {
	now := v.now()
	row := lease{Name: name, Holder: holder, Until: now.Add(ttl)}
	result, err := v.writing.NewInsert().Model(&row).
		On("CONFLICT (name) DO UPDATE").Set("holder = EXCLUDED.holder, until = EXCLUDED.until").
		Where("l.holder = EXCLUDED.holder OR l.until <= ?", now).Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("take the lease %s: %w", name, err)
	}
	n, err := result.RowsAffected()
	if err != nil {
		return false, fmt.Errorf("take the lease %s: %w", name, err)
	}
	return n == 1, nil
}

// Unlease gives a lease back; somebody else's is left alone.
func (v *Views) Unlease(ctx context.Context, name, holder string) error {
	_, err := v.writing.NewDelete().Model((*lease)(nil)).Where("name = ?", name).Where("holder = ?", holder).Exec(ctx)
	if err != nil {
		return fmt.Errorf("give back the lease %s: %w", name, err)
	}
	return nil
}
