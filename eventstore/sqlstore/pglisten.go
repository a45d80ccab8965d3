package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
)

// How appends of other processes are noticed where no notification comes: the
// server's word is doubted every lookEvery; while there is no connection that
// listens, the log is looked at every bridgeEvery, and another connection tried
// after a pause that grows.
const (
	lookEvery    = time.Second
	bridgeEvery  = 10 * time.Millisecond
	firstPause   = 50 * time.Millisecond
	longestPause = 2 * time.Second
)

// errSilent is the end of a connection over which notifications don't come, as
// through a pool that shares connections.
var errSilent = errors.New("PostgreSQL's notifications don't arrive")

// listener learns from PostgreSQL's notifications how far the log reaches.
type listener struct {
	watching
	config  *pgx.ConnConfig
	channel string
}

// run listens until the context ends.
func (l *listener) run(ctx context.Context) {
	pause, failing := firstPause, false
	for {
		heard, err := l.listen(ctx)
		if ctx.Err() != nil {
			return
		}
		if heard {
			pause, failing = firstPause, false
		}
		if !failing {
			l.log.Warn("the event store looks for new events itself until PostgreSQL tells them again", "error", err)
		}
		failing = true
		l.bridge(ctx, pause)
		pause = min(2*pause, longestPause)
	}
}

// listen passes on what a connection tells until it ends, and says whether it
// told anything.
func (l *listener) listen(ctx context.Context) (heard bool, err error) {
	connection, err := connect(ctx, l.config, "listen "+pgx.Identifier{l.channel}.Sanitize())
	if err != nil {
		return false, err
	}
	defer func() {
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = connection.Close(closing) // the server notices either way
	}()
	if _, err := l.doubt(ctx); err != nil { // for what came before we listened
		return false, err
	}
	for missed := 0; missed < 2; {
		err := l.hear(ctx, connection)
		if err == nil {
			heard, missed = true, 0
			continue
		}
		if ctx.Err() != nil || connection.IsClosed() || !errors.Is(err, context.DeadlineExceeded) {
			return heard, err
		}
		news, err := l.doubt(ctx)
		if err != nil {
			return heard, err
		}
		if news {
			missed++
		}
	}
	return heard, errSilent
}

// hear waits for one notification.
func (l *listener) hear(ctx context.Context, connection *pgx.Conn) error {
	ctx, cancel := context.WithTimeout(ctx, lookEvery)
	defer cancel()
	notification, err := connection.WaitForNotification(ctx)
	if err != nil {
		return err
	}
	position, err := strconv.ParseInt(notification.Payload, 10, 64)
	if err != nil {
		return fmt.Errorf("a notification is no position: %w", err)
	}
	l.tip.advance(position)
	return nil
}

// doubt looks for itself and tells whether that was news.
func (l *listener) doubt(ctx context.Context) (news bool, err error) {
	position, err := l.look(ctx)
	if err != nil {
		return false, err
	}
	return l.tip.advance(position), nil
}

// bridge looks for itself for a while, for those who wait.
func (l *listener) bridge(ctx context.Context, while time.Duration) {
	ticker := time.NewTicker(bridgeEvery)
	defer ticker.Stop()
	enough := time.NewTimer(while)
	defer enough.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-enough.C:
			return
		case <-ticker.C:
		}
		if l.tip.watched() {
			_, _ = l.doubt(ctx) // that it fails is known already
		}
	}
}
