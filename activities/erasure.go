package activities

import (
	"context"
	"fmt"

	"dialtone/domain/callprofile"
	"dialtone/domain/user"
)

// EraseUser destroys everything personal about a deleted user whose time is over.
// First it is written down that there is no way back; whatever happens behind
// that is done again until it is noted as done, so that either nothing is erased
// or all of it.
func (u *Users) EraseUser(ctx context.Context, in Errand) (user.Duty, error) {
	s, err := u.load(ctx, in.User)
	if err != nil {
		return user.Duty{}, fmt.Errorf("erase user %s: %w", in.User, err)
	}
	deletion := s.state.DeletedAt.UTC().String()
	begun, err := u.Journal.Execute(ctx, user.Stream(s.state.ID), u.cause(s, "begin-erasure", deletion), user.BeginErasure{At: u.Journal.Now()}.Decide)
	if err != nil {
		return user.Duty{}, fmt.Errorf("begin to erase user %s: %w", in.User, err)
	}
	s.state, s.history = user.Fold(begun.Facts), begun.Facts
	if !s.state.Erasing || s.state.Forgotten {
		return u.next(s.history), nil
	}
	for _, subject := range []string{user.Stream(s.state.ID), callprofile.Stream(s.state.ID)} {
		if err := u.Keys.Destroy(ctx, subject, u.Journal.Now()); err != nil {
			return user.Duty{}, fmt.Errorf("erase user %s: %w", in.User, err)
		}
		if err := u.Readers.Forget(ctx, subject); err != nil {
			return user.Duty{}, fmt.Errorf("erase user %s: %w", in.User, err)
		}
	}
	return u.execute(ctx, s, u.cause(s, "note-erased", deletion), user.NoteErased{}.Decide)
}
