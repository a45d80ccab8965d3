package projections

import (
	"context"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"github.com/uptrace/bun"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"dialtone/domain"
	"dialtone/eventstore"
)

const (
	defaultLimit = 50
	largestLimit = 200
)

// page is where a list goes on and how far. A cursor holds the kind of list and
// the key of the last row before it, so that rows that come and go meanwhile
// neither repeat nor hide others.
type page struct {
	list, after string
	limit       int
}

func newPage(cursor string, limit int, list string) (page, error) {
	p := page{list: list, limit: limit}
	if limit == 0 {
		p.limit = defaultLimit
	}
	var c domain.Check
	c.Need(p.limit >= 1 && p.limit <= largestLimit, "/limit", "out-of-range", "is between 1 and %d", largestLimit)
	if cursor != "" {
		text, err := base64.RawURLEncoding.DecodeString(cursor)
		key, ok := strings.CutPrefix(string(text), list+":")
		c.Need(err == nil && ok && key != "", "/cursor", "form", "is next of an earlier page of the same list")
		p.after = key
	}
	return p, c.Err()
}

// fetch is how many rows to ask for: one more tells whether there is another page.
func (p page) fetch() int64 { return int64(p.limit) + 1 }

// position reads the cursor's key as a position; 0 on the first page.
func (p page) position() (eventstore.Position, error) {
	if p.after == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(p.after, 10, 64)
	var c domain.Check
	c.Need(err == nil && n >= 0, "/cursor", "form", "is next of an earlier page of the same list")
	return eventstore.Position(n), c.Err() //nolint:gosec // not negative where it is used
}

func positionKey(p eventstore.Position) string { return strconv.FormatUint(uint64(p), 10) }

// cut takes off the row that only tells that there is another page.
func cut[R any](p page, rows []R, key func(R) string) (items []R, next string) {
	if len(rows) <= p.limit {
		return rows, ""
	}
	rows = rows[:p.limit]
	return rows, base64.RawURLEncoding.EncodeToString([]byte(p.list + ":" + key(rows[p.limit-1])))
}

// inOrder reads a page of what choose asks for, in the order of the first facts of
// what the rows are about; next is the cursor of the page behind, "" on the last. A
// limit or cursor that is none is an Invalid fault.
func inOrder[R any](ctx context.Context, list, cursor string, limit int, choose func(rows *[]R) *bun.SelectQuery, born func(R) eventstore.Position) (rows []R, next string, err error) {
	p, err := newPage(cursor, limit, list)
	if err != nil {
		return nil, "", err
	}
	after, err := p.position()
	if err != nil {
		return nil, "", err
	}
	if err := behind(choose(&rows), after, p.fetch()).Scan(ctx); err != nil {
		return nil, "", fmt.Errorf("list %s: %w", list, err)
	}
	rows, next = cut(p, rows, func(r R) string { return positionKey(born(r)) })
	return rows, next, nil
}

// behind asks for the rows of things that began behind a position, 0 for all.
func behind(q *bun.SelectQuery, after eventstore.Position, limit int64) *bun.SelectQuery {
	if after > 0 {
		q = q.Where("?TableAlias.born > ?", after)
	}
	return q.OrderExpr("?TableAlias.born ASC").Limit(limit)
}

func equals(q *bun.SelectQuery, column, value string) *bun.SelectQuery {
	if value == "" {
		return q
	}
	return q.Where("? = ?", bun.Ident(column), value)
}

// fold gives the form of a text in which upper and lower case are equal.
func fold(text string) string { return cases.Fold().String(norm.NFKC.String(text)) }

// escapeLike takes the special meaning from LIKE's wildcards.
func escapeLike(word string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(word)
}
