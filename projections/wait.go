package projections

import (
	"context"
	"fmt"
	"sync"
	"time"

	"dialtone/domain"
	"dialtone/eventstore"
)

// How often a waiting reader looks at the checkpoints by itself: a runner in
// this process wakes it, one in another process does not.
const (
	lookAlone  = 10 * time.Millisecond
	lookBeside = 250 * time.Millisecond
)

// progress wakes those who wait for a position.
type progress struct {
	mu      sync.Mutex
	reached eventstore.Position
	changed chan struct{}
	running int    // runners in this process
	failure string // what the last run ended with, "" once it goes on
}

func newProgress() *progress { return &progress{changed: make(chan struct{})} }

// reach notes that every projection has reached a position.
func (p *progress) reach(position eventstore.Position) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.failure = ""
	p.reached = position
	close(p.changed)
	p.changed = make(chan struct{})
}

// run counts a runner until the given function is called.
func (p *progress) run() (end func()) {
	count := func(n int) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.running += n
	}
	count(1)
	return func() { count(-1) }
}

func (p *progress) fail(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.failure = err.Error()
}

func (p *progress) lastFailure() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.failure
}

func (p *progress) watch() (reached eventstore.Position, changed <-chan struct{}, pause time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.running > 0 {
		return p.reached, p.changed, lookBeside
	}
	return p.reached, p.changed, lookAlone
}

// WaitFor waits until every projection has reached a position. When the context
// ends before, it is an Unavailable fault of code "behind".
func (v *Views) WaitFor(ctx context.Context, position eventstore.Position) error {
	for {
		reached, changed, pause := v.progress.watch()
		if reached >= position {
			return nil
		}
		lowest, err := v.lowest(ctx)
		switch {
		case ctx.Err() != nil:
		case err != nil:
			return err
		case lowest >= position:
			return nil
		}
		timer := time.NewTimer(pause)
		select {
		case <-changed:
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			behind := domain.Faultf(domain.Unavailable, "behind", "the read models are behind; try again")
			return fmt.Errorf("%w: %w", behind, ctx.Err())
		}
		timer.Stop()
	}
}
