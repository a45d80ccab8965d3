package api

import (
	"context"
	"errors"
	"strings"

	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/device"
	"dialtone/domain/group"
	"dialtone/domain/sim"
	"dialtone/domain/user"
	"dialtone/eventstore"
)

// thing is something that a deleted user had and is to have again. Groups and SIMs
// have no wishes: the user's workflow gives them.
type thing struct {
	what, id, value string
	wishes          []eventstore.Wish
	why             *domain.Fault // the user cannot have it
}

// formerThings lists what a deleted user had, with what is known to speak against
// having it again.
func (d *Desk) formerThings(ctx context.Context, w wisher, state user.State) ([]thing, error) {
	things := []thing{
		{what: user.MissedNumber, value: string(state.Number), wishes: w.number(state.Number)},
		{what: user.MissedEmail, value: state.Person.Email, wishes: w.email(state.Person.Email)},
		{what: user.MissedLicence, value: state.Licence, wishes: d.seat(ctx, w, state.Licence)},
	}
	if state.Extension != "" {
		things = append(things, thing{what: user.MissedExtension, value: state.Extension, wishes: w.extension(state.Extension, "")})
	}
	if name := state.Credential.Username; name != "" {
		things = append(things, thing{what: user.MissedUsername, value: name, wishes: wish(wishUsername, nil, w.username(name))})
	}
	phone, err := d.formerPhone(ctx, w, state)
	if err != nil {
		return nil, err
	}
	more, err := d.formerSIMs(ctx, state)
	if err != nil {
		return nil, err
	}
	groups, err := d.formerGroups(ctx, w, state)
	things = append(append(append(things, phone), more...), groups...)
	there := things[:0]
	for _, t := range things {
		if t.why != nil || len(t.wishes) > 0 || t.id != "" {
			there = append(there, t)
		}
	}
	return there, err
}

// formerPhone is the desk phone that a deleted user had: the same one, or where
// only its address is known the one with that.
func (d *Desk) formerPhone(ctx context.Context, w wisher, state user.State) (thing, error) {
	phone := thing{what: user.MissedDevice, value: state.Device}
	if state.Phone == "" {
		wishes, _, err := d.phoneWishes(ctx, w, state.Device, state.Person.MAC)
		phone.wishes = wishes
		return phone, err
	}
	h, err := d.journal.Load(ctx, state.Phone)
	if err != nil {
		return phone, err
	}
	if had := device.Fold(h.Facts); !had.Exists() || had.Company != state.Company {
		phone.why = domain.Faultf(domain.Conflict, "device-gone", "the company has the phone no more")
		return phone, nil
	}
	phone.wishes = wish(wishDevice, nil, eventstore.Candidate{
		Stream: state.Phone, Take: device.Assign{Company: w.firm.ID, User: w.user, By: w.command, At: w.at}.Decide,
		Undo: device.GiveBack(w.user, w.command, refused),
	})
	return phone, nil
}

func (d *Desk) formerSIMs(ctx context.Context, state user.State) (things []thing, err error) {
	for _, id := range state.Regainable() {
		h, err := d.journal.Load(ctx, sim.Stream(id))
		if err != nil {
			return nil, err
		}
		card := thing{what: user.MissedSIM, id: id}
		if why := (sim.Regain{User: state.ID}).Misses(sim.Fold(h.Facts)); why != "" {
			card.why = domain.Faultf(domain.Conflict, why, "the SIM card is somebody else's, blocked or not in use any more")
		}
		things = append(things, card)
	}
	return things, nil
}

func (d *Desk) formerGroups(ctx context.Context, w wisher, state user.State) (things []thing, err error) {
	for _, id := range state.Rejoinable() {
		h, err := d.journal.Load(ctx, group.Stream(id))
		if err != nil {
			return nil, err
		}
		s := group.Fold(h.Facts)
		joins := thing{what: user.MissedGroup, id: id, value: s.Name}
		rejoin := group.Rejoin{User: state.ID, Reason: user.LeftAsDeleted, Most: w.firm.Policy.MostMembers()}
		if why := rejoin.Refuses(s); why != "" {
			joins.why = domain.Faultf(domain.Conflict, why, "the group was deleted, or has no room any more")
		}
		things = append(things, joins)
	}
	return things, nil
}

