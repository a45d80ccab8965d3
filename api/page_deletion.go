package api

import (
	"context"

	"github.com/gin-gonic/gin"

	"dialtone/api/pages"
	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/user"
)

// endings gathers what a user's page says above its last button: what a deletion
// would do, or for a deleted user what a restoration would.
func (f *front) endings(ctx context.Context, frame pages.Frame, account *pages.Account, state user.State, firm company.State) error {
	cause := f.asked(ctx)
	switch {
	case state.Erased || firm.ID == "": // nobody is there to be asked about
		return nil
	case state.Exists():
		ending, err := f.Desk.ending(ctx, cause, state, firm)
		account.Ending = shownEnding(frame, ending)
		return err
	}
	comeback, err := f.Desk.Comeback(ctx, cause, state.ID)
	if domain.KindOf(err) == domain.Refused { // somebody was faster than the read models
		return nil
	}
	for _, former := range comeback.Restored {
		account.Comeback.Comes = append(account.Comeback.Comes, pages.Going{What: former.What, Value: former.Value})
	}
	for _, former := range comeback.Conflicts {
		account.Comeback.Conflicts = append(account.Comeback.Conflicts, pages.Conflict{What: former.What, Value: former.Value, Why: frame.First(former.Detail, "missed."+former.Code)})
	}
	return err
}

func shownEnding(frame pages.Frame, ending Ending) pages.Ending {
	shown := pages.Ending{Plans: len(ending.Planned), RestoreUntil: ending.RestoreUntil, EraseAt: ending.EraseAt}
	for _, g := range ending.Goes {
		if g.What == "sim" {
			g.Value = ""
		}
		shown.Goes = append(shown.Goes, pages.Going{What: g.What, Value: g.Value, To: g.To, Until: g.Until})
	}
	for _, g := range ending.Groups {
		shown.Groups = append(shown.Groups, pages.LeftGroup{ID: g.ID, Name: g.Name, Told: g.Told})
	}
	if licence := ending.Licence; licence != nil {
		shown.Licence = pages.LicenceChoice{Kind: licence.Kind, Bound: !licence.Asked}
		if other := licence.Swaps; other != nil {
			shown.Licence.Swaps = pages.FullName(frame, other.FirstName, other.LastName)
		}
	}
	return shown
}

func (f *front) deleteUser(c *gin.Context) {
	values, cause, err := f.commanded(c, "confirm", "licence")
	if err != nil {
		f.fail(c, err)
		return
	}
	if values.Get("confirm") != "yes" {
		p := f.problem(c.Request.Context(), domain.Faultf(domain.Invalid, "unconfirmed", "nothing was deleted: tick the box to confirm"))
		f.answerUser(c, p.Status, p)
		return
	}
	f.carryOut(c, "delete", cause, f.Desk.DeleteUserWith(values.Get("licence") == returned))
}

// restoreUser brings a user back, without what others have by now where that is
// ticked.
func (f *front) restoreUser(c *gin.Context) {
	values, cause, err := f.commanded(c, "partial")
	if err != nil {
		f.fail(c, err)
		return
	}
	f.carryOut(c, "restore", cause, f.Desk.RestoreUserWith(RestoreForm{Partial: values.Get("partial") == "yes"}))
}
