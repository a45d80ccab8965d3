package api

import (
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"

	"github.com/gin-gonic/gin"

	"dialtone/domain"
)

// protected bounds what a request may hold and tells browsers to be strict.
// Pages loosen what they need.
func protected(next http.Handler, referrer string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", referrer)
		h.Set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		if nul(r.URL) {
			newProblem(r.Context(), http.StatusBadRequest, "nul", "an address does not hold the character NUL").write(w)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, bodyLimit)
		if r.Method == http.MethodHead && strings.HasPrefix(r.URL.Path, "/v1/") {
			r = r.Clone(r.Context()) // the server leaves the body of the answer out (RFC 9110 §9.3.2)
			r.Method = http.MethodGet
		}
		next.ServeHTTP(w, r)
	})
}

// nul finds the character that no database takes in a text. Links are left
// alone: one that was never sent looks like any other.
func nul(u *url.URL) bool {
	if strings.HasPrefix(u.Path, "/activate/") || strings.HasPrefix(u.Path, "/reset/") {
		return strings.Contains(u.RawQuery, "%00")
	}
	return strings.ContainsRune(u.Path, 0) || strings.Contains(u.RawQuery, "%00")
}

// atHome keeps the inbox, which needs no login, from pages whose name somebody
// else points at this machine: it answers to our own origin, to localhost and to
// bare addresses only.
func (s *Server) atHome(c *gin.Context) {
	host := c.Request.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	own, err := url.Parse(s.cfg.PublicURL)
	if host == "localhost" || net.ParseIP(strings.Trim(host, "[]")) != nil || err == nil && host == own.Hostname() {
		return
	}
	s.refuse(c, domain.Faultf(domain.Denied, "foreign-host", "the inbox is not shown under this name"))
}

// referrerPolicy keeps addresses, which can hold a link's token, from everybody.
// Over plain HTTP to another machine browsers tell where a form comes from by
// the Origin header alone, and under no-referrer they leave it out: there our
// own pages, and nobody else, are told.
func referrerPolicy(publicURL string) string {
	u, err := url.Parse(publicURL)
	if err != nil || u.Scheme == "https" || u.Hostname() == "localhost" {
		return "no-referrer"
	}
	if ip := net.ParseIP(u.Hostname()); ip != nil && ip.IsLoopback() {
		return "no-referrer"
	}
	return "same-origin"
}

// foreign answers a browser that was sent here by somebody else's page.
func (s *Server) foreign(w http.ResponseWriter, r *http.Request) {
	s.problem(r.Context(), domain.Faultf(domain.Denied, "cross-origin", "the request comes from another site's page")).write(w)
}

// caught turns a panic into a problem; its stack is in the log only.
func (s *Server) caught(c *gin.Context) {
	defer func() {
		reason := recover()
		if reason == nil {
			return
		}
		if reason == http.ErrAbortHandler { //nolint:errorlint // compared as net/http does
			panic(reason)
		}
		ctx := c.Request.Context()
		s.cfg.Log.LogAttrs(ctx, slog.LevelError, "a request panicked", slog.String("trace", traceOf(ctx)),
			slog.String("route", c.FullPath()), slog.Any("panic", reason), slog.String("stack", string(debug.Stack())))
		if !c.Writer.Written() {
			newProblem(ctx, http.StatusInternalServerError, codeInternal, "something went wrong on our side; tell us the trace").write(c.Writer)
		}
		c.Abort()
	}()
	c.Next()
}

// nowhere answers what no route matches.
func (s *Server) nowhere(c *gin.Context) {
	s.refuse(c, domain.Faultf(domain.Missing, "no-route", "there is nothing at this address"))
}

// notSo answers a method that an address does not have; Allow names those it has.
func (s *Server) notSo(c *gin.Context) {
	newProblem(c.Request.Context(), http.StatusMethodNotAllowed, "method-not-allowed", "this address is not used with "+c.Request.Method).write(c.Writer)
	c.Abort()
}
