package local

import "sync"

// faults is what a stand-in was told to get wrong, oldest first.
type faults[F any] struct {
	mu    sync.Mutex
	armed []armed[F]
}

type armed[F any] struct {
	fault   F
	left    int
	endless bool
}

// add arms a fault for a number of times; 0 means until it is removed.
func (f *faults[F]) add(fault F, times int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.armed = append(f.armed, armed[F]{fault: fault, left: times, endless: times == 0})
}

// take gives the oldest fault that matches and uses it up by one.
func (f *faults[F]) take(matches func(F) bool) (F, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range f.armed {
		found := &f.armed[i]
		if !matches(found.fault) {
			continue
		}
		fault := found.fault
		found.left--
		if !found.endless && found.left == 0 {
			f.armed = append(f.armed[:i], f.armed[i+1:]...)
		}
		return fault, true
	}
	var none F
	return none, false
}

// remove disarms every fault that matches.
func (f *faults[F]) remove(matches func(F) bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	kept := f.armed[:0]
	for _, each := range f.armed {
		if !matches(each.fault) {
			kept = append(kept, each)
		}
	}
	f.armed = kept
}

func anything[F any](F) bool { return true }
