package api

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/gin-gonic/gin"

	"dialtone/api/pages"
	"dialtone/domain/user"
	"dialtone/eventstore"
	"dialtone/projections"
)

const (
	heartbeat   = 15 * time.Second // shows proxies and browsers that the stream lives
	longestLive = time.Hour        // then the browser comes back and proves its session again
)

// stream tells one browser what happens to one user (server-sent events, HTML
// Living Standard §9.2). The id of an event is the position of the newest fact
// it tells, so that a browser that comes back says what it has seen.
type stream struct {
	*front
	frame pages.Frame
	user  string
	types []string // wire names of the facts that are told; none: all
	last  eventstore.Position
	out   http.ResponseWriter
}

// live streams what happens to a user from a position on.
func (f *front) live(c *gin.Context) {
	id := c.Param("id")
	if _, _, err := f.cfg.Views.GetUser(c.Request.Context(), id); err != nil {
		f.refuse(c, err)
		return
	}
	seen := c.GetHeader("Last-Event-ID")
	if seen == "" {
		seen = c.DefaultQuery("after", "0")
	}
	last, err := strconv.ParseUint(seen, 10, 63)
	if err != nil {
		f.refuse(c, invalid("/after", "form", "is the position of a fact"))
		return
	}
	s := &stream{
		front: f, frame: f.frame(c, "user.title", ""), user: id, types: pages.TypesOf(c.Query("kind")),
		last: eventstore.Position(last), out: c.Writer,
	}
	ctx, cancel := context.WithTimeout(c.Request.Context(), longestLive)
	defer cancel()
	c.Header("Content-Type", "text/event-stream")
	c.Header("X-Accel-Buffering", "no")
	// A server without deadlines has none to lift.
	_ = http.NewResponseController(c.Writer).SetWriteDeadline(time.Time{})
	c.Status(http.StatusOK)
	s.run(ctx)
}

// run tells until the browser goes, the process drains or something breaks; the
// browser then comes back by itself.
func (s *stream) run(ctx context.Context) {
	happened := s.watch(ctx)
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	if !s.write("retry: 2000\n\n") {
		return
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.cfg.Closing:
			return
		case <-beat.C:
			if !s.write(": still here\n\n") {
				return
			}
		case position, ok := <-happened:
			if !ok || s.tell(ctx, position) != nil {
				return
			}
		}
	}
}

// watch gives the position of the newest fact whenever there is one; what comes
// faster than it is told is told together. It closes when it can watch no more.
func (s *stream) watch(ctx context.Context) <-chan eventstore.Position {
	happened := make(chan eventstore.Position, 1)
	go func() {
		defer close(happened)
		for message, err := range s.cfg.Journal.Store().Subscribe(ctx, s.last, user.Stream(s.user), user.LookStream(s.user)) {
			if err != nil {
				return
			}
			if message.Kind != eventstore.EventAppeared {
				continue
			}
			select {
			case <-happened: // the newer one replaces it
			default:
			}
			select {
			case happened <- message.Event.Position:
			case <-ctx.Done():
				return
			}
		}
	}()
	return happened
}

// tell sends the facts up to a position and what the page shows in their wake.
func (s *stream) tell(ctx context.Context, position eventstore.Position) error {
	if position <= s.last {
		return nil
	}
	waiting, cancel := context.WithTimeout(ctx, catchUp)
	defer cancel()
	if err := s.cfg.Views.WaitFor(waiting, position); err != nil {
		return err
	}
	rows, err := s.unseen(ctx)
	if err != nil || len(rows) == 0 {
		return err
	}
	account, _, _, err := s.account(ctx, s.user)
	if err != nil {
		return err
	}
	for _, row := range rows {
		s.last = max(s.last, row.Position)
		if len(s.types) > 0 && !slices.Contains(s.types, row.Type) {
			continue
		}
		line := pages.NewLine(s.frame, row)
		if err := s.send(ctx, "fact", pages.FactLine(s.frame, line)); err != nil {
			return err
		}
		if err := s.send(ctx, "said", pages.Words(line.Sentence)); err != nil {
			return err
		}
	}
	if err := s.send(ctx, "state", pages.StateBadge(s.frame, account.State)); err != nil {
		return err
	}
	return s.send(ctx, "standing", pages.Progress(s.frame, account))
}

// unseen gives the facts the browser has not seen, oldest first.
func (s *stream) unseen(ctx context.Context) (rows []projections.HistoryRow, err error) {
	filter := projections.HistoryFilter{User: s.user, Descending: true}
	for {
		page, next, err := s.cfg.Views.History(ctx, filter)
		if err != nil {
			return nil, err
		}
		for _, row := range page {
			if row.Position <= s.last {
				next = ""
				break
			}
			rows = append(rows, row)
		}
		if filter.Cursor = next; next == "" {
			slices.Reverse(rows)
			return rows, nil
		}
	}
}

// send writes one event.
func (s *stream) send(ctx context.Context, name string, content templ.Component) error {
	var html bytes.Buffer
	if err := content.Render(ctx, &html); err != nil {
		return err
	}
	data := strings.ReplaceAll(strings.ReplaceAll(html.String(), "\r", ""), "\n", "\ndata: ")
	if !s.write(fmt.Sprintf("id: %d\nevent: %s\ndata: %s\n\n", s.last, name, data)) {
		return http.ErrAbortHandler
	}
	return nil
}

// write sends at once; it tells whether the browser is still there.
func (s *stream) write(text string) bool {
	if _, err := s.out.Write([]byte(text)); err != nil {
		return false
	}
	return http.NewResponseController(s.out).Flush() == nil
}
