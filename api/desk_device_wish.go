package api

import (
	"context"
	"strings"

	"dialtone/domain"
	"dialtone/domain/claim"
	"dialtone/domain/device"
	"dialtone/domain/user"
	"dialtone/eventstore"
)

const (
	wishMarks  = "marks"
	wishDevice = "device"
)

// phoneWishes lists what is needed for a user to have the phone with a MAC
// address: the company's own one if it has it, otherwise a new one of the kind that
// is named. model is the kind of a phone that the company has, "" for a new one.
func (d *Desk) phoneWishes(ctx context.Context, w wisher, kind, mac string) (wishes []eventstore.Wish, model string, err error) {
	if mac == "" {
		return nil, "", nil
	}
	marks := device.Marks{MAC: mac}
	stream := device.MarksClaim(d.cfg.ClaimKey, "", marks)
	h, err := d.journal.Load(ctx, stream)
	if err != nil {
		return nil, "", err
	}
	assign := device.Assign{Company: w.firm.ID, User: w.user, By: w.command, At: w.at}
	id := domain.DeriveID("device", w.command)
	if owner, taken := strings.CutPrefix(claim.Fold(h.Facts).Owner, device.Stream("")); taken && owner != id {
		had, err := d.journal.Load(ctx, device.Stream(owner))
		if err != nil {
			return nil, "", err
		}
		phone := device.Fold(had.Facts)
		if phone.Exists() && phone.Company == w.firm.ID {
			return wish(wishDevice, nil, eventstore.Candidate{
				Stream: device.Stream(owner), Take: assign.Decide, Undo: device.GiveBack(w.user, w.command, refused),
			}), device.Kind(phone.Manufacturer, phone.Model), nil
		}
	}
	add := device.Add{ID: id, Company: w.firm.ID, Marks: marks, Claim: stream, At: w.at}
	add.Manufacturer, add.Model = device.Named(kind)
	return append(d.marksWish(stream, id, w), wish(wishDevice, nil, eventstore.Candidate{
		Stream: device.Stream(id), Take: device.Order(add, assign), Undo: device.Return(w.user, w.command, refused),
	})...), "", nil
}

// marksWish is the wish for a phone's marks, which are one phone's in all companies.
func (d *Desk) marksWish(stream, id string, w wisher) []eventstore.Wish {
	owner := device.Stream(id)
	return wish(wishMarks, nil, eventstore.Candidate{
		Stream: stream, Take: claim.Take{Owner: owner, By: w.command, At: w.at, Taken: device.Taken()}.Decide,
		Undo: claim.GiveBack(owner, w.command, refused),
	})
}

// orderPhone adds to an order's wishes those for its desk phone.
func (d *Desk) orderPhone(ctx context.Context, cause domain.Cause, order *user.Create) ([]eventstore.Wish, error) {
	wishes, model, err := d.phoneWishes(ctx, d.wisher(cause, *order), order.Device, order.Person.MAC)
	if order.Device == "" && model != "" {
		order.Device = model
	}
	return wishes, err
}

// changePhone adds to a change's wishes those for another desk phone, and names
// none where the user is to have none.
func (d *Desk) changePhone(ctx context.Context, w wisher, change *user.Change, state user.State) ([]eventstore.Wish, error) {
	mac := change.Person.MAC
	switch {
	case mac == nil || change.DeviceClaim != nil:
		return nil, nil
	case *mac == "":
		if state.Person.MAC != "" || change.Device != nil && (*change.Device == "" || *change.Device == noPhone) {
			none := ""
			change.DeviceClaim = &none
		}
		return nil, nil
	case *mac == state.Person.MAC && state.Claims.Device != "":
		return nil, nil
	}
	kind := state.Device
	if change.Device != nil {
		kind = *change.Device
	}
	wishes, model, err := d.phoneWishes(ctx, w, kind, *mac)
	if err == nil && model != "" && (change.Device == nil || *change.Device == state.Device) {
		change.Device = &model
	}
	return wishes, err
}
