package main

import (
	"context"
	"errors"
	"sync"
)

// stops knows how what was started is stopped. Parts are started, and therefore
// noted, at the same time and in the background.
type stops struct {
	mu    sync.Mutex
	order [2][]func(context.Context) error
	over  bool
}

// The two waves of stopping: first what takes work, all at once, then what it
// stands on.
const (
	fronts = iota
	grounds
)

// add notes a stop. When stopping has begun already, it runs at once.
func (s *stops) add(wave int, stop func(context.Context) error) {
	s.mu.Lock()
	over := s.over
	if !over {
		s.order[wave] = append(s.order[wave], stop)
	}
	s.mu.Unlock()
	if over {
		_ = stop(context.Background()) // nobody waits for it any more
	}
}

// run stops everything. Running out of time is no error: what was not finished
// goes on at the next start.
func (s *stops) run(ctx context.Context) error {
	s.mu.Lock()
	s.over = true
	order := s.order
	s.mu.Unlock()
	var problems []error
	for _, wave := range order {
		errs := make([]error, len(wave))
		var all sync.WaitGroup
		for i, stop := range wave {
			all.Go(func() {
				if err := stop(ctx); !errors.Is(err, context.DeadlineExceeded) {
					errs[i] = err
				}
			})
		}
		all.Wait()
		problems = append(problems, errs...)
	}
	return errors.Join(problems...)
}
