package api

import (
	"context"
	"slices"
	"strings"
	"time"

	"dialtone/domain"
	"dialtone/domain/claim"
	"dialtone/domain/company"
	"dialtone/domain/number"
	"dialtone/domain/user"
	"dialtone/eventstore"
)

// The names of what a user can have alone.
const (
	wishNumber    = "number"
	wishExtension = "extension"
	wishEmail     = "email"
	wishSeat      = "seat"
)

const refused = "the order was refused"

// wisher makes the wishes of one user for one command.
type wisher struct {
	user     string
	firm     company.State
	command  string
	at       time.Time
	claimKey []byte
	auto     bool // nobody asked for just this number
}

// wisher makes the wishes of an order.
func (d *Desk) wisher(cause domain.Cause, order user.Create) wisher {
	return wisher{user: order.ID, firm: order.Company, command: cause.Command, at: cause.At, claimKey: d.cfg.ClaimKey}
}

// wishes lists what an order needs alone beside its number.
func (d *Desk) wishes(ctx context.Context, cause domain.Cause, order user.Create) []eventstore.Wish {
	w := d.wisher(cause, order)
	return slices.Concat(w.extension(order.Extension, order.Number), w.email(order.Person.Email), d.seat(ctx, w, order.Licence))
}

// granted writes into an order what was claimed for it.
func granted(order *user.Create, streams map[string]string) {
	order.Claims = user.Claims{
		Number: streams[wishNumber], Extension: streams[wishExtension], Email: streams[wishEmail], Seat: streams[wishSeat],
		Device: streams[wishDevice],
	}
	if stream := streams[wishExtension]; stream != "" && order.Extension == "" {
		order.Extension = strings.TrimPrefix(stream, user.ExtensionStream(order.Company.ID, ""))
		if usual := order.Number.Last(order.Company.Policy.Extension.LastDigits); usual != order.Extension {
			order.ExtensionReason = usual + " was taken"
		}
	}
	if stream := streams[wishSeat]; stream != "" && order.Licence == "" {
		kind := strings.TrimPrefix(stream, "seat-"+order.Company.ID+"-")
		order.Licence = kind[:strings.LastIndexByte(kind, '-')]
	}
}

func (w wisher) number(n domain.E164) []eventstore.Wish {
	if n == "" {
		return nil
	}
	return wish(wishNumber, nil, w.line(n))
}

// line gives the number to the user.
func (w wisher) line(n domain.E164) eventstore.Candidate {
	return eventstore.Candidate{
		Stream: number.Stream(n),
		Take:   number.Assign{Number: n, Company: w.firm.ID, User: w.user, By: w.command, At: w.at, Auto: w.auto}.Decide,
		Undo:   number.GiveBack(w.user, w.command, refused),
	}
}

func (w wisher) extension(wanted string, n domain.E164) []eventstore.Wish {
	var candidates []eventstore.Candidate
	for _, extension := range user.ExtensionsFrom(wanted, n, w.firm.Policy.Extension) {
		taken := domain.Faultf(domain.Conflict, "extension-taken", "extension %s is already another user's", extension).At("/extension")
		candidates = append(candidates, w.claim(user.ExtensionStream(w.firm.ID, extension), taken))
	}
	if len(candidates) < 2 {
		return wish(wishExtension, nil, candidates...)
	}
	none := domain.Faultf(domain.Conflict, "extension-taken", "the extensions near the last digits of %s are all taken; choose another", n).At("/extension")
	return wish(wishExtension, none, candidates...)
}

func (w wisher) email(address string) []eventstore.Wish {
	if address == "" {
		return nil
	}
	taken := domain.Faultf(domain.Conflict, "email-taken", "the e-mail address is already another user's").At("/email")
	return wish(wishEmail, nil, w.claim(user.EmailClaim(w.claimKey, address), taken))
}

func (w wisher) claim(stream string, taken *domain.Fault) eventstore.Candidate {
	owner := user.Stream(w.user)
	return eventstore.Candidate{
		Stream: stream, Take: claim.Take{Owner: owner, By: w.command, At: w.at, Taken: taken}.Decide,
		Undo: claim.GiveBack(owner, w.command, refused),
	}
}

func wish(name string, none *domain.Fault, candidates ...eventstore.Candidate) []eventstore.Wish {
	if len(candidates) == 0 {
		return nil
	}
	return []eventstore.Wish{{Name: name, Candidates: slices.Values(candidates), None: none}}
}
