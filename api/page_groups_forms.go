package api

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"dialtone/api/pages"
	"dialtone/domain"
	"dialtone/domain/group"
)

// grouped carries a command on a group out and leads back to the group's page.
func (f *front) grouped(c *gin.Context, command func(context.Context) (Done, error)) {
	done, err := command(c.Request.Context())
	if err != nil {
		p := f.problem(c.Request.Context(), err)
		if p.Status == http.StatusNotFound {
			f.fail(c, err)
			return
		}
		f.answerGroup(c, p.Status, p)
		return
	}
	f.goOn(c, done.Position, "/groups/"+done.ID+"?done=group-saved")
}

func (f *front) saveGroup(c *gin.Context) {
	values, cause, err := f.commanded(c, "name", "extension", "strategy", "site")
	if err != nil {
		f.fail(c, err)
		return
	}
	var form GroupChangeForm
	for name, field := range map[string]*Text{"name": &form.Name, "extension": &form.Extension, "strategy": &form.Strategy, "site": &form.Site} {
		if values.Has(name) {
			*field = Put(values.Get(name))
		}
	}
	f.grouped(c, func(ctx context.Context) (Done, error) { return f.Desk.ChangeGroup(ctx, cause, c.Param("id"), form) })
}

func (f *front) endGroup(c *gin.Context) {
	values, cause, err := f.commanded(c, "confirm")
	if err == nil && values.Get("confirm") != "yes" {
		err = domain.Faultf(domain.Invalid, "unconfirmed", "nothing was deleted: tick the box to confirm")
	}
	if err != nil {
		f.fail(c, err)
		return
	}
	f.grouped(c, func(ctx context.Context) (Done, error) { return f.Desk.DeleteGroup(ctx, cause, c.Param("id")) })
}

func (f *front) addMember(c *gin.Context) {
	values, cause, err := f.commanded(c, "user")
	if err != nil {
		f.fail(c, err)
		return
	}
	f.grouped(c, func(ctx context.Context) (Done, error) {
		return f.Desk.PutMember(ctx, cause, c.Param("id"), values.Get("user"), MemberForm{})
	})
}

// changeMember does with a member what the form's path says.
func (f *front) changeMember(c *gin.Context) {
	_, cause, err := f.commanded(c)
	if err != nil {
		f.fail(c, err)
		return
	}
	id, member := c.Param("id"), c.Param("user")
	f.grouped(c, func(ctx context.Context) (Done, error) {
		switch c.Param("do") {
		case "in", "out":
			return f.Desk.LogMember(ctx, cause, id, member, c.Param("do") == "in")
		case "remove":
			return f.Desk.RemoveMember(ctx, cause, id, member)
		case "up":
			state, _, err := f.Desk.grouped(ctx, id)
			if err != nil {
				return Done{}, err
			}
			return f.Desk.PutMember(ctx, cause, id, member, MemberForm{Place: max(1, state.Place(member)-1)})
		}
		return Done{}, domain.Faultf(domain.Missing, "no-route", "there is nothing at this address")
	})
}

// logMyself lets a group's calls come to the user who asks, or pass by.
func (f *front) logMyself(c *gin.Context) {
	values, cause, err := f.commanded(c, "do")
	if err != nil {
		f.fail(c, err)
		return
	}
	me := visitorOf(c).User.ID
	cause.Actor = domain.Actor{Kind: domain.ActorUser, ID: me}
	ctx, id := c.Request.Context(), c.Param("group")
	h, err := f.cfg.Journal.Load(ctx, group.Stream(id))
	if _, is := group.Fold(h.Facts).Member(me); err == nil && !is {
		err = noGroup()
	}
	var done Done
	if err == nil {
		done, err = f.Desk.LogMember(ctx, cause, id, me, values.Get("do") == "in")
	}
	if err != nil {
		f.fail(c, err)
		return
	}
	f.goOn(c, done.Position, "/me?done=group")
}

// belongings lists a user's own groups.
func (f *front) belongings(ctx context.Context, id string) ([]pages.Belonging, error) {
	memberships, err := f.cfg.Views.Memberships(ctx, id)
	mine := make([]pages.Belonging, 0, len(memberships))
	for _, m := range memberships {
		mine = append(mine, pages.Belonging{Membership: m, Command: f.cfg.NewID()})
	}
	return mine, err
}
