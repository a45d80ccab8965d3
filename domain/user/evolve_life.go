package user

import "dialtone/domain"

// life applies the facts of a user's suspension and end, and of what follows
// from the end: groups that are left, a licence that goes back, a person who is
// forgotten.
func life(s State, f domain.Fact) State {
	switch e := f.Event.(type) {
	case Suspended:
		s.Suspended = true
	case Resumed:
		s.Suspended = false
	case Deleted:
		return deleted(s, e, f)
	case LicenceGivenUp:
		s.GivesUp = ""
	case Restored:
		return restored(s, e, f)
	case GroupsFound:
		s.Leaves = e.Groups
	case GroupsLeft:
		s.Leaving, s.Leaves, s.Left = false, nil, union(s.Left, e.Groups)
	case GroupsRejoined:
		s.Rejoins = nil
	case ErasureBegun:
		s.Erasing = true
	case Erased:
		s.Erased, s.Forgotten = true, true
	}
	return s
}
