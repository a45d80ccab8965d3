package api

import (
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"dialtone/domain"
	"dialtone/domain/user"
)

// Diff is what is different about a user between two moments.
type Diff struct {
	From    time.Time `json:"from"`
	To      time.Time `json:"to"`
	Changes []Change  `json:"changes"`
}

// Change is one field that is different, with the last fact that changed it.
type Change struct {
	Field string `json:"field" example:"/firstName" doc:"JSON Pointer into the user"`
	From  any    `json:"from,omitempty" doc:"Missing where there was nothing"`
	To    any    `json:"to,omitempty" doc:"Missing where there is nothing any more"`
	By    Fact   `json:"by"`
}

// Fact names the fact that changed something.
type Fact struct {
	Type     string       `json:"type"`
	Revision uint64       `json:"revision"`
	At       time.Time    `json:"at"`
	Actor    domain.Actor `json:"actor"`
	Channel  string       `json:"channel"`
	Reason   string       `json:"reason,omitempty"`
	Summary  string       `json:"summary"`
}

func (s *Server) getDiff(ctx context.Context, in *struct {
	ID   string    `path:"id"`
	From time.Time `query:"from" doc:"By default before the order"`
	To   time.Time `query:"to" doc:"By default now"`
},
) (*struct{ Body Diff }, error) {
	if in.To.IsZero() {
		in.To = s.cfg.Journal.Now()
	}
	if in.To.Before(in.From) {
		return nil, invalid("/to", "order", "is not before from")
	}
	before, err := s.historyAt(ctx, in.ID, in.From)
	if err != nil {
		return nil, err
	}
	after, err := s.historyAt(ctx, in.ID, in.To)
	if err != nil {
		return nil, err
	}
	if user.Fold(after.Facts).ID == "" {
		return nil, noUser()
	}
	changes, err := changesOf(after.Facts, len(before.Facts), in.To)
	return &struct{ Body Diff }{Diff{From: in.From, To: in.To, Changes: changes}}, err
}

// changesOf folds facts and notes which of those behind the first seen ones
// changed each field that is different in the end. The link is judged by one
// moment, so that time alone changes nothing.
func changesOf(facts []domain.Fact, seen int, at time.Time) ([]Change, error) {
	first, err := fields(user.Fold(facts[:seen]), at)
	if err != nil {
		return nil, err
	}
	state, last, by := user.Fold(facts[:seen]), first, map[string]domain.Fact{}
	for _, fact := range facts[seen:] {
		state = user.Evolve(state, fact)
		now, err := fields(state, at)
		if err != nil {
			return nil, err
		}
		for _, field := range differences(last, now) {
			by[field] = fact
		}
		last = now
	}
	changes := []Change{}
	for _, field := range differences(first, last) {
		f := by[field]
		changes = append(changes, Change{Field: field, From: first[field], To: last[field], By: Fact{
			Type: f.Event.Type(), Revision: f.Revision, At: f.At, Actor: f.Actor, Channel: f.Channel, Reason: f.Reason, Summary: summary(f.Event),
		}})
	}
	return changes, nil
}

// fields gives a user as pointers and values; nobody has none.
func fields(s user.State, at time.Time) (map[string]any, error) {
	flat := map[string]any{}
	if s.ID == "" {
		return flat, nil
	}
	raw, err := json.Marshal(ShownUser(s, 0, at))
	if err != nil {
		return nil, err
	}
	var members map[string]any
	if err := json.Unmarshal(raw, &members); err != nil {
		return nil, err
	}
	delete(members, "revision")
	flatten(flat, "", members)
	return flat, nil
}

func flatten(into map[string]any, pointer string, value any) {
	switch v := value.(type) {
	case map[string]any:
		for name, member := range v {
			flatten(into, pointer+"/"+strings.NewReplacer("~", "~0", "/", "~1").Replace(name), member)
		}
	case []any:
		for i, item := range v {
			flatten(into, pointer+"/"+strconv.Itoa(i), item)
		}
	default:
		into[pointer] = v
	}
}

// differences lists the pointers whose values differ, in order.
func differences(a, b map[string]any) []string {
	var different []string
	for field := range a {
		if _, still := b[field]; !still || !reflect.DeepEqual(a[field], b[field]) {
			different = append(different, field)
		}
	}
	for field := range b {
		if _, before := a[field]; !before {
			different = append(different, field)
		}
	}
	slices.Sort(different)
	return different
}