// refusalOf tells a refusal, which names why somebody cannot have a thing, from
// what has gone wrong.
func refusalOf(err error) (*domain.Fault, error) {
	fault, is := errors.AsType[*domain.Fault](err)
	if is && (fault.Kind == domain.Conflict || fault.Kind == domain.Refused || fault.Kind == domain.Missing) {
		return fault, nil
	}
	return nil, err
}

// withoutLicence lets SIMs go that the user's licence had and no licence has not.
func withoutLicence(things []thing, firm company.State) {
	for _, t := range things {
		if t.what != user.MissedLicence || t.why == nil || firm.Policy.SIMs.For("") {
			continue
		}
		for n := range things {
			if things[n].what == user.MissedSIM && things[n].why == nil {
				things[n].why = domain.Faultf(domain.Conflict, "sim-licence", "a user without the licence has no SIM card")
			}
		}
	}
}

func missedOf(things []thing) (missed []user.Missed) {
	for _, t := range things {
		if t.why != nil {
			missed = append(missed, user.Missed{What: t.what, ID: t.id, Why: t.why.Code})
		}
	}
	return missed
}

// takenMeanwhile names everything that a user cannot have again, nil for nothing.
func takenMeanwhile(things []thing) error {
	refused := domain.Faultf(domain.Conflict, "taken-meanwhile", "what was the user's belongs to somebody else by now, or is gone; change that first, or restore the user without it")
	for _, t := range things {
		if t.why != nil {
			refused.Fields = append(refused.Fields, domain.FieldFault{Pointer: t.pointer(), Code: t.why.Code, Detail: t.why.Detail})
		}
	}
	if len(refused.Fields) == 0 {
		return nil
	}
	return refused
}

// pointer names the field that a thing is in.
func (t thing) pointer() string {
	switch t.what {
	case user.MissedDevice:
		return "/device/mac"
	case user.MissedSIM, user.MissedGroup:
		return "/" + t.what + "s/" + t.id
	}
	return "/" + t.what
}

// Comeback judges the restoration of a deleted user, and takes nothing.
func (d *Desk) Comeback(ctx context.Context, cause domain.Cause, id string) (Comeback, error) {
	state, firm, err := d.subject(ctx, id)
	if err != nil {
		return Comeback{}, err
	}
	if state.Lifecycle != user.Gone {
		return Comeback{}, domain.Faultf(domain.Refused, "not-deleted", "the user is not deleted")
	}
	told := Comeback{Restored: []Former{}, Conflicts: []Former{}}
	refused := user.Restore{Actor: cause.Actor, Policy: firm.Policy, At: cause.At}.Check(state)
	if fault, is := errors.AsType[*domain.Fault](refused); is {
		told.Refused = &FieldProblem{Code: fault.Code, Detail: fault.Detail}
		return told, nil
	}
	things, err := d.formerThings(ctx, d.wisherOf(cause, state, firm), state)
	if err != nil {
		return Comeback{}, err
	}
	for n, t := range things {
		for _, wish := range t.wishes {
			if _, err := d.grants(ctx, wish); err != nil && things[n].why == nil {
				if things[n].why, err = refusalOf(err); err != nil {
					return Comeback{}, err
				}
			}
		}
	}
	withoutLicence(things, firm)
	for _, t := range things {
		shown := Former{What: t.what, ID: t.id, Value: strings.TrimSpace(t.value)}
		if t.why == nil {
			told.Restored = append(told.Restored, shown)
			continue
		}
		shown.Code, shown.Detail = t.why.Code, t.why.Detail
		told.Conflicts = append(told.Conflicts, shown)
	}
	return told, nil
}
