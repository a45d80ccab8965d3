package api

import (
	"context"
	"slices"

	"dialtone/domain"
	"dialtone/domain/claim"
	"dialtone/domain/company"
	"dialtone/domain/group"
	"dialtone/domain/user"
	"dialtone/eventstore"
)

// CreateGroup makes a group of a company. Its extension is claimed first, as a
// user's is.
func (d *Desk) CreateGroup(ctx context.Context, cause domain.Cause, form GroupForm) (Done, error) {
	trimmed(&form.Name, &form.Site, &form.Extension, &form.Strategy)
	firm, err := d.firm(ctx, form.Company)
	if err != nil {
		return Done{}, err
	}
	cause.Policy = firm.Policy.Stamp()
	create := group.Create{
		ID: domain.DeriveID("group", cause.Command), Company: firm, Kind: group.Kind(form.Kind), Name: form.Name, Site: form.Site,
		Extension: form.Extension, Strategy: form.Strategy, At: cause.At,
	}
	seen, err := d.look(ctx, group.Stream(create.ID), cause, func([]domain.Fact) error { return create.Check() })
	if err != nil || seen.Repeated {
		return done(create.ID, seen), err
	}
	if err := d.roomForGroup(ctx, firm); err != nil {
		return Done{}, err
	}
	held, err := d.journal.Reserve(ctx, cause, groupExtension(cause, firm, create.ID, form.Extension)...)
	if err != nil {
		return Done{}, err
	}
	create.Claim = held.Granted[wishExtension]
	result, err := d.journal.Execute(ctx, group.Stream(create.ID), cause, create.Decide)
	held.Settle(ctx, err)
	return done(create.ID, result), err
}

// roomForGroup tells when a company has as many groups as it may. The count may
// be late by what happens at the same moment.
func (d *Desk) roomForGroup(ctx context.Context, firm company.State) error {
	d.caughtUp(ctx)
	count, err := d.cfg.Views.CountGroups(ctx, firm.ID)
	if err != nil {
		return err
	}
	if most := firm.Policy.MostGroups(); count >= most {
		return domain.Faultf(domain.Refused, "too-many-groups", "a company has at most %d groups", most)
	}
	return nil
}

// groupExtension is the wish for a group's extension.
func groupExtension(cause domain.Cause, firm company.State, id, extension string) []eventstore.Wish {
	if extension == "" {
		return nil
	}
	owner := group.Stream(id)
	taken := domain.Faultf(domain.Conflict, "extension-taken", "extension %s is taken already", extension).At("/extension")
	return wish(wishExtension, nil, eventstore.Candidate{
		Stream: user.ExtensionStream(firm.ID, extension),
		Take:   claim.Take{Owner: owner, By: cause.Command, At: cause.At, Taken: taken}.Decide,
		Undo:   claim.GiveBack(owner, cause.Command, refused),
	})
}

// grouped loads a group that is there, with its company.
func (d *Desk) grouped(ctx context.Context, id string) (group.State, company.State, error) {
	h, err := d.journal.Load(ctx, group.Stream(id))
	if err != nil {
		return group.State{}, company.State{}, err
	}
	state := group.Fold(h.Facts)
	if state.ID == "" {
		return state, company.State{}, noGroup()
	}
	firm, err := d.firm(ctx, state.Company)
	return state, firm, err
}

func noGroup() error { return domain.Faultf(domain.Missing, "no-group", "there is no such group") }

// ChangeGroup changes what was sent of a group. Another extension is claimed
// first, and the one before given back behind it.
func (d *Desk) ChangeGroup(ctx context.Context, cause domain.Cause, id string, form GroupChangeForm, options ...eventstore.Option) (Done, error) {
	state, firm, err := d.grouped(ctx, id)
	if err != nil {
		return Done{}, err
	}
	cause.Policy = firm.Policy.Stamp()
	change := group.Change{
		Company: firm, Name: form.Name.trimmed(), Site: form.Site.trimmed(), Extension: form.Extension.trimmed(), Strategy: form.Strategy.trimmed(), At: cause.At,
	}
	seen, err := d.look(ctx, group.Stream(id), cause, func(history []domain.Fact) error {
		state = group.Fold(history)
		return change.Check(state)
	}, options...)
	if err != nil || seen.Repeated {
		return done(id, seen), err
	}
	var wishes []eventstore.Wish
	if e := change.Extension; e != nil && *e != state.Extension {
		wishes = groupExtension(cause, firm, id, *e)
		if *e != "" && slices.Contains(state.Loose, user.ExtensionStream(firm.ID, *e)) {
			return Done{}, domain.Faultf(domain.Unavailable, "being-released", "the group's former extension is just being given back; try again in a moment")
		}
	}
	held, err := d.journal.Reserve(ctx, cause, wishes...)
	if err != nil {
		return Done{}, err
	}
	change.Claim = held.Granted[wishExtension]
	result, err := d.journal.Execute(ctx, group.Stream(id), cause, unclaimed(state, change.Decide), options...)
	held.Settle(ctx, err)
	return d.groupReleased(ctx, cause, done(id, result), err)
}

