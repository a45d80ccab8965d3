package api

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"dialtone/domain"
	"dialtone/domain/device"
	"dialtone/domain/group"
	"dialtone/domain/number"
	"dialtone/domain/sim"
	"dialtone/domain/user"
)

// reach is how far somebody may go with a route.
type reach int

const (
	never      reach = iota
	self             // where the :id, or :user of a group's member, is that of the user who asks
	firm             // in the own company; what is another's is not there
	everywhere       // whatever it is about
)

// about is what a route's :id names.
type about int

const (
	lists      about = iota // nothing: the route lists, and what it lists is narrowed to the company
	aCompany                // a company
	aUser                   // a user
	aNumber                 // a number of a company
	aGroup                  // a group
	aSIM                    // a SIM
	aDevice                 // a desk phone
	everything              // nothing: the route is about all companies
)

// right says who may use a route. The operator may use all; whoever is not
// named, and whoever comes to a route that is not in the table, may not.
type right struct {
	about                about
	support, admin, user reach
	screen               string // what a look of the support is called in its fact, "" where nobody is shown
}

func (r right) of(role string) reach {
	switch role {
	case domain.ActorOperator:
		return everywhere
	case domain.ActorSupport:
		return r.support
	case domain.ActorAdmin:
		return r.admin
	case domain.ActorUser:
		return r.user
	}
	return never
}

// looks gives the right to a screen that shows a person.
func (r right) looks(screen string) right {
	r.screen = screen
	return r
}

// The groups of routes.
var (
	operates        = right{about: everything}
	readsLists      = right{about: lists, support: everywhere, admin: firm}
	readsCompany    = right{about: aCompany, support: everywhere, admin: firm}
	operatesCompany = right{about: aCompany}
	changesCompany  = right{about: aCompany, admin: firm}
	readsUser       = right{about: aUser, support: everywhere, admin: firm, user: self}
	opensUser       = right{about: aUser, support: everywhere, admin: firm}
	administersUser = right{about: aUser, admin: firm}
	changesNumber   = right{about: aNumber, admin: firm}
	readsGroup      = right{about: aGroup, support: everywhere, admin: firm}
	changesGroup    = right{about: aGroup, admin: firm}
	readsSIM        = right{about: aSIM, support: everywhere, admin: firm}
	changesSIM      = right{about: aSIM, admin: firm}
	readsDevice     = right{about: aDevice, support: everywhere, admin: firm}
	changesDevice   = right{about: aDevice, admin: firm}
	changesOwn      = right{about: aUser, admin: firm, user: self}
	logsIn          = right{about: aGroup, admin: firm, user: self}
)

