package sqlstore

import (
	"context"
	"errors"
	"testing"

	"dialtone/eventstore"
)

// numberedPages gives pages of one event each, and counts those that were begun.
type numberedPages struct {
	count int
	begun chan int
	fails error // instead of the last
}

func (n *numberedPages) next(ctx context.Context) (page, bool, error) {
	number := n.count
	n.count++
	n.begun <- number
	if number == 4 && n.fails != nil {
		return page{}, true, n.fails
	}
	return page{events: []eventstore.Recorded{{Revision: uint64(number)}}}, number < 4, ctx.Err()
}

func TestOnePageIsReadWhileTheOneBeforeItIsInUse(t *testing.T) {
	pages, given := &numberedPages{begun: make(chan int, 10)}, 0
	ahead(t.Context(), pages.next, func(p page, err error) bool {
		if err != nil || p.events[0].Revision != uint64(given) {
			t.Fatalf("page %d: %+v, %v", given, p, err)
		}
		for wanted := given; wanted <= min(given+1, 4); wanted++ {
			if given > 0 && wanted == given {
				continue // it was begun while the page before was in use
			}
			if got := <-pages.begun; got != wanted {
				t.Errorf("page %d was begun while page %d was in use, want %d", got, given, wanted)
			}
		}
		if more := len(pages.begun); more > 0 {
			t.Errorf("%d more pages were begun while page %d was in use", more, given)
		}
		given++
		return true
	})
	if given != 5 {
		t.Errorf("%d pages, want 5", given)
	}
}

func TestAFailedPageComesBehindThoseAheadOfIt(t *testing.T) {
	broken := errors.New("broken")
	pages, given := &numberedPages{begun: make(chan int, 10), fails: broken}, 0
	ahead(t.Context(), pages.next, func(_ page, err error) bool {
		if given++; given == 5 && !errors.Is(err, broken) || given < 5 && err != nil {
			t.Errorf("page %d: %v", given-1, err)
		}
		return true
	})
	if given != 5 {
		t.Errorf("%d pages, want 4 and the failure", given)
	}
}

func TestNothingIsReadAnyMoreWhenTheConsumerHasGone(t *testing.T) {
	for name, leave := range map[string]func() bool{
		"it wants no more": func() bool { return false },
		"it panics":        func() bool { panic("gone") },
	} {
		ended := false
		next := func(ctx context.Context) (page, bool, error) {
			if ended {
				t.Errorf("%s: a third page is read", name)
			}
			if ctx == t.Context() { // the first
				return page{}, true, nil
			}
			<-ctx.Done()
			ended = true
			return page{}, true, ctx.Err()
		}
		func() {
			defer func() { _ = recover() }()
			ahead(t.Context(), next, func(page, error) bool { return leave() })
		}()
		if !ended {
			t.Errorf("%s: a page is still being read", name)
		}
	}
}
