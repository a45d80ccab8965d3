package sqlstore

import (
	"context"
	"errors"

	"dialtone/domain"
)

var errRaced = domain.Faultf(domain.Unavailable, "store-raced", "others were always faster than this append; try again")

// yield answers a group that others were always faster than with what is there
// by now, each request as if it were alone: refused where its stream is elsewhere,
// recognised where it was written before, and else told to come again.
func (w *writer) yield(ctx context.Context, group []*request) ([]answer, error) {
	tx, err := w.ledger.begin(ctx, group, w.metas)
	if err != nil {
		return nil, err
	}
	answers, err := w.look(ctx, tx, group)
	return answers, errors.Join(err, tx.rollback(ctx))
}

// look judges requests without writing anything.
func (w *writer) look(ctx context.Context, tx transaction, group []*request) ([]answer, error) {
	batch := &batch{writer: w, tx: tx, heads: map[string]head{}}
	if err := batch.begin(ctx); err != nil {
		return nil, err
	}
	answers := make([]answer, len(group))
	for i, r := range group {
		s, err := batch.state(ctx, r.stream)
		if err != nil {
			return nil, err
		}
		known, isNew, err := batch.check(ctx, r, s)
		switch {
		case isNew:
			err = errRaced
		case err != nil && !refused(err):
			return nil, err
		}
		answers[i] = answer{known, err}
	}
	return answers, nil
}