// rights is the one table of who may do what: the rights to every route that
// needs a login and is not a user's own (/me).
var rights = map[string]right{
	"POST /v1/companies":                      operates,
	"GET /v1/companies":                       readsLists,
	"GET /v1/companies/:id":                   readsCompany,
	"POST /v1/companies/:id/sites":            changesCompany,
	"POST /v1/companies/:id/users":            changesCompany,
	"POST /v1/companies/:id/users/review":     changesCompany,
	"PATCH /v1/companies/:id":                 operatesCompany,
	"POST /v1/companies/:id/numbers":          operatesCompany,
	"POST /v1/companies/:id/licences":         operatesCompany,
	"POST /v1/companies/:id/licences/returns": changesCompany,
	"POST /v1/companies/:id/connection":       operatesCompany,
	"PUT /v1/companies/:id/policy":            operatesCompany,
	"PUT /v1/companies/:id/region":            changesCompany,
	"PUT /v1/companies/:id/attendant":         changesCompany,
	"DELETE /v1/companies/:id/attendant":      changesCompany,
	"GET /v1/companies/:id/setup":             readsCompany,
	"PUT /v1/companies/:id/setup/:step":       changesCompany,
	"GET /v1/companies/:id/history":           readsCompany,
	"GET /v1/numbers":                         readsLists,
	"GET /v1/licences":                        readsLists,

	"POST /v1/pool":                        operates,
	"GET /v1/pool":                         readsLists,
	"POST /v1/companies/:id/purchases":     changesCompany,
	"POST /v1/companies/:id/assignments":   changesCompany,
	"POST /v1/companies/:id/device-logins": changesCompany,
	"GET /v1/numbers/:id/owners":           readsLists, // narrowed to the times in which it was the company's
	"PUT /v1/numbers/:id/reservation":      changesNumber,
	"DELETE /v1/numbers/:id/reservation":   changesNumber,
	"PUT /v1/numbers/:id/forwarding":       changesNumber,
	"DELETE /v1/numbers/:id/forwarding":    changesNumber,
	"POST /v1/numbers/:id/release":         changesNumber,
	"DELETE /v1/numbers/:id/rest":          operates,
	"POST /v1/users/:id/swap":              administersUser,

	"GET /v1/users/:id/profiles":             readsUser,
	"GET /v1/users/:id/profiles/:profile":    readsUser,
	"POST /v1/users/:id/profiles":            changesOwn,
	"PUT /v1/users/:id/profiles/:profile":    changesOwn,
	"DELETE /v1/users/:id/profiles/:profile": changesOwn,
	"PUT /v1/users/:id/profile":              changesOwn,
	"DELETE /v1/users/:id/profile":           changesOwn,
	"POST /v1/users/:id/plans":               changesOwn,
	"DELETE /v1/users/:id/plans/:plan":       changesOwn,
	"PUT /v1/users/:id/timetable":            changesOwn,
	"PUT /v1/users/:id/switches":             changesOwn,
	"POST /v1/users/:id/rules":               changesOwn,
	"PUT /v1/users/:id/rules/:rule":          changesOwn,
	"DELETE /v1/users/:id/rules/:rule":       changesOwn,

	"GET /v1/groups":                            readsLists,
	"POST /v1/groups":                           {about: lists, admin: firm},
	"GET /v1/groups/:id":                        readsGroup,
	"GET /v1/groups/:id/history":                readsGroup,
	"PATCH /v1/groups/:id":                      changesGroup,
	"DELETE /v1/groups/:id":                     changesGroup,
	"PUT /v1/groups/:id/members/:user":          changesGroup,
	"DELETE /v1/groups/:id/members/:user":       changesGroup,
	"PUT /v1/groups/:id/members/:user/login":    logsIn,
	"DELETE /v1/groups/:id/members/:user/login": logsIn,

	"POST /v1/users/:id/sims":     administersUser,
	"POST /v1/companies/:id/sims": operatesCompany,
	"GET /v1/sims":                readsLists,
	"GET /v1/sims/:id":            readsSIM,
	"GET /v1/sims/:id/history":    changesSIM, // its facts tell the card's numbers, which the support is not shown
	"POST /v1/sims/:id/swap":      changesSIM,
	"POST /v1/sims/:id/detach":    changesSIM,
	"POST /v1/sims/:id/block":     changesSIM,
	"POST /v1/sims/:id/unblock":   changesSIM, // the domain says that it is the operator's
	"POST /v1/sims/:id/retry":     changesSIM,

	"GET /v1/models":                    readsLists,
	"GET /v1/devices":                   readsLists,
	"POST /v1/devices":                  {about: lists, admin: firm},
	"GET /v1/devices/:id":               readsDevice,
	"GET /v1/devices/:id/history":       readsDevice,
	"DELETE /v1/devices/:id":            changesDevice,
	"PUT /v1/devices/:id/user":          changesDevice,
	"DELETE /v1/devices/:id/user":       changesDevice,
	"POST /v1/devices/:id/provisioning": changesDevice,

	"GET /v1/activations":                    readsLists,
	"GET /v1/users":                          readsLists,
	"GET /v1/users/:id":                      readsUser.looks("user"),
	"GET /v1/users/:id/history":              readsUser.looks("history"),
	"GET /v1/users/:id/diff":                 readsUser.looks("diff"),
	"PATCH /v1/users/:id":                    administersUser,
	"DELETE /v1/users/:id":                   administersUser,
	"POST /v1/users/:id/activation":          administersUser,
	"POST /v1/users/:id/activation/link":     administersUser,
	"POST /v1/users/:id/activation/messages": administersUser,
	"POST /v1/users/:id/suspension":          administersUser,
	"DELETE /v1/users/:id/suspension":        administersUser,
	"POST /v1/users/:id/calendar":            administersUser,
	"GET /v1/users/:id/calendar":             readsUser.looks("calendar"),
	"DELETE /v1/users/:id/calendar/:action":  administersUser,
	"POST /v1/users/:id/restoration":         administersUser,
	"GET /v1/users/:id/restoration":          opensUser.looks("deletion"),
	"GET /v1/users/:id/deletion":             opensUser.looks("deletion"),
	"POST /v1/users/:id/device/credentials":  administersUser,
	"POST /v1/users/:id/credential/reset":    administersUser,
	"DELETE /v1/users/:id/credential/lock":   administersUser,
	"PUT /v1/users/:id/admin":                administersUser,
	"DELETE /v1/users/:id/admin":             administersUser,

	"GET /":                                readsLists,
	"GET /companies":                       readsLists,
	"POST /companies":                      operates,
	"GET /companies/:id":                   readsCompany,
	"POST /companies/:id":                  changesCompany,
	"GET /companies/:id/setup":             readsCompany,
	"GET /companies/:id/history":           readsCompany,
	"POST /companies/:id/setup/:step":      changesCompany,
	"POST /companies/:id/connection":       operatesCompany,
	"POST /companies/:id/change":           operatesCompany,
	"POST /companies/:id/numbers":          operatesCompany,
	"POST /companies/:id/licences":         operatesCompany,
	"POST /companies/:id/licences/returns": changesCompany,
	"POST /companies/:id/policy":           operatesCompany,
	"GET /companies/:id/order":             changesCompany,
	"POST /companies/:id/order":            changesCompany,
	"GET /companies/:id/numbers":           readsCompany,
	"POST /companies/:id/purchases":        changesCompany,
	"GET /numbers/:id":                     readsLists, // narrowed to the times in which it was the company's
	"POST /numbers/:id/reserve":            changesNumber,
	"POST /numbers/:id/unreserve":          changesNumber,
	"POST /numbers/:id/forward":            changesNumber,
	"POST /numbers/:id/unforward":          changesNumber,
	"POST /numbers/:id/release":            changesNumber,
	"GET /companies/:id/devices":           readsCompany,
	"POST /companies/:id/devices":          changesCompany,
	"GET /companies/:id/logins":            changesCompany,
	"POST /companies/:id/logins":           changesCompany,
	"GET /devices/:id":                     readsDevice,
	"GET /devices/:id/history":             readsDevice,
	"POST /devices/:id/user":               changesDevice,
	"POST /devices/:id/address":            changesDevice,
	"POST /devices/:id/login":              changesDevice,
	"POST /devices/:id/delete":             changesDevice,
	"GET /companies/:id/groups":            readsCompany,
	"POST /companies/:id/groups":           changesCompany,
	"GET /groups/:id":                      readsGroup,
	"GET /groups/:id/history":              readsGroup,
	"POST /groups/:id":                     changesGroup,
	"POST /groups/:id/delete":              changesGroup,
	"POST /groups/:id/members":             changesGroup,
	"POST /groups/:id/members/:user/:do":   changesGroup,
	"GET /companies/:id/sims":              readsCompany,
	"POST /companies/:id/sims":             operatesCompany,
	"GET /users/:id/sims":                  opensUser.looks("sims-page"),
	"POST /users/:id/sims":                 administersUser,
	"GET /users/:id/sims/:sim":             opensUser.looks("sims-page"),
	"POST /users/:id/sims/:sim/:do":        administersUser, // of a block, the domain says whose it is to lift it
	"GET /users":                           readsLists,
	"GET /users/:id":                       opensUser.looks("page"),
	"GET /users/:id/history":               opensUser.looks("history-page"),
	"GET /users/:id/live":                  opensUser.looks("page"),
	"POST /users/:id/details":              administersUser,
	"POST /users/:id/activation":           administersUser,
	"POST /users/:id/activation/link":      administersUser,
	"POST /users/:id/activation/messages":  administersUser,
	"POST /users/:id/suspend":              administersUser,
	"POST /users/:id/resume":               administersUser,
	"POST /users/:id/device":               administersUser,
	"POST /users/:id/delete":               administersUser,
	"POST /users/:id/calendar":             administersUser,
	"POST /users/:id/calendar/:action":     administersUser,
	"POST /users/:id/restore":              administersUser,
	"POST /users/:id/open":                 administersUser,
	"POST /users/:id/credential":           administersUser,
	"POST /users/:id/unlock":               administersUser,
	"POST /users/:id/admin":                administersUser,
	"POST /users/:id/admin/revoke":         administersUser,
}

