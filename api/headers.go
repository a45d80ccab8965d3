package api

import (
	"context"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"dialtone/domain"
	"dialtone/eventstore"
)

// entityTag gives the ETag of a revision (RFC 9110 §8.8.3).
func entityTag(revision uint64) string { return `"` + strconv.FormatUint(revision, 10) + `"` }

var tag = regexp.MustCompile(`^(W/)?"([\x21\x23-\x7e]*)"$`)

// revisions reads If-Match: any is true where every revision will do. Weak tags
// never match, since the comparison is a strong one (RFC 9110 §13.1.1).
func revisions(ifMatch string) (wanted []uint64, anyOne bool, err error) {
	ifMatch = strings.TrimSpace(ifMatch)
	if ifMatch == "" || ifMatch == "*" {
		return nil, true, nil
	}
	for part := range strings.SplitSeq(ifMatch, ",") {
		found := tag.FindStringSubmatch(strings.TrimSpace(part))
		if found == nil {
			return nil, false, domain.Faultf(domain.Invalid, codeMalformed, `If-Match is a list of tags such as "3", or *`)
		}
		if revision, err := strconv.ParseUint(found[2], 10, 63); err == nil && found[1] == "" {
			wanted = append(wanted, revision)
		}
	}
	return wanted, false, nil
}

// matching gives the condition If-Match puts on a command on a stream.
func (s *Server) matching(ctx context.Context, stream, ifMatch string) ([]eventstore.Option, error) {
	wanted, anyOne, err := revisions(ifMatch)
	switch {
	case err != nil:
		return nil, err
	case anyOne:
		return nil, nil
	case len(wanted) == 1:
		return []eventstore.Option{eventstore.IfRevision(wanted[0])}, nil
	}
	h, err := s.cfg.Journal.Load(ctx, stream)
	if err != nil {
		return nil, err
	}
	current := uint64(math.MaxUint64) // a revision no stream has
	if h.Revision >= 0 && slices.Contains(wanted, uint64(h.Revision)) {
		current = uint64(h.Revision)
	}
	return []eventstore.Option{eventstore.IfRevision(current)}, nil
}

const positionPrefix = "p"

// positionText gives a position in the form programs carry about unread.
func positionText(p eventstore.Position) string {
	return positionPrefix + strconv.FormatUint(uint64(p), 36)
}

func parsePosition(text string) (eventstore.Position, error) {
	digits, ok := strings.CutPrefix(text, positionPrefix)
	position, err := strconv.ParseUint(digits, 36, 63)
	if !ok || err != nil {
		return 0, domain.Faultf(domain.Invalid, codeMalformed, "Dialtone-After is the Dialtone-Position of an earlier answer")
	}
	return eventstore.Position(position), nil
}
