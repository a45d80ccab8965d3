package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"strings"
	"unicode/utf8"

	"dialtone/domain"
	"dialtone/eventstore"
)

// window is how many positions a filtered query looks through at most, so that
// a filter that matches nothing does not hold the file for long.
const window = 8192

// ReadAll gives the events of all streams, page by page, as far as the log
// reached when it was called.
func (s *Store) ReadAll(
	ctx context.Context, from eventstore.Position, direction eventstore.Direction, limit int, prefixes ...string,
) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		err := s.readAll(ctx, from, direction, limit, prefixes, yield)
		if err != nil {
			yield(eventstore.Recorded{}, err)
		}
	}
}

func (s *Store) readAll(
	ctx context.Context, from eventstore.Position, direction eventstore.Direction, limit int, prefixes []string,
	yield func(eventstore.Recorded, error) bool,
) error {
	filter, err := filterOf(prefixes)
	if err != nil {
		return err
	}
	head, err := s.Head(ctx)
	if err != nil {
		return err
	}
	rest := stretch{after: from, upTo: head, direction: direction}
	if direction == eventstore.Backwards {
		rest.after = 0
		if from > 0 {
			rest.upTo = min(head, from)
		}
	}
	s.walk(ctx, rest, filter, limit, func(p page, err error) bool { return deliver(p, err, yield) })
	return nil
}

// walk gives a stretch page by page, at most limit events (0: all).
func (s *Store) walk(ctx context.Context, rest stretch, f filter, limit int, give func(page, error) bool) {
	left := limit
	ahead(ctx, func(ctx context.Context) (page, bool, error) {
		if rest.empty() {
			return page{rest: rest}, false, nil
		}
		p, err := s.scan(ctx, rest, f, pageOf(left, limit))
		if err != nil {
			return page{}, false, err
		}
		rest, left = p.rest, left-len(p.events)
		return p, !rest.empty() && (limit <= 0 || left > 0), nil
	}, give)
}

// stretch is a part of the log: the positions behind one up to another.
type stretch struct {
	after, upTo eventstore.Position
	direction   eventstore.Direction
}

func (s stretch) empty() bool { return s.after >= s.upTo }

// scan looks through the beginning of a stretch (its end if it is read
// backwards) and gives what matches, at most limit events, with what remains.
func (s *Store) scan(ctx context.Context, whole stretch, f filter, limit int) (page, error) {
	part, order := whole, ` order by position`
	if whole.direction == eventstore.Backwards {
		order = ` order by position desc`
	}
	if len(f.args) > 0 && whole.upTo-whole.after > window {
		if whole.direction == eventstore.Backwards {
			part.after = whole.upTo - window
		} else {
			part.upTo = whole.after + window
		}
	}
	query := s.page(selectRange + f.condition + order + fmt.Sprintf(` limit %d`, limit))
	args := append([]any{int64(part.after), int64(part.upTo)}, f.args...)
	p, err := s.fetch(ctx, func() (*sql.Rows, error) { return s.reading.QueryContext(ctx, query, args...) })
	if err != nil {
		return page{}, s.fault("read all streams", err)
	}
	reached := part.upTo
	if whole.direction == eventstore.Backwards {
		reached = part.after + 1
	}
	if p.cut || len(p.events) == limit {
		reached = p.events[len(p.events)-1].Position
	}
	if whole.direction == eventstore.Backwards {
		whole.upTo = reached - 1
	} else {
		whole.after = reached
	}
	p.rest = whole
	return p, nil
}

// filter is a condition on the stream's name and its arguments from $3 on.
type filter struct {
	condition string
	args      []any
}

// filterOf makes ranges of prefixes, so that no character is special. Names
// are compared by code points, which is their order as bytes, too.
func filterOf(prefixes []string) (filter, error) {
	var f filter
	var ranges []string
	for _, prefix := range prefixes {
		if !utf8.ValidString(prefix) {
			return filter{}, domain.Faultf(domain.Invalid, "prefix", "a prefix of stream names has to be UTF-8")
		}
		if prefix == "" {
			return filter{}, nil
		}
		condition := fmt.Sprintf(`stream >= $%d`, len(f.args)+3)
		f.args = append(f.args, prefix)
		if end := successor(prefix); end != "" {
			condition += fmt.Sprintf(` and stream < $%d`, len(f.args)+3)
			f.args = append(f.args, end)
		}
		ranges = append(ranges, condition)
	}
	if len(ranges) > 0 {
		f.condition = ` and (` + strings.Join(ranges, ` or `) + `)`
	}
	return f, nil
}

// successor is the least text greater than all that begin with the prefix, ""
// where there is none.
func successor(prefix string) string {
	for prefix != "" {
		last, size := utf8.DecodeLastRuneInString(prefix)
		prefix = prefix[:len(prefix)-size]
		switch last {
		case utf8.MaxRune:
			continue
		case 0xD7FF: // the surrogates behind it are no characters
			return prefix + "\uE000"
		}
		return prefix + string(last+1)
	}
	return ""
}
