package api

import (
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
)

const headerTrace = "Dialtone-Trace"

// observed gives every request a trace, and a log line and a measurement once
// it is answered. Paths are not logged: they can hold tokens.
func (s *Server) observed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x := &exchange{trace: s.cfg.NewID(), route: "none"}
		w.Header().Set(headerTrace, x.trace)
		seen := &witness{ResponseWriter: w, status: http.StatusOK}
		started := s.cfg.Journal.Now()
		next.ServeHTTP(seen, withExchange(r, x))
		s.measure(r, x, seen.status, s.cfg.Journal.Now().Sub(started))
	})
}

func (s *Server) measure(r *http.Request, x *exchange, status int, took time.Duration) {
	method := r.Method
	if !knownMethods[method] {
		method = "other"
	}
	if s.times != nil {
		s.times.WithLabelValues(method, x.route, strconv.Itoa(status)).Observe(took.Seconds())
	}
	s.cfg.Log.LogAttrs(r.Context(), slog.LevelInfo, "request", slog.String("method", method), slog.String("route", x.route),
		slog.Int("status", status), slog.Duration("took", took), slog.String("trace", x.trace), slog.String("actor", x.actor.Kind))
}

var knownMethods = map[string]bool{
	http.MethodGet: true, http.MethodHead: true, http.MethodPost: true, http.MethodPut: true,
	http.MethodPatch: true, http.MethodDelete: true, http.MethodOptions: true,
}

func newTimes(into prometheus.Registerer) *prometheus.HistogramVec {
	if into == nil {
		return nil
	}
	times := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "dialtone_http_request_duration_seconds", Help: "How long requests took, by the pattern of their route.",
		Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
	}, []string{"method", "route", "status"})
	into.MustRegister(times)
	return times
}

// named notes the pattern of the route that matched.
func (s *Server) named(c *gin.Context) {
	if pattern := c.FullPath(); pattern != "" {
		exchangeOf(c.Request.Context()).route = pattern
	}
}

// witness remembers the status of an answer.
type witness struct {
	http.ResponseWriter
	status  int
	decided bool
}

// WriteHeader notes the status that counts, the first final one.
func (w *witness) WriteHeader(status int) {
	if !w.decided && status >= http.StatusOK {
		w.status, w.decided = status, true
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write answers 200 where nothing else was said.
func (w *witness) Write(part []byte) (int, error) {
	w.decided = true
	return w.ResponseWriter.Write(part)
}

// Flush sends what is there.
func (w *witness) Flush() { _ = http.NewResponseController(w.ResponseWriter).Flush() }

// Unwrap gives the writer beneath (http.ResponseController).
func (w *witness) Unwrap() http.ResponseWriter { return w.ResponseWriter }
