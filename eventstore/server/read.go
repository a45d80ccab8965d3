package server

import (
	"context"

	"google.golang.org/grpc"

	"dialtone/eventstore"
	"dialtone/eventstore/protocol"
)

// Read answers reads and subscriptions, of one stream or of all. How fast the
// client takes the events is how fast they are read from the store.
func (s *streams) Read(request *protocol.ReadReq, stream grpc.ServerStreamingServer[protocol.ReadResp]) error {
	q, err := parseQuery(request.GetOptions())
	if err != nil {
		return err
	}
	ctx := stream.Context()
	out := &outlet{streams: s, stream: stream, query: &q}
	switch {
	case q.follow:
		var end context.CancelFunc
		ctx, end = s.untilStop(ctx)
		defer end()
		if q.stream == "" {
			err = s.followAll(ctx, out)
		} else {
			err = s.followStream(ctx, out)
		}
	case q.stream == "":
		err = s.readAll(ctx, out)
	default:
		err = s.readStream(ctx, out)
	}
	return s.unread(ctx, q.stream, err)
}

// untilStop gives a context that ends when the server stops, too.
func (s *streams) untilStop(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	go func() {
		select {
		case <-s.stopping:
			cancel(errStopping)
		case <-ctx.Done():
		}
	}()
	return ctx, func() { cancel(nil) }
}

// readAll gives events of all streams. On the wire a position that is read
// forwards from is included, one that is read backwards from is not.
func (s *streams) readAll(ctx context.Context, out *outlet) error {
	q := out.query
	direction := eventstore.Direction(q.backwards)
	var from eventstore.Position
	switch {
	case q.from == fromPlace && q.position <= 1 && q.backwards,
		q.from == fromStart && q.backwards, q.from == fromEnd && !q.backwards:
		return nil
	case q.from == fromPlace && q.position > 0:
		from = eventstore.Position(q.position - 1)
	}
	prefixes, counted := q.filter.forStore()
	limit := 0
	if counted {
		limit = q.limit()
	}
	left := q.count
	for event, err := range s.store.ReadAll(ctx, from, direction, limit, prefixes...) {
		if err != nil {
			return err
		}
		if !counted && !q.filter.matches(&event) {
			continue
		}
		if err := out.event(ctx, &event); err != nil {
			return err
		}
		if left--; left == 0 {
			return nil
		}
	}
	return nil
}

// page is how many events EventStoreDB reads at a time. It shows: the first
// revision is only told if a whole page was hidden.
const page = 32

// readStream gives what is visible of a stream.
func (s *streams) readStream(ctx context.Context, out *outlet) error {
	q := out.query
	v, err := s.look(ctx, q.stream)
	if err != nil {
		return err
	}
	if !v.found {
		return out.send(&protocol.ReadResp{Content: &protocol.ReadResp_StreamNotFound_{
			StreamNotFound: &protocol.ReadResp_StreamNotFound{StreamIdentifier: out.identifier(q.stream)},
		}})
	}
	last := v.last.Revision
	if q.backwards {
		err = s.readBackwards(ctx, out, v)
	} else {
		last, err = s.readForwards(ctx, out, v)
	}
	if err != nil || q.compat < 1 {
		return err
	}
	return out.send(&protocol.ReadResp{Content: &protocol.ReadResp_LastStreamPosition{LastStreamPosition: last}})
}

// readForwards also gives the stream's last revision, which may have come
// meanwhile.
func (s *streams) readForwards(ctx context.Context, out *outlet, v view) (last uint64, err error) {
	q := out.query
	last = v.last.Revision
	if q.from == fromEnd {
		return last, nil
	}
	asked := q.revision
	if q.compat >= 1 && asked < v.from && (v.from > v.last.Revision || v.from-asked >= min(page, q.count)) {
		err := out.send(&protocol.ReadResp{Content: &protocol.ReadResp_FirstStreamPosition{FirstStreamPosition: v.from}})
		if err != nil {
			return last, err
		}
	}
	for event, err := range s.store.Read(ctx, q.stream, max(asked, v.from), eventstore.Forwards, q.limit()) {
		if err != nil || event.Revision == eventstore.TombstoneRevision {
			return last, err
		}
		if err := out.event(ctx, &event); err != nil {
			return last, err
		}
		last = max(last, event.Revision)
	}
	return last, nil
}

func (s *streams) readBackwards(ctx context.Context, out *outlet, v view) error {
	q := out.query
	asked := q.revision // 0 from the start
	if q.from == fromEnd || asked > v.last.Revision {
		asked = v.last.Revision
	}
	for event, err := range s.store.Read(ctx, q.stream, asked, eventstore.Backwards, q.limit()) {
		if err != nil || event.Revision < v.from {
			return err
		}
		if err := out.event(ctx, &event); err != nil {
			return err
		}
	}
	return nil
}
