package main

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"
)

func TestWhatTakesWorkStopsBeforeWhatItStandsOn(t *testing.T) {
	var s stops
	var mu sync.Mutex
	var order []string
	note := func(name string) {
		mu.Lock()
		defer mu.Unlock()
		order = append(order, name)
	}
	met := make(chan struct{})
	s.add(grounds, func(context.Context) error { note("ground"); return nil })
	s.add(fronts, func(context.Context) error { met <- struct{}{}; note("front"); return nil }) // at once, or they would wait for ever
	s.add(fronts, func(context.Context) error { <-met; note("front"); return nil })
	s.add(grounds, func(context.Context) error { note("ground"); return nil })
	if err := s.run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if want := []string{"front", "front", "ground", "ground"}; !slices.Equal(order, want) {
		t.Errorf("stopped in the order %v", order)
	}
}

func TestWhatStartsWhileAllStopsIsStoppedAtOnce(t *testing.T) {
	var s stops
	stopped := false
	s.add(fronts, func(context.Context) error {
		s.add(fronts, func(context.Context) error { stopped = true; return nil })
		if !stopped {
			t.Error("it is kept for a stop that does not come")
		}
		return nil
	})
	if err := s.run(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestRunningOutOfTimeIsNoErrorButAllElseIs(t *testing.T) {
	broken := errors.New("the disk is full")
	late := func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
	fails := func(context.Context) error { return broken }
	for name, c := range map[string]struct {
		stops []func(context.Context) error
		want  error
	}{
		"late":         {[]func(context.Context) error{late}, nil},
		"broken":       {[]func(context.Context) error{fails}, broken},
		"late, broken": {[]func(context.Context) error{late, fails}, broken},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
			defer cancel()
			var s stops
			reached := false
			for _, stop := range c.stops {
				s.add(fronts, stop)
			}
			s.add(grounds, func(context.Context) error { reached = true; return nil })
			if err := s.run(ctx); !errors.Is(err, c.want) || (err != nil) != (c.want != nil) {
				t.Errorf("ended with %v", err)
			}
			if !reached {
				t.Error("the second wave was left out")
			}
		})
	}
}
