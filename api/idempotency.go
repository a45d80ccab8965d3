package api

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"dialtone/domain"
)

// bodyLimit is the most bytes a request may hold.
const bodyLimit = 1 << 20

// keyLimit is the longest Idempotency-Key.
const keyLimit = 255

// idempotent makes an unsafe request with an Idempotency-Key one request,
// however often it is sent: the first answer is kept and repeated.
func (s *Server) idempotent(c *gin.Context) {
	key := c.GetHeader("Idempotency-Key")
	if key == "" || safe(c.Request.Method) {
		return
	}
	entry, err := s.entry(c, key)
	if err != nil {
		s.refuse(c, err)
		return
	}
	ctx := c.Request.Context()
	row, mine, err := s.answers.begin(ctx, entry)
	switch {
	case err != nil:
		s.refuse(c, err)
		return
	case !mine:
		repeat(c, row)
		return
	}
	exchangeOf(ctx).command = domain.DeriveID("idempotency", entry.Scope, key)
	s.record(c, row)
}

// entry names the request: who sends what to where under which key.
func (s *Server) entry(c *gin.Context, key string) (answerRow, error) {
	if len(key) > keyLimit {
		return answerRow{}, domain.Faultf(domain.Invalid, codeMalformed, "Idempotency-Key has at most %d characters", keyLimit)
	}
	body, err := io.ReadAll(c.Request.Body)
	if err != nil {
		return answerRow{}, unreadable(err)
	}
	c.Request.Body = io.NopCloser(bytes.NewReader(body))
	actor := exchangeOf(c.Request.Context()).actor
	mac := hmac.New(sha256.New, s.cfg.SessionKey) // a body may hold a password, which a bare hash would give to guessing
	mac.Write([]byte("fingerprint\x1f" + c.Request.URL.RawQuery + "\n" + c.ContentType() + "\n" + string(body)))
	return answerRow{
		Scope: actor.Kind + ":" + actor.ID + " " + c.Request.Method + " " + c.Request.URL.Path,
		Key:   key, Fingerprint: hex.EncodeToString(mac.Sum(nil)),
	}, nil
}

// record runs the request and keeps its answer before anybody sees it. Answers
// to what may go through the next time are not kept.
func (s *Server) record(c *gin.Context, entry answerRow) {
	ctx, client := c.Request.Context(), c.Writer
	tape := &recorder{ResponseWriter: client, header: client.Header().Clone(), status: http.StatusOK}
	c.Writer = tape
	finished := false
	defer func() {
		c.Writer = client
		if !finished || passing(tape.status) {
			s.answers.forget(ctx, entry)
		}
	}()
	c.Next()
	finished = true
	if !passing(tape.status) {
		entry.Status, entry.Header, entry.Body = tape.status, tape.kept(), tape.body.Bytes()
		if replay := exchangeOf(ctx).replay; replay != nil && tape.status < http.StatusMultipleChoices {
			entry.Body = replay
		}
		if err := s.answers.keep(ctx, entry); err != nil {
			s.cfg.Log.LogAttrs(ctx, slog.LevelError, "an answer could not be kept", slog.String("trace", traceOf(ctx)), slog.String("error", err.Error()))
		}
	}
	tape.play(client)
}

// passing tells whether an answer may be another one the next time.
func passing(status int) bool {
	return status >= http.StatusInternalServerError || status == http.StatusTooManyRequests
}

// repeat gives a kept answer again.
func repeat(c *gin.Context, kept answerRow) {
	maps.Copy(c.Writer.Header(), kept.Header)
	c.Header("Idempotent-Replayed", "true")
	c.Header("Content-Length", strconv.Itoa(len(kept.Body)))
	c.Writer.WriteHeader(kept.Status)
	_, _ = c.Writer.Write(kept.Body) // the client has gone: there is nobody to tell
	c.Abort()
}

func safe(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}

// unreadable says why a body could not be read.
func unreadable(err error) error {
	if large, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return domain.Faultf(domain.Invalid, codeTooLarge, "a request holds at most %d bytes", large.Limit)
	}
	return domain.Faultf(domain.Invalid, codeMalformed, "the request ended before its body did")
}
