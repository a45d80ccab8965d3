package workers_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"pgregory.net/rapid"

	"dialtone/api"
	"dialtone/domain"
	"dialtone/domain/sim"
	"dialtone/domain/user"
)

// someone picks one of the users, alive or not; nobody skips what was to be done.
func (l *lot) someone(of func(user.State) bool) user.State {
	var found []user.State
	for _, u := range l.seen.users {
		if u.ID != "" && of(u) {
			found = append(found, u)
		}
	}
	if len(found) == 0 {
		l.Skip("nobody is there")
	}
	slices.SortFunc(found, func(a, b user.State) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID))
	})
	ids := make([]string, 0, len(found))
	for _, u := range found {
		ids = append(ids, user.Stream(u.ID))
	}
	return l.seen.users[pick(l, "who", ids...)]
}

func gone(u user.State) bool { return !u.Exists() }

func (l *lot) order() {
	if len(l.seen.users) >= 9 {
		l.Skip("enough")
	}
	firm := pick(l, "firm", l.firms...)
	form := api.UserForm{
		FirstName: "Ada", LastName: "Lovelace", Email: pick(l, "mail", "", "a", "b"), Number: pick(l, "number", append(l.linesOf(firm), "")...),
		NumberFrom: pick(l, "from", "", "company", "pool"), Licence: pick(l, "licence", "fast", "mobile-10gb"),
	}
	if form.Email != "" {
		form.Email = fmt.Sprintf("%s%d@example.com", form.Email, l.lots)
	}
	l.does(fmt.Sprintf("order %+v", form), func(ctx context.Context, cause domain.Cause) error {
		_, err := l.desk.CreateUser(ctx, cause, firm, form)
		return err
	})
}

func (l *lot) change() {
	u := l.someone(user.State.Exists)
	form := api.ChangeForm{Number: api.Put(pick(l, "number", append(l.linesOf(u.Company), "")...))}
	if pick(l, "the licence", false, true) {
		form = api.ChangeForm{Licence: api.Put(pick(l, "licence", "fast", "mobile-10gb"))}
	}
	l.does(fmt.Sprintf("change %s to number %+v, licence %+v", u.ID, form.Number, form.Licence), func(ctx context.Context, cause domain.Cause) error {
		_, err := l.desk.ChangeUser(ctx, cause, u.ID, form)
		return err
	})
}

func (l *lot) swap() {
	numbered := func(u user.State) bool { return u.Exists() && u.Number != "" }
	u := l.someone(numbered)
	other := l.someone(func(o user.State) bool { return numbered(o) && o.Company == u.Company && o.ID != u.ID })
	l.does("swap "+u.ID+" with "+other.ID, func(ctx context.Context, cause domain.Cause) error {
		_, err := l.desk.Swap(ctx, cause, u.ID, api.SwapForm{With: other.ID})
		return err
	})
}

func (l *lot) leave() {
	u, giveUp := l.someone(user.State.Exists), pick(l, "with the licence", true, false)
	l.does("delete "+u.ID, func(ctx context.Context, cause domain.Cause) error {
		_, err := l.desk.DeleteUserWith(giveUp)(ctx, cause, u.ID)
		return err
	})
}

func (l *lot) comeBack() {
	u, partial := l.someone(gone), pick(l, "partly", true, false)
	l.does(fmt.Sprintf("restore %s, partly %t", u.ID, partial), func(ctx context.Context, cause domain.Cause) error {
		_, err := l.desk.RestoreUserWith(api.RestoreForm{Partial: partial})(ctx, cause, u.ID)
		return err
	})
}

func (l *lot) number() {
	n, firm := pick(l, "number", l.lines...), pick(l, "firm", l.firms...)
	switch what := pick(l, "what", "company", "pool", "buy", "buy any"); what {
	case "buy", "buy any":
		form := api.BuyForm{Number: n}
		if what == "buy any" {
			form = api.BuyForm{Count: 2}
		}
		l.does(what+" "+n, func(ctx context.Context, cause domain.Cause) error {
			_, err := l.desk.Buy(ctx, cause, firm, form)
			return err
		})
	default:
		l.does("release "+n+" to the "+what, func(ctx context.Context, cause domain.Cause) error {
			_, err := l.desk.Release(ctx, cause, domain.E164(n), api.ReleaseForm{To: what})
			return err
		})
	}
}

func (l *lot) seat() {
	firm, kind := pick(l, "firm", l.firms...), pick(l, "kind", "fast", "mobile-10gb")
	l.does("return a licence", func(ctx context.Context, cause domain.Cause) error {
		_, err := l.desk.ReturnLicence(ctx, cause, firm, api.ReturnForm{Kind: kind})
		return err
	})
}

func (l *lot) group() {
	u := l.someone(user.State.Exists)
	group := l.groups[slices.Index(l.firms, u.Company)]
	l.does("join "+u.ID, func(ctx context.Context, cause domain.Cause) error {
		_, err := l.desk.PutMember(ctx, cause, group, u.ID, api.MemberForm{})
		return err
	})
}

func (l *lot) card() {
	card := api.CardForm{IMSI: fmt.Sprintf("24001743%04d00%d", l.lots, rapid.IntRange(0, 2).Draw(l.T, "card"))}
	switch what := pick(l, "what", "give", "swap", "detach", "stock"); what {
	case "give":
		u := l.someone(user.State.Exists)
		l.does("card for "+u.ID+": "+card.IMSI, func(ctx context.Context, cause domain.Cause) error {
			_, err := l.desk.GiveSIM(ctx, cause, u.ID, api.SIMForm{Kind: "voice", CardForm: card})
			return err
		})
	case "stock":
		if len(l.seen.sims) > 8 {
			l.Skip("enough")
		}
		l.does("order a card", func(ctx context.Context, cause domain.Cause) error {
			_, err := l.desk.OrderStock(ctx, cause, l.firms[0], api.StockForm{Kind: "voice", Count: 1})
			return err
		})
	default:
		id := l.someSIM()
		l.does(what+" of SIM "+id, func(ctx context.Context, cause domain.Cause) (err error) {
			if what == "swap" {
				_, err = l.desk.SwapSIM(ctx, cause, id, card)
			} else {
				_, err = l.desk.DetachSIM(ctx, cause, id)
			}
			return err
		})
	}
}

// someSIM picks a SIM that somebody has, or nobody.
func (l *lot) someSIM() string {
	var found []sim.State
	for _, s := range l.seen.sims {
		if s.ID != "" {
			found = append(found, s)
		}
	}
	if len(found) == 0 {
		l.Skip("no SIM is there")
	}
	slices.SortFunc(found, func(a, b sim.State) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID))
	})
	ids := make([]string, 0, len(found))
	for _, s := range found {
		ids = append(ids, s.ID)
	}
	return pick(l, "SIM", ids...)
}
