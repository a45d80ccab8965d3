package main

import "context"

// leaders lists the admins of a company for activities: from the read models,
// once they know what has just happened.
type leaders struct{ *house }

// Admins lists the ids of a company's admins.
func (l leaders) Admins(ctx context.Context, company string) ([]string, error) {
	return l.views.AdminsNow(ctx, l.store, company)
}
