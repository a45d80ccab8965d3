package api

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"

	"dialtone/domain"
	"dialtone/projections"
)

// farBehind is the lag, in positions, from which on a read model answers
// questions about a house that is no longer there.
const farBehind = 10_000

// ready answers whether requests can be sent here: the process says so, and the
// read models follow. Parked streams are named but hold nothing up, since
// everything else goes on.
func (s *Server) ready(c *gin.Context) {
	ctx := c.Request.Context()
	if s.cfg.Ready != nil {
		if err := s.cfg.Ready(ctx); err != nil {
			s.refuse(c, fmt.Errorf("%w: %w", domain.Faultf(domain.Unavailable, "not-ready", "the process cannot serve yet"), err))
			return
		}
	}
	statuses, err := s.standings(ctx)
	if err != nil {
		s.refuse(c, fmt.Errorf("%w: %w", domain.Faultf(domain.Unavailable, "not-ready", "the read models do not answer"), err))
		return
	}
	var behind, parked []string
	for _, p := range statuses {
		if late(p) {
			behind = append(behind, p.Name)
		}
		if p.Parked > 0 {
			parked = append(parked, p.Name)
		}
	}
	if len(behind) > 0 {
		s.refuse(c, domain.Faultf(domain.Unavailable, "behind", "read models are behind: %s", strings.Join(behind, ", ")))
		return
	}
	answer := gin.H{"status": "ready"}
	if len(parked) > 0 {
		answer["parked"] = parked
	}
	c.JSON(http.StatusOK, answer)
}

// late tells whether a projection is far behind, or does not move although it
// should. The error of a parked event is another matter: its stream alone waits.
func late(p projections.Status) bool {
	return p.Lag > farBehind || p.Lag > 0 && p.Parked == 0 && p.LastError != ""
}

// standings tells how the projections stand against the event store's head.
func (s *Server) standings(ctx context.Context) ([]projections.Status, error) {
	head, err := s.cfg.Journal.Store().Head(ctx)
	if err != nil {
		return nil, fmt.Errorf("look at the head of the event store: %w", err)
	}
	return s.cfg.Views.Status(ctx, head)
}

// gauges show how the projections stand, as of the last look at /metrics.
type gauges struct{ lag, parked *prometheus.GaugeVec }

func newGauges(into prometheus.Registerer) *gauges {
	if into == nil {
		return nil
	}
	gauge := func(name, help string) *prometheus.GaugeVec {
		return prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, []string{"projection"})
	}
	g := &gauges{
		lag:    gauge("dialtone_projection_lag", "Positions between a projection and the head of the event store."),
		parked: gauge("dialtone_projection_parked", "Events that wait since a projection could not apply one of their stream."),
	}
	into.MustRegister(g.lag, g.parked)
	return g
}

// gauge takes the measurements that /metrics is about to show. What cannot be
// measured now is not shown.
func (s *Server) gauge(c *gin.Context) {
	if s.gauges == nil {
		return
	}
	ctx := c.Request.Context()
	statuses, err := s.standings(ctx)
	if err != nil {
		s.cfg.Log.LogAttrs(ctx, slog.LevelWarn, "the projections could not be measured", slog.String("error", err.Error()))
		s.gauges.lag.Reset()
		s.gauges.parked.Reset()
		return
	}
	for _, p := range statuses {
		s.gauges.lag.WithLabelValues(p.Name).Set(float64(p.Lag))
		s.gauges.parked.WithLabelValues(p.Name).Set(float64(p.Parked))
	}
}
