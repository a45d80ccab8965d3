package api

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"dialtone/domain"
)

// How long a session lives without being used and at most, and how seldom its
// use is written down.
const (
	sessionIdle     = 8 * time.Hour
	sessionLongest  = 24 * time.Hour
	sessionNoticing = time.Minute
)

// sessions are logins of browsers. The cookie holds 256 bits that only the
// browser knows; the row holds their hash.
type sessions struct {
	write, read *bun.DB
	key         []byte
	newID       func() string
	now         func() time.Time
	secure      bool
	log         *slog.Logger
}

type sessionRow struct {
	bun.BaseModel `bun:"table:sessions,alias:s"`

	Token   string    `bun:"token,pk"` // hex SHA-256
	Data    []byte    `bun:"data"`
	Expires time.Time `bun:"expires"`
}

type sessionData struct {
	Actor   domain.Actor `json:"actor"`
	Started time.Time    `json:"started"`
	Seen    time.Time    `json:"seen"`
	Acting  string       `json:"acting,omitempty"` // the user whose account an admin has opened knowingly
}

func (d sessionData) expires() time.Time {
	idle, longest := d.Seen.Add(sessionIdle), d.Started.Add(sessionLongest)
	if longest.Before(idle) {
		return longest
	}
	return idle
}

// Start begins a session for an actor and gives the browser its cookie.
func (s *sessions) Start(ctx context.Context, w http.ResponseWriter, actor domain.Actor) error {
	mac := hmac.New(sha256.New, s.key)
	mac.Write([]byte("session\x1f" + s.newID()))
	token := base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
	now := s.now()
	row, err := rowOf(hashed(token), sessionData{Actor: actor, Started: now, Seen: now})
	if err != nil {
		return err
	}
	if _, err := s.write.NewInsert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("start a session: %w", err)
	}
	http.SetCookie(w, s.cookie(token, int(sessionLongest.Seconds())))
	if _, err := s.write.NewDelete().Model((*sessionRow)(nil)).Where("expires < ?", now).Exec(ctx); err != nil {
		return fmt.Errorf("clear old sessions: %w", err)
	}
	return nil
}

// Find gives the session that a request belongs to.
func (s *sessions) Find(r *http.Request) (sessionData, bool) {
	cookie, err := r.Cookie(s.name())
	if err != nil {
		return sessionData{}, false
	}
	row := sessionRow{Token: hashed(cookie.Value)}
	if err := s.read.NewSelect().Model(&row).WherePK().Scan(r.Context()); err != nil {
		if !errors.Is(err, sql.ErrNoRows) {
			s.log.LogAttrs(r.Context(), slog.LevelError, "a session could not be read", slog.String("error", err.Error()))
		}
		return sessionData{}, false
	}
	var data sessionData
	now := s.now()
	if json.Unmarshal(row.Data, &data) != nil || !now.Before(data.expires()) {
		return sessionData{}, false
	}
	if now.Sub(data.Seen) >= sessionNoticing {
		data.Seen = now
		if err := s.notice(r.Context(), row.Token, data); err != nil {
			s.log.LogAttrs(r.Context(), slog.LevelWarn, "the use of a session could not be noted", slog.String("error", err.Error()))
		}
	}
	return data, true
}

// Renew ends the request's session and begins another, for another role or
// after a secret has changed: whoever knew the old cookie has nothing.
func (s *sessions) Renew(ctx context.Context, w http.ResponseWriter, r *http.Request, actor domain.Actor) error {
	if err := s.End(ctx, w, r); err != nil {
		return err
	}
	w.Header().Del("Set-Cookie") // the next one replaces it
	return s.Start(ctx, w, actor)
}

// Act notes whose account an admin has opened knowingly.
func (s *sessions) Act(r *http.Request, data sessionData, id string) error {
	cookie, err := r.Cookie(s.name())
	if err != nil {
		return errUnauthenticated
	}
	data.Acting = id
	return s.notice(r.Context(), hashed(cookie.Value), data)
}

// End ends the request's session, if there is one, and takes the cookie back.
func (s *sessions) End(ctx context.Context, w http.ResponseWriter, r *http.Request) error {
	http.SetCookie(w, s.cookie("", -1))
	cookie, err := r.Cookie(s.name())
	if err != nil {
		return nil //nolint:nilerr // no session: nothing to end
	}
	if _, err := s.write.NewDelete().Model((*sessionRow)(nil)).Where("token = ?", hashed(cookie.Value)).Exec(ctx); err != nil {
		return fmt.Errorf("end a session: %w", err)
	}
	return nil
}

// notice writes down that a session was used, unless it has ended meanwhile.
func (s *sessions) notice(ctx context.Context, token string, data sessionData) error {
	row, err := rowOf(token, data)
	if err != nil {
		return err
	}
	_, err = s.write.NewUpdate().Model(&row).WherePK().Exec(ctx)
	return err
}

func rowOf(token string, data sessionData) (sessionRow, error) {
	encoded, err := json.Marshal(data)
	return sessionRow{Token: token, Data: encoded, Expires: data.expires()}, err
}

// name is the cookie's; the prefix makes browsers keep it to this very host.
func (s *sessions) name() string {
	if s.secure {
		return "__Host-dialtone"
	}
	return "dialtone"
}

func (s *sessions) cookie(value string, age int) *http.Cookie {
	return &http.Cookie{ //nolint:gosec // Secure wherever the origin is https
		Name: s.name(), Value: value, Path: "/", MaxAge: age, Secure: s.secure, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
}

func newSessions(cfg Config) *sessions {
	return &sessions{
		write: cfg.Views.DB(), read: cfg.Views.ReadDB(), key: cfg.SessionKey, newID: cfg.NewID, now: cfg.Journal.Now,
		secure: strings.HasPrefix(cfg.PublicURL, "https://"), log: cfg.Log,
	}
}

func hashed(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
