package activities

import (
	"context"
	"fmt"

	"dialtone/domain"
	"dialtone/domain/sim"
	"dialtone/domain/user"
)

// RegainSIMs gives a restored user the SIMs that the deletion had taken. Those
// that are somebody else's by now, or are blocked or ended, are named in the note.
func (u *Users) RegainSIMs(ctx context.Context, in Errand) (user.Duty, error) {
	s, err := u.load(ctx, in.User)
	if err != nil {
		return user.Duty{}, fmt.Errorf("regain SIMs: %w", err)
	}
	if !s.state.Exists() || len(s.state.Regains) == 0 {
		return u.next(s.history), nil
	}
	restoration := restored(s.history)
	note := user.NoteSIMsRegained{SIMs: []string{}}
	for _, id := range s.state.Regains {
		why, err := u.regain(ctx, s, id, restoration)
		switch {
		case err != nil:
			return user.Duty{}, fmt.Errorf("regain SIM %s: %w", id, err)
		case why != "":
			note.Missed = append(note.Missed, user.Missed{What: id, Why: why})
		default:
			note.SIMs = append(note.SIMs, id)
		}
	}
	return u.execute(ctx, s, u.cause(s, "note-sims-regained", restoration), note.Decide)
}

// regain gives the user one SIM, and has the user's stream name it. Its own
// workflow brings it into service.
func (u *Users) regain(ctx context.Context, s subject, id, restoration string) (why string, err error) {
	cause := u.cause(s, "regain-sim", id, restoration)
	told := cause.For(sim.Stream(id))
	told.Channel = domain.ChannelNotice
	gives := sim.Regain{User: s.state.ID}
	given, err := u.Journal.Execute(ctx, sim.Stream(id), told, gives.Decide)
	if err != nil {
		return "", err
	}
	card := sim.Fold(given.Facts)
	if why := gives.Misses(card); why != "" {
		return why, nil
	}
	name := user.NameSIM{SIM: user.SIM{ID: id, Kind: card.Kind, Automatic: card.Automatic && card.Undispatched()}}
	_, err = u.Journal.Execute(ctx, user.Stream(s.state.ID), cause, name.Decide)
	return "", err
}
