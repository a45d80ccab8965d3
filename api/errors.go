package api

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"math"
	"net/http"
	"strconv"

	"dialtone/domain"
)

// Problem is how every error is told (RFC 9457). It never holds what was sent.
type Problem struct {
	Type   string         `json:"type" format:"uri" example:"urn:dialtone:problem:number-taken" doc:"Stable name of the problem"`
	Title  string         `json:"title" example:"Conflict" doc:"The kind of problem in words"`
	Status int            `json:"status" example:"409"`
	Detail string         `json:"detail" doc:"What is wrong this time, and what would be right"`
	Code   string         `json:"code" example:"number-taken" doc:"The last part of type"`
	Errors []FieldProblem `json:"errors,omitempty" nullable:"false" doc:"The fields that break a rule"`
	Trace  string         `json:"trace" doc:"Id of the request, also in the log and in the header Dialtone-Trace"`

	header http.Header
}

// FieldProblem is one broken rule of one field.
type FieldProblem struct {
	Pointer string `json:"pointer" example:"/email" doc:"JSON Pointer (RFC 6901) into the body; for parameters their name behind a slash"`
	Detail  string `json:"detail"`
	Code    string `json:"code,omitempty" doc:"Stable name of the rule"`
}

const problemType = "urn:dialtone:problem:"

// statuses translates the kinds of faults; it is the only table that does.
var statuses = map[domain.Kind]int{
	domain.Invalid:     http.StatusUnprocessableEntity,
	domain.Refused:     http.StatusConflict,
	domain.Conflict:    http.StatusConflict,
	domain.Missing:     http.StatusNotFound,
	domain.Denied:      http.StatusForbidden,
	domain.Unavailable: http.StatusServiceUnavailable,
}

// Codes of faults that HTTP has statuses of its own for.
const (
	codeStale           = "stale"
	codeMalformed       = "malformed"
	codeUnauthenticated = "unauthenticated"
	codeTooLarge        = "too-large"
	codeKeyReused       = "idempotency-key-reused"
	codeInternal        = "internal"
	codeTooSoon         = "too-soon"
	codeLogin           = "login-failed"
)

var statusesOfCodes = map[string]int{
	codeStale:           http.StatusPreconditionFailed,
	codeMalformed:       http.StatusBadRequest,
	codeUnauthenticated: http.StatusUnauthorized,
	codeTooLarge:        http.StatusRequestEntityTooLarge,
	codeKeyReused:       http.StatusUnprocessableEntity,
	codeInternal:        http.StatusInternalServerError,
	codeTooSoon:         http.StatusTooManyRequests,
	codeLogin:           http.StatusUnauthorized,
}

// statusOf gives the HTTP status of an error.
func statusOf(err error) int {
	if fault, ok := errors.AsType[*domain.Fault](err); ok {
		if status, ok := statusesOfCodes[fault.Code]; ok {
			return status
		}
	}
	return statuses[domain.KindOf(err)]
}

// problem tells an error in the form that may be shown, and logs what may not.
func (s *Server) problem(ctx context.Context, err error) *Problem {
	var fault *domain.Fault
	if !errors.As(err, &fault) {
		fault = domain.Faultf(domain.Unavailable, "unavailable", "something went wrong on our side; try again, and tell us the trace if it stays")
	}
	status := statusOf(fault)
	p := newProblem(ctx, status, fault.Code, fault.Detail)
	if fault.Wait > 0 {
		p.header.Set("Retry-After", strconv.Itoa(int(math.Ceil(fault.Wait.Seconds()))))
	}
	for _, f := range fault.Fields {
		p.Errors = append(p.Errors, FieldProblem{Pointer: f.Pointer, Detail: f.Detail, Code: f.Code})
	}
	if status >= http.StatusInternalServerError && ctx.Err() == nil {
		s.cfg.Log.LogAttrs(ctx, slog.LevelError, "a request went wrong", slog.String("trace", p.Trace),
			slog.String("code", fault.Code), slog.String("error", err.Error()))
	}
	return p
}

func newProblem(ctx context.Context, status int, code, detail string) *Problem {
	p := untraced(status, code, detail)
	p.Trace = traceOf(ctx)
	return p
}

// untraced is a problem that belongs to no request yet.
func untraced(status int, code, detail string) *Problem {
	p := &Problem{
		Type: problemType + code, Code: code, Title: http.StatusText(status), Status: status, Detail: detail,
		header: http.Header{"Cache-Control": {"no-store"}},
	}
	switch status {
	case http.StatusServiceUnavailable:
		p.header.Set("Retry-After", "2")
	case http.StatusUnauthorized:
		p.header.Set("WWW-Authenticate", `Bearer realm="dialtone"`)
	}
	return p
}

// Error tells the detail.
func (p *Problem) Error() string { return p.Detail }

// GetStatus gives the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders gives the headers that belong to the problem.
func (p *Problem) GetHeaders() http.Header { return p.header }

// ContentType gives the media type of problems.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// write answers with the problem.
func (p *Problem) write(w http.ResponseWriter) {
	maps.Copy(w.Header(), p.header)
	w.Header().Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // the client has gone: there is nobody to tell
}
