package activities

import (
	"context"
	"fmt"
	"strings"

	"dialtone/domain"
	"dialtone/domain/claim"
	"dialtone/domain/company"
	"dialtone/domain/user"
	"dialtone/eventstore"
)

// GiveUpLicence tells the company that the licence of a deleted user is to go
// back to the operator. Which one does is for the company's workflow to find.
func (u *Users) GiveUpLicence(ctx context.Context, in Errand) (user.Duty, error) {
	s, err := u.load(ctx, in.User)
	if err != nil {
		return user.Duty{}, fmt.Errorf("give a licence up: %w", err)
	}
	if kind := s.state.GivesUp; kind != "" {
		cause := u.cause(s, "give-licence-up", s.state.DeletedAt.UTC().String())
		cause.Channel = domain.ChannelNotice
		give := company.ReturnLicence{ID: domain.DeriveID("licence-return", cause.Command), Kind: kind, User: s.state.ID, At: u.Journal.Now()}
		if _, err := u.Journal.Execute(ctx, company.Stream(s.state.Company), cause, give.Decide); err != nil && domain.KindOf(err) != domain.Missing {
			return user.Duty{}, fmt.Errorf("give a licence up: %w", err)
		}
	}
	return u.execute(ctx, s, u.cause(s, "note-given-up", s.state.DeletedAt.UTC().String()), user.NoteGivenUp{}.Decide)
}

// GiveBackLicence finds a licence that is not bound and that nobody has, and
// claims it for the company for good: nobody can have it any more. Where such
// licences all have users, one of these moves to a bound licence that is free
// (rule 2.22).
func (c *Companies) GiveBackLicence(ctx context.Context, in CompanyErrand) (company.Duty, error) {
	duty, err := c.giveBack(ctx, in.Company, in.Duty.Subject)
	if err != nil {
		return company.Duty{}, fmt.Errorf("give a licence of company %s back: %w", in.Company, err)
	}
	return duty, nil
}

func (c *Companies) giveBack(ctx context.Context, id, returning string) (company.Duty, error) {
	history, err := c.load(ctx, id)
	if err != nil {
		return company.Duty{}, err
	}
	firm := company.Fold(history)
	r, open := firm.Return(returning)
	if !open {
		return c.next(history), nil
	}
	g := giving{Companies: c, firm: firm, LicenceReturn: r, history: history}
	bound, unbound := firm.Seats(r.Kind, c.Journal.Now())
	finish, err := g.takeFree(ctx, unbound)
	if err == nil && finish.Seat == 0 {
		var moved string
		if moved, err = g.makeRoom(ctx, bound, unbound); err == nil && moved != "" {
			finish, err = g.takeFree(ctx, unbound)
			finish.Moved = moved
		}
	}
	if err != nil {
		return company.Duty{}, err
	}
	if finish.ID = r.ID; finish.Seat == 0 {
		finish.Trouble = &domain.Trouble{Cause: "licences-in-use", Responsible: "admin", Text: "every licence of the kind has a user, or is bound"}
	}
	result, err := c.Journal.Execute(ctx, company.Stream(id), g.cause("finish"), finish.Decide)
	if err != nil || finish.Seat == 0 {
		return c.next(result.Facts), err
	}
	seat := company.SeatStream(id, company.Seat{Kind: r.Kind, N: finish.Seat})
	_, err = c.Journal.Execute(ctx, seat, g.cause("confirm", seat), claim.Confirm(company.Stream(id)), eventstore.ByState())
	return c.next(result.Facts), err
}

// giving is one return of a licence with what is known of its company.
type giving struct {
	*Companies
	company.LicenceReturn
	firm    company.State
	history []domain.Fact
}

func (g giving) cause(purpose ...string) domain.Cause {
	cause := domain.Cause{
		Command: domain.DeriveID(append([]string{"workflow", g.firm.ID, "licence-return", g.ID}, purpose...)...),
		Actor:   domain.Actor{Kind: domain.ActorSystem, ID: "workflow"}, Channel: domain.ChannelWorkflow,
		Policy: g.firm.Policy.Stamp(), At: g.Journal.Now(),
	}
	return following(cause, g.history)
}

