package api

import (
	"context"
	"slices"
	"strings"

	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/user"
	"dialtone/eventstore"
)

// ChangeUser changes what was sent of a user. New claims are taken first; those
// they replace are given back behind it.
func (d *Desk) ChangeUser(ctx context.Context, cause domain.Cause, id string, form ChangeForm, options ...eventstore.Option) (Done, error) {
	state, firm, err := d.subject(ctx, id)
	if err != nil {
		return Done{}, err
	}
	cause.Policy = firm.Policy.Stamp()
	change := form.change(firm, cause)
	seen, err := d.look(ctx, user.Stream(id), cause, func(history []domain.Fact) error {
		state = user.Fold(history)
		return change.Check(state)
	}, options...)
	if err != nil {
		return Done{}, err
	}
	if seen.Repeated {
		return d.behindPhone(ctx, cause, done(id, seen))
	}
	wishes, err := d.changeWishes(ctx, cause, &change, state, form.auto)
	if err != nil {
		return Done{}, err
	}
	held, err := d.journal.Reserve(ctx, cause, wishes...)
	if err != nil {
		return Done{}, err
	}
	change.Seat = held.Granted[wishSeat]
	if stream := held.Granted[wishDevice]; stream != "" {
		change.DeviceClaim = &stream
	}
	result, err := d.journal.Execute(ctx, user.Stream(id), cause, unmoved(state.Claims, change.Decide), options...)
	held.Settle(ctx, err)
	if err != nil {
		return Done{}, err
	}
	return d.behindPhone(ctx, cause, done(id, result))
}

// unmoved lets a change through only while the user has what it had when the
// claims for the change were chosen: what was the user's own then needed none.
func unmoved(claims user.Claims, decide domain.Decide) domain.Decide {
	return func(history []domain.Fact) ([]domain.Event, error) {
		if user.Fold(history).Claims != claims {
			return nil, domain.Faultf(domain.Unavailable, "busy", "somebody else is changing the same user; try again")
		}
		return decide(history)
	}
}

// changeWishes lists what a change needs that the user does not have. What the
// user has just given up is not the user's to take until it is given back.
func (d *Desk) changeWishes(ctx context.Context, cause domain.Cause, change *user.Change, state user.State, auto bool) ([]eventstore.Wish, error) {
	w := wisher{user: state.ID, firm: change.Company, command: cause.Command, at: cause.At, claimKey: d.cfg.ClaimKey, auto: auto}
	var wishes []eventstore.Wish
	if n := change.Number; n != nil && *n != state.Number {
		wishes = append(wishes, w.number(*n)...)
	}
	if e := change.Extension; e != nil && *e != state.Extension && *e != "" {
		wishes = append(wishes, w.extension(*e, "")...)
	}
	if e := change.Person.Email; e != nil && *e != "" {
		if change.EmailClaim = user.EmailClaim(d.cfg.ClaimKey, *e); change.EmailClaim != state.Claims.Email {
			wishes = append(wishes, w.email(*e)...)
		}
	}
	if name := change.Username; name != nil && *name != state.Credential.Username {
		change.UsernameClaim = user.LoginClaim(d.cfg.ClaimKey, *name)
		if change.UsernameClaim != state.Claims.Username {
			wishes = append(wishes, wish(wishUsername, nil, w.username(*name))...)
		}
	}
	phone, err := d.changePhone(ctx, w, change, state)
	if err != nil {
		return nil, err
	}
	wishes = append(wishes, phone...)
	for _, wish := range wishes {
		for candidate := range wish.Candidates {
			if slices.Contains(state.Loose, candidate.Stream) {
				return nil, domain.Faultf(domain.Unavailable, "being-released", "the user's former %s is just being given back; try again in a moment", wish.Name)
			}
		}
	}
	if kind := change.Licence; kind != nil && *kind != state.Licence {
		wishes = append(wishes, without(d.seat(ctx, w, *kind), state.Loose)...)
	}
	return wishes, nil
}

// without leaves those seats out that the user is just giving back.
func without(seats []eventstore.Wish, loose []string) []eventstore.Wish {
	for n, wish := range seats {
		all := wish.Candidates
		seats[n].Candidates = func(yield func(eventstore.Candidate) bool) {
			for candidate := range all {
				if !slices.Contains(loose, candidate.Stream) && !yield(candidate) {
					return
				}
			}
		}
	}
	return seats
}

// change turns a form into the command.
func (f ChangeForm) change(firm company.State, cause domain.Cause) user.Change {
	change := user.Change{
		Company: firm, Actor: cause.Actor, At: cause.At, Language: f.Language.trimmed(), Site: f.Site.trimmed(),
		Device: f.Device.Kind.as(func(kind string) string { return strings.ToLower(strings.TrimSpace(kind)) }),
		Person: user.PersonChanges{
			FirstName: f.FirstName.trimmed(), LastName: f.LastName.trimmed(),
			DirectoryFirstName: f.DirectoryFirstName.trimmed(), DirectoryLastName: f.DirectoryLastName.trimmed(),
			Email: f.Email.trimmed(), ContractNumber: f.ContractNumber.trimmed(),
			Mobile: f.Mobile.as(national(firm)), MobileNumber: f.MobileNumber.as(national(firm)), MAC: f.Device.MAC.as(mac),
		},
		Extension: f.Extension.trimmed(), Username: f.Username.as(user.FoldEmail), Licence: f.Licence.trimmed(), Options: f.Options.as(services),
	}
	if kind := change.Device; kind != nil && *kind == noPhone && change.Person.MAC == nil {
		none := ""
		change.Person.MAC = &none
	}
	if n := f.Number.as(national(firm)); n != nil {
		number := domain.E164(*n)
		change.Number = &number
	}
	return change
}

func national(firm company.State) func(string) string {
	return func(typed string) string { return phone(typed, firm.Country) }
}

// services gives the names of services in one form and order, each once.
func services(typed []string) []string {
	names := make([]string, 0, len(typed))
	for _, name := range typed {
		if name = strings.ToLower(strings.TrimSpace(name)); name != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (t Text) trimmed() *string { return t.as(strings.TrimSpace) }
