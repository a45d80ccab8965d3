package api

import (
	"context"
	"strings"

	"dialtone/domain"
	"dialtone/domain/claim"
	"dialtone/domain/company"
	"dialtone/domain/device"
	"dialtone/domain/user"
	"dialtone/eventstore"
)

// AddDevice gives a company another phone. Its marks are claimed first: a MAC
// address is one phone's in all companies.
func (d *Desk) AddDevice(ctx context.Context, cause domain.Cause, form DevicePhoneForm) (Done, error) {
	trimmed(&form.Manufacturer, &form.Model, &form.Serial)
	firm, err := d.firm(ctx, form.Company)
	if err != nil {
		return Done{}, err
	}
	cause.Policy = firm.Policy.Stamp()
	add := device.Add{
		ID: domain.DeriveID("device", cause.Command), Company: firm.ID, Manufacturer: strings.ToLower(form.Manufacturer), Model: form.Model,
		Marks: device.Marks{MAC: mac(form.MAC), Serial: form.Serial}, At: cause.At,
	}
	add.Claim = device.MarksClaim(d.cfg.ClaimKey, add.Manufacturer, add.Marks)
	stream := device.Stream(add.ID)
	seen, err := d.look(ctx, stream, cause, func([]domain.Fact) error { return add.Check() })
	if err != nil || seen.Repeated {
		return done(add.ID, seen), err
	}
	held, err := d.journal.Reserve(ctx, cause, d.marksWish(add.Claim, add.ID, wisher{command: cause.Command, at: cause.At})...)
	if err != nil {
		return Done{}, err
	}
	result, err := d.journal.Execute(ctx, stream, cause, add.Decide)
	held.Settle(ctx, err)
	return done(add.ID, result), err
}

// phone loads a phone that was a company's, with the company.
func (d *Desk) phone(ctx context.Context, id string) (device.State, company.State, error) {
	h, err := d.journal.Load(ctx, device.Stream(id))
	if err != nil {
		return device.State{}, company.State{}, err
	}
	phone := device.Fold(h.Facts)
	if phone.ID == "" {
		return phone, company.State{}, noDevice()
	}
	firm, err := d.firm(ctx, phone.Company)
	return phone, firm, err
}

func noDevice() error { return domain.Faultf(domain.Missing, "no-device", "there is no such phone") }

func (d *Desk) onDevice(ctx context.Context, cause domain.Cause, id string, decide domain.Decide, options ...eventstore.Option) (Done, error) {
	_, firm, err := d.phone(ctx, id)
	if err != nil {
		return Done{}, err
	}
	cause.Policy = firm.Policy.Stamp()
	result, err := d.journal.Execute(ctx, device.Stream(id), cause, decide, options...)
	return done(id, result), err
}

// RemoveDevice ends a phone that no user has. Its marks are given back behind it;
// what cannot be given back now is left to the sweep.
func (d *Desk) RemoveDevice(ctx context.Context, cause domain.Cause, id string, options ...eventstore.Option) (Done, error) {
	removed, err := d.onDevice(ctx, cause, id, device.Remove{}.Decide, options...)
	if err != nil {
		return removed, err
	}
	state := device.Fold(removed.Facts)
	for _, stream := range state.Loose {
		if _, err := d.journal.Execute(ctx, stream, cause.For(stream), claim.Release(device.Stream(id), "removed"), eventstore.ByState()); err != nil {
			return removed, nil //nolint:nilerr // the phone is removed; the rest is the sweep's
		}
	}
	noted, err := d.journal.Execute(ctx, device.Stream(id), cause.For("released"), device.NoteReleased{Claims: state.Loose}.Decide)
	if err == nil {
		removed.Result = noted
	}
	return removed, nil
}

// GiveDevice gives a phone to a user, "" for nobody. Who had it before loses it
// first, and the login in it no longer works: that phone is another's from now on.
// If it stops in between, the phone is the company's.
func (d *Desk) GiveDevice(ctx context.Context, cause domain.Cause, id, to string) (Done, error) {
	phone, firm, err := d.phone(ctx, id)
	if err != nil {
		return Done{}, err
	}
	if !phone.Exists() {
		return Done{}, noDevice()
	}
	cause.Policy = firm.Policy.Stamp()
	if to != "" {
		if err := d.mayHave(ctx, cause, phone, firm, to); err != nil {
			return Done{}, err
		}
	}
	if phone.User != "" && phone.User != to {
		if err := d.takePhone(ctx, cause, phone, firm); err != nil {
			return Done{}, err
		}
	}
	if to != "" {
		if err := d.givePhone(ctx, cause, phone, firm, to); err != nil {
			return Done{}, err
		}
	}
	after, err := d.look(ctx, device.Stream(id), cause.For("look"), func([]domain.Fact) error { return nil })
	return done(id, after), err
}

