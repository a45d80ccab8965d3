package projections

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"dialtone/domain"
	"dialtone/domain/callprofile"
	"dialtone/domain/claim"
	"dialtone/domain/company"
	"dialtone/domain/device"
	"dialtone/domain/group"
	"dialtone/domain/number"
	"dialtone/domain/sim"
	"dialtone/domain/user"
)

var history = projection{
	name: "history", tables: []string{"history"}, wants: []string{"user.", "company.", "number.", "claim.", "group.", "device.", "sim.", "callprofile."}, apply: one(applyHistory),
}

func applyHistory(ctx context.Context, w *writer, r record) error {
	about := subjectOf(r.Stream, r.fact.Event)
	if about == "" {
		return nil
	}
	data, err := Shown(r.fact.Event)
	if err != nil {
		return err
	}
	row := HistoryRow{
		Position: r.Position, User: about, Stream: r.Stream, Revision: r.Revision, ID: r.ID, Type: r.Type,
		At: r.fact.At.UTC(), Recorded: r.Time.UTC(), ActorKind: r.fact.Actor.Kind, ActorID: r.fact.Actor.ID,
		Channel: r.fact.Channel, Reason: r.fact.Reason, Command: r.fact.Command,
		Correlation: r.fact.Correlation, Causation: r.fact.Causation, Erased: r.fact.Erased, Data: data,
	}
	return w.put(ctx, "history", &row, leaving)
}

// subjectOf gives the id of the user, company or group a fact is about, "" where it is nobody.
// What a phone does is about whoever has it.
func subjectOf(stream string, event domain.Event) string {
	if e, ok := event.(device.ConfigurationFetched); ok && e.User != "" {
		return e.User
	}
	for _, stem := range []string{user.Stream(""), user.LookStream(""), callprofile.Stream(""), company.Stream(""), group.Stream(""), device.Stream(""), sim.Stream("")} {
		if id, ok := strings.CutPrefix(stream, stem); ok {
			return id
		}
	}
	owner := ""
	switch e := event.(type) {
	case number.Assigned:
		return e.User
	case number.Confirmed:
		return e.User
	case number.Released:
		return e.User
	case number.SwapPrepared:
		return e.From
	case number.Swapped:
		return e.To
	case claim.Taken:
		owner = e.Owner
	case claim.Confirmed:
		owner = e.Owner
	case claim.Released:
		owner = e.Owner
	}
	for _, stem := range []string{user.Stream(""), group.Stream(""), device.Stream(""), sim.Stream("")} {
		if id, ok := strings.CutPrefix(owner, stem); ok {
			return id
		}
	}
	return ""
}

// secret are the members no reader gets to see, at whatever depth.
var secret = []string{"password", "pin", "answer", "ha1", "hash", "matchingId"}

// Shown gives an event as JSON without secrets and hashes of secrets.
func Shown(event domain.Event) (json.RawMessage, error) {
	data, err := json.Marshal(event)
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", event.Type(), err)
	}
	return strip(data)
}

// strip removes secrets from a JSON object, and the objects in it that held
// nothing else.
func strip(data json.RawMessage) (json.RawMessage, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(data, &members); err != nil {
		return nil, fmt.Errorf("take the secrets from an event: %w", err)
	}
	for key, value := range members {
		if slices.Contains(secret, key) {
			delete(members, key)
			continue
		}
		if value[0] != '{' {
			continue
		}
		inner, err := strip(value)
		if err != nil {
			return nil, err
		}
		if members[key] = inner; string(inner) == "{}" {
			delete(members, key)
		}
	}
	return json.Marshal(members)
}