// allowed tells why whoever asks may not use the route, nil if they may. It
// narrows lists to an admin's company, and notes what the support looks at.
func (s *Server) allowed(c *gin.Context) error {
	ctx, id := c.Request.Context(), c.Param("id")
	x, right := exchangeOf(c.Request.Context()), rightTo(c)
	switch right.of(x.actor.Kind) {
	case everywhere:
	case self:
		if right.about == aGroup {
			id = c.Param("user")
		}
		if id != x.actor.ID {
			return noUser()
		}
	case firm:
		if err := s.ofCompany(c, right.about, x.company); err != nil {
			return err
		}
	default:
		return domain.Faultf(domain.Denied, "not-allowed", "your role does not allow this")
	}
	if x.actor.Kind == domain.ActorSupport && right.screen != "" {
		return s.viewed(ctx, id, right.screen)
	}
	return nil
}

func rightTo(c *gin.Context) right {
	method := c.Request.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	return rights[method+" "+c.FullPath()]
}

// ofCompany tells whether what a route is about is a company's. What is
// another's is answered as if it were not there.
func (s *Server) ofCompany(c *gin.Context, about about, own string) error {
	switch id := c.Param("id"); about {
	case aCompany:
		if id != own {
			return noCompany()
		}
	case aUser:
		history, err := s.cfg.Journal.Load(c.Request.Context(), user.Stream(id))
		if err != nil {
			return err
		}
		if user.Fold(history.Facts).Company != own {
			return noUser()
		}
	case aGroup:
		history, err := s.cfg.Journal.Load(c.Request.Context(), group.Stream(id))
		if err != nil {
			return err
		}
		if group.Fold(history.Facts).Company != own {
			return noGroup()
		}
	case aSIM:
		history, err := s.cfg.Journal.Load(c.Request.Context(), sim.Stream(id))
		if err != nil {
			return err
		}
		if sim.Fold(history.Facts).Company != own {
			return noSIM()
		}
	case aNumber:
		history, err := s.cfg.Journal.Load(c.Request.Context(), number.Stream(lineOf(id)))
		if err != nil {
			return err
		}
		if number.Fold(history.Facts).Company != own {
			return noNumber()
		}
	case aDevice:
		history, err := s.cfg.Journal.Load(c.Request.Context(), device.Stream(id))
		if err != nil {
			return err
		}
		if device.Fold(history.Facts).Company != own {
			return noDevice()
		}
	case lists:
		query := c.Request.URL.Query()
		for _, named := range query["company"] {
			if named != "" && named != own {
				return noCompany()
			}
		}
		query.Set("company", own)
		c.Request.URL.RawQuery = query.Encode()
	default:
		return domain.Faultf(domain.Denied, "not-allowed", "your role does not allow this")
	}
	return nil
}

// viewed notes that the support looks at a user; without the note nobody looks.
// Who is not there has nothing to be looked at.
func (s *Server) viewed(ctx context.Context, id, screen string) error {
	x, channel := exchangeOf(ctx), domain.ChannelPage
	if x.program {
		channel = domain.ChannelAPI
	}
	known, err := s.cfg.Journal.Load(ctx, user.Stream(id))
	if err != nil || user.Fold(known.Facts).ID == "" {
		return err
	}
	cause := s.cause(x.actor, channel, "")
	_, err = s.cfg.Journal.Execute(ctx, user.LookStream(id), cause, user.View{Actor: x.actor, Screen: screen, At: cause.At}.Decide)
	return err
}

func noCompany() error {
	return domain.Faultf(domain.Missing, "no-company", "there is no such company")
}