// takeFree claims the first of some seats that nobody has; Seat is 0 where all
// of them have somebody.
func (g giving) takeFree(ctx context.Context, seats []company.Seat) (company.FinishReturn, error) {
	for _, seat := range seats {
		taken, err := g.take(ctx, company.SeatStream(g.firm.ID, seat), company.Stream(g.firm.ID))
		if err != nil {
			return company.FinishReturn{}, err
		}
		if taken {
			return company.FinishReturn{Seat: seat.N, TakenAt: g.Journal.Now()}, nil
		}
	}
	return company.FinishReturn{}, nil
}

func (g giving) take(ctx context.Context, seat, owner string) (bool, error) {
	cause := g.cause("take", seat, owner)
	take := claim.Take{Owner: owner, By: cause.Command, At: cause.At, Taken: domain.Faultf(domain.Conflict, "seat-taken", "somebody has the licence")}
	_, err := g.Journal.Execute(ctx, seat, cause, take.Decide, eventstore.ByState())
	if domain.KindOf(err) == domain.Conflict {
		return false, nil
	}
	return err == nil, err
}

// makeRoom lets one user of an unbound licence sit on a bound one that is free,
// and gives the user's id; "" where there is no such user or no such licence.
func (g giving) makeRoom(ctx context.Context, bound, unbound []company.Seat) (string, error) {
	for _, seat := range unbound {
		from := company.SeatStream(g.firm.ID, seat)
		known, err := g.Journal.Load(ctx, from)
		if err != nil {
			return "", err
		}
		sits := claim.Fold(known.Facts)
		id, ok := strings.CutPrefix(sits.Owner, user.Stream(""))
		if !ok || !sits.Confirmed {
			continue
		}
		switch moved, err := g.move(ctx, id, from, bound); {
		case err != nil:
			return "", err
		case moved:
			return id, nil
		}
	}
	return "", nil
}

// move seats a user on the first free one of some seats, and gives back the seat
// that this leaves.
func (g giving) move(ctx context.Context, id, from string, bound []company.Seat) (bool, error) {
	known, err := g.Journal.Load(ctx, user.Stream(id))
	if err != nil {
		return false, err
	}
	state := user.Fold(known.Facts)
	if state.Claims.Seat == from {
		to, err := g.seatFor(ctx, id, bound)
		if err != nil || to == "" {
			return false, err
		}
		moved, err := g.Journal.Execute(ctx, user.Stream(id), g.cause("move", id), user.MoveSeat{From: from, To: to, TakenAt: g.Journal.Now()}.Decide)
		if err != nil {
			return false, err
		}
		if state = user.Fold(moved.Facts); state.Claims.Seat != to {
			return false, nil // changed meanwhile; the sweep gives back what was taken
		}
	}
	if to := state.Claims.Seat; to != "" { // also where this was cut off between the move and here
		if _, err := g.Journal.Execute(ctx, to, g.cause("seat", to), user.Confirming(to, id), eventstore.ByState()); err != nil {
			return false, err
		}
	}
	// The note comes first: while the seat is still the user's, this is found again.
	if _, err := g.Journal.Execute(ctx, user.Stream(id), g.cause("released", id), user.NoteReleased{Claims: []string{from}}.Decide); err != nil {
		return false, err
	}
	_, err = g.Journal.Execute(ctx, from, g.cause("leave", from), claim.Release(user.Stream(id), "moved to another licence of the kind"), eventstore.ByState())
	return err == nil, err
}

// seatFor claims the first free one of some seats for a user.
func (g giving) seatFor(ctx context.Context, id string, seats []company.Seat) (string, error) {
	for _, seat := range seats {
		stream := company.SeatStream(g.firm.ID, seat)
		if taken, err := g.take(ctx, stream, user.Stream(id)); err != nil || taken {
			return stream, err
		}
	}
	return "", nil
}
