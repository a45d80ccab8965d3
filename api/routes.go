package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"
)

// catchUp is how long a question waits for the read models.
const catchUp = 5 * time.Second

const (
	headerPosition = "Dialtone-Position"
	headerAfter    = "Dialtone-After"
)

// routesAPI registers everything programs use.
func (s *Server) routesAPI() error {
	s.routesProcess()
	s.routesWebhooks()
	s.routesProvision()
	group := s.engine.Group("", s.authenticate, s.awaited, s.idempotent, uncached)
	config := huma.DefaultConfig("Dialtone", "1")
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "", "", ""
	config.CreateHooks = nil
	s.api = humagin.NewWithGroup(s.engine, group, config)
	describe(s.api.OpenAPI())
	s.routesCompanies()
	s.routesSetup()
	s.routesUsers()
	s.routesLife()
	s.routesCalendar()
	s.routesDeletion()
	s.routesRestoration()
	s.routesCredentials()
	s.routesActivations()
	s.routesHistory()
	s.routesNumbers()
	s.routesLines()
	s.routesLicences()
	s.routesGroups()
	s.routesSIMs()
	s.routesReview()
	s.routesDevices()
	s.routesDeviceLogins()
	s.routesProfiles()
	document, err := json.Marshal(s.api.OpenAPI())
	if err != nil {
		return fmt.Errorf("describe the API: %w", err)
	}
	s.document = document
	return nil
}

// register adds an operation whose faults are told as problems.
func register[I, O any](s *Server, op huma.Operation, handle func(context.Context, *I) (*O, error)) {
	op.MaxBodyBytes = bodyLimit
	op.Errors = append(op.Errors, http.StatusUnauthorized, http.StatusForbidden, http.StatusServiceUnavailable)
	if !safe(op.Method) {
		op.Errors = append(op.Errors, http.StatusBadRequest, http.StatusConflict, http.StatusRequestEntityTooLarge)
	}
	huma.Register(s.api, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := handle(ctx, in)
		if err != nil {
			return nil, s.problem(ctx, err)
		}
		return out, nil
	})
}

// awaited lets a question wait until the read models know of a command.
func (s *Server) awaited(c *gin.Context) {
	after := c.GetHeader(headerAfter)
	if after == "" || !safe(c.Request.Method) {
		return
	}
	position, err := parsePosition(after)
	if err == nil {
		ctx, cancel := context.WithTimeout(c.Request.Context(), catchUp)
		defer cancel()
		err = s.cfg.Views.WaitFor(ctx, position)
	}
	if err != nil {
		s.refuse(c, err)
	}
}

// uncached keeps answers about persons out of caches.
func uncached(c *gin.Context) { c.Header("Cache-Control", "no-store") }

// Reading is what every question can carry.
type Reading struct {
	After string `header:"Dialtone-After" doc:"Dialtone-Position of an earlier answer: wait, 5 s at most, until it is taken into account"`
}

// Writing is what every command can carry.
type Writing struct {
	Key     string `header:"Idempotency-Key" doc:"At most 255 characters. The same request under the same key is done once; its first answer is kept for 30 days and repeated with Idempotent-Replayed"`
	IfMatch string `header:"If-Match" doc:"The command is done only while the resource has one of these ETags"`
}

// Written is what every answer to a command carries.
type Written struct {
	ETag     string `header:"ETag" doc:"Revision of the resource's own stream"`
	Position string `header:"Dialtone-Position" doc:"For Dialtone-After"`
	Location string `header:"Location" doc:"Where the new resource is"`
}

func written(done Done, location string) Written {
	return Written{ETag: entityTag(done.Revision), Position: positionText(done.Position), Location: location}
}
