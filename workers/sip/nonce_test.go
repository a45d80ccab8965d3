package sip

import (
	"crypto/rand"
	"testing"
	"time"
)

var noon = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

func TestANonceIsGoodForItsSourceAndItsTimeOnly(t *testing.T) {
	n := newNonces(make([]byte, 32), rand.Reader, noon)
	nonce, err := n.issue("192.0.2.1", noon)
	if err != nil {
		t.Fatal(err)
	}
	other, _ := newNonces([]byte("another key"), rand.Reader, noon).issue("192.0.2.1", noon)
	for name, tt := range map[string]struct {
		nonce, source string
		now           time.Time
		want          verdict
	}{
		"at once":          {nonce, "192.0.2.1", noon, good},
		"at the end":       {nonce, "192.0.2.1", noon.Add(nonceLife), good},
		"too late":         {nonce, "192.0.2.1", noon.Add(nonceLife + 1), aged},
		"from the future":  {nonce, "192.0.2.1", noon.Add(-2 * time.Minute), aged},
		"clock set back":   {nonce, "192.0.2.1", noon.Add(-time.Second), good},
		"another source":   {nonce, "192.0.2.2", noon, foreign},
		"another key":      {other, "192.0.2.1", noon, foreign},
		"made up":          {"abcdef", "192.0.2.1", noon, foreign},
		"empty":            {"", "192.0.2.1", noon, foreign},
		"with another end": {nonce[:len(nonce)-2] + "AA", "192.0.2.1", noon, foreign},
	} {
		if got := n.judge(tt.nonce, tt.source, tt.now); got != tt.want {
			t.Errorf("%s: %d, want %d", name, got, tt.want)
		}
	}
}

func TestANonceCountIsTakenOnceAndRising(t *testing.T) {
	n := newNonces(make([]byte, 32), rand.Reader, noon)
	nonce, _ := n.issue("192.0.2.1", noon)
	for i, tt := range []struct {
		count int
		want  bool
	}{{0, false}, {1, true}, {1, false}, {3, true}, {2, false}, {4, true}} {
		if got := n.spend(nonce, "192.0.2.1", tt.count); got != tt.want {
			t.Errorf("%d: count %d gave %v", i, tt.count, got)
		}
	}
	n.sweep(noon.Add(nonceLife + 1))
	if len(n.spent) != 0 {
		t.Error("the sweep left something")
	}
}

func TestTwoNoncesOfOneMomentDiffer(t *testing.T) {
	n := newNonces(make([]byte, 32), rand.Reader, noon)
	one, _ := n.issue("192.0.2.1", noon)
	two, _ := n.issue("192.0.2.1", noon)
	if one == two {
		t.Error("they are the same")
	}
}

func TestANonceOfAnEarlierProcessIsStaleWhateverTheClockSays(t *testing.T) {
	before, _ := newNonces(make([]byte, 32), rand.Reader, noon).issue("192.0.2.1", noon.Add(time.Minute))
	for _, start := range []time.Time{noon.Add(2 * time.Minute), noon.Add(-time.Minute)} { // the clock was set back
		if got := newNonces(make([]byte, 32), rand.Reader, start).judge(before, "192.0.2.1", noon.Add(2*time.Minute)); got != aged {
			t.Errorf("after a start at %s: %d", start, got)
		}
	}
}