// having is the change by which a user has a phone.
func having(cause domain.Cause, firm company.State, phone device.State) user.Change {
	kind, mac, stream := device.Kind(phone.Manufacturer, phone.Model), phone.Marks.MAC, device.Stream(phone.ID)
	return user.Change{Company: firm, Actor: cause.Actor, At: cause.At, Device: &kind, Person: user.PersonChanges{MAC: &mac}, DeviceClaim: &stream}
}

// mayHave tells what speaks against giving a user a phone, before it is taken from
// whoever has it.
func (d *Desk) mayHave(ctx context.Context, cause domain.Cause, phone device.State, firm company.State, to string) error {
	h, err := d.journal.Load(ctx, user.Stream(to))
	if err != nil {
		return err
	}
	state := user.Fold(h.Facts)
	if !state.Exists() || state.Company != firm.ID {
		return noUser()
	}
	return having(cause, firm, phone).Check(state)
}

// takePhone takes a phone from its user, and replaces the login that is in it.
func (d *Desk) takePhone(ctx context.Context, cause domain.Cause, phone device.State, firm company.State) error {
	none, former := "", phone.User
	take := user.Change{Company: firm, Actor: cause.Actor, At: cause.At, Device: &none, Person: user.PersonChanges{MAC: &none}, DeviceClaim: &none}
	stream := device.Stream(phone.ID)
	result, err := d.journal.Execute(ctx, user.Stream(former), cause.For("take "+stream), func(history []domain.Fact) ([]domain.Event, error) {
		if user.Fold(history).Claims.Device != stream {
			return nil, nil
		}
		return take.Decide(history)
	}, eventstore.ByState())
	if err != nil {
		return err
	}
	if _, err := d.behindPhone(ctx, cause, done(former, result)); err != nil {
		return err
	}
	if _, err := d.journal.Execute(ctx, stream, cause.For("release "+former), device.Release(former, "another user's"), eventstore.ByState()); err != nil {
		return err
	}
	_, err = d.journal.Execute(ctx, user.Stream(former), cause.For("released "+stream), user.NoteReleased{Claims: []string{stream}}.Decide)
	return err
}

// givePhone assigns a phone that nobody has to a user.
func (d *Desk) givePhone(ctx context.Context, cause domain.Cause, phone device.State, firm company.State, to string) error {
	cause = cause.For("give " + to)
	assign := device.Assign{Company: firm.ID, User: to, By: cause.Command, At: cause.At}
	held, err := d.journal.Reserve(ctx, cause, wish(wishDevice, nil, eventstore.Candidate{
		Stream: device.Stream(phone.ID), Take: assign.Decide, Undo: device.GiveBack(to, cause.Command, refused),
	})...)
	if err != nil {
		return err
	}
	given, err := d.journal.Execute(ctx, user.Stream(to), cause, having(cause, firm, phone).Decide)
	held.Settle(ctx, err)
	if err != nil {
		return err
	}
	if _, err := d.behindPhone(ctx, cause, done(to, given)); err != nil {
		return err
	}
	_, err = d.released(ctx, cause.For("former phone"), done(to, given), nil)
	return err
}

// Address is where a phone fetches its configuration. It is told this once.
type Address struct {
	Done
	Folder, File string // URLs: with a slash behind; of the first file
}

// IssueAddress has a phone's configuration lie at a new address.
func (d *Desk) IssueAddress(ctx context.Context, cause domain.Cause, id string, options ...eventstore.Option) (Address, error) {
	issued, err := d.onDevice(ctx, cause, id, device.IssueAddress{}.Decide, options...)
	if err != nil {
		return Address{}, err
	}
	phone := device.Fold(issued.Facts)
	folder := strings.TrimSuffix(d.cfg.PublicURL, "/") + "/provision/" + device.Secret(d.cfg.DeviceKey, id, phone.Generation) + "/"
	return Address{Done: issued, Folder: folder, File: folder + device.FileName(phone.Manufacturer, phone.Model, phone.Marks.MAC)}, nil
}
