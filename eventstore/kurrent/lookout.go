package kurrent

import (
	"context"
	"sync"
	"time"

	"dialtone/eventstore"
)

// lookout asks for the head of the log once a period while there are
// subscriptions, for all of them together.
type lookout struct {
	store *Store

	mu       sync.Mutex
	watchers int
	leave    context.CancelFunc // ends the asking
	head     eventstore.Position
	news     chan struct{} // closed when the head has been asked for again
	asking   sync.WaitGroup
}

func newLookout(s *Store) *lookout { return &lookout{store: s, news: make(chan struct{})} }

// join counts a subscription, and begins asking for the first one.
func (l *lookout) join() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.watchers++; l.watchers == 1 {
		var ctx context.Context
		ctx, l.leave = context.WithCancel(l.store.closing)
		l.asking.Go(func() { l.run(ctx) })
	}
}

func (l *lookout) part() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.watchers--; l.watchers == 0 {
		l.leave()
	}
}

// wait ends when nobody asks any more.
func (l *lookout) wait() { l.asking.Wait() }

// now gives the head as it was last told, and what is closed at the next news.
func (l *lookout) now() (eventstore.Position, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.head, l.news
}

func (l *lookout) run(ctx context.Context) {
	ticker := time.NewTicker(l.store.config.WatchEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
		limited, cancel := context.WithTimeoutCause(ctx, l.store.config.Settings.DefaultDeadline, errSilent)
		head, err := l.store.Head(limited)
		cancel()
		if err != nil {
			if ctx.Err() == nil {
				l.store.config.Log.Debug("the head of the event store can't be read", "error", err)
			}
			continue
		}
		l.mu.Lock()
		l.head = head
		close(l.news)
		l.news = make(chan struct{})
		l.mu.Unlock()
	}
}