// unclaimed lets a change of a group through only while the group has the
// extension it had when the claim for the change was chosen.
func unclaimed(was group.State, decide domain.Decide) domain.Decide {
	return func(history []domain.Fact) ([]domain.Event, error) {
		if is := group.Fold(history); is.Claim != was.Claim || is.Extension != was.Extension {
			return nil, domain.Faultf(domain.Unavailable, "busy", "somebody else is changing the same group; try again")
		}
		return decide(history)
	}
}

// DeleteGroup ends a group. Its extension is given back behind it.
func (d *Desk) DeleteGroup(ctx context.Context, cause domain.Cause, id string, options ...eventstore.Option) (Done, error) {
	result, err := d.onGroup(ctx, cause, id, group.Delete{}.Decide, options...)
	return d.groupReleased(ctx, cause, result, err)
}

// groupReleased gives back at once what a group has left. What cannot be given
// back now is left to the sweep.
func (d *Desk) groupReleased(ctx context.Context, cause domain.Cause, done Done, err error) (Done, error) {
	if err != nil {
		return done, err
	}
	state := group.Fold(done.Facts)
	for _, stream := range state.Loose {
		release := claim.Release(group.Stream(done.ID), state.ReleaseReason())
		if _, err := d.journal.Execute(ctx, stream, cause.For(stream), release, eventstore.ByState()); err != nil {
			return done, nil //nolint:nilerr // the command is done; the rest is the sweep's
		}
	}
	noted, err := d.journal.Execute(ctx, group.Stream(done.ID), cause.For("released"), group.NoteReleased{Claims: state.Loose}.Decide)
	if err == nil {
		done.Result = noted
	}
	return done, nil
}

func (d *Desk) onGroup(ctx context.Context, cause domain.Cause, id string, decide domain.Decide, options ...eventstore.Option) (Done, error) {
	_, firm, err := d.grouped(ctx, id)
	if err != nil {
		return Done{}, err
	}
	cause.Policy = firm.Policy.Stamp()
	result, err := d.journal.Execute(ctx, group.Stream(id), cause, decide, options...)
	return done(id, result), err
}

// PutMember makes a user a member of a group, or moves a member (1.8). A user who
// is being deleted meanwhile does not stay one.
func (d *Desk) PutMember(ctx context.Context, cause domain.Cause, id, member string, form MemberForm, options ...eventstore.Option) (Done, error) {
	person, firm, err := d.memberOf(ctx, id, member)
	if err != nil {
		return Done{}, err
	}
	cause.Policy = firm.Policy.Stamp()
	result, err := d.journal.Execute(ctx, group.Stream(id), cause, group.Join{Member: person, Company: firm, Place: form.Place}.Decide, options...)
	if err != nil || result.Wrote == 0 {
		return done(id, result), err
	}
	after, err := d.journal.Load(ctx, user.Stream(member))
	if err != nil || user.Fold(after.Facts).Exists() {
		return done(id, result), err
	}
	undo := cause.For("deleted-meanwhile")
	undo.Reason = user.LeftAsDeleted
	result, err = d.journal.Execute(ctx, group.Stream(id), undo, group.Leave{User: member}.Decide)
	return done(id, result), err
}

// memberOf loads a user whom a command on a group is about, with the group's company.
func (d *Desk) memberOf(ctx context.Context, id, member string) (user.State, company.State, error) {
	_, firm, err := d.grouped(ctx, id)
	if err != nil {
		return user.State{}, firm, err
	}
	h, err := d.journal.Load(ctx, user.Stream(member))
	return user.Fold(h.Facts), firm, err
}

// RemoveMember ends a membership.
func (d *Desk) RemoveMember(ctx context.Context, cause domain.Cause, id, member string, options ...eventstore.Option) (Done, error) {
	return d.onGroup(ctx, cause, id, group.Leave{User: member}.Decide, options...)
}

// LogMember lets the group's calls come to a member, or pass the member by.
func (d *Desk) LogMember(ctx context.Context, cause domain.Cause, id, member string, in bool, options ...eventstore.Option) (Done, error) {
	return d.onGroup(ctx, cause, id, group.Log{User: member, In: in}.Decide, options...)
}
