package sip

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"sync"
	"time"
)

// nonceLife is how long a nonce can be answered.
const nonceLife = 5 * time.Minute

// mac is a keyed hash over labelled parts; the lengths keep neighbours apart.
func mac(key []byte, parts ...string) []byte {
	hash := hmac.New(sha256.New, key)
	for _, part := range parts {
		hash.Write(binary.BigEndian.AppendUint32(nil, uint32(len(part)))) //nolint:gosec // parts are header values
		hash.Write([]byte(part))
	}
	return hash.Sum(nil)
}

// nonces makes and checks digest nonces (RFC 7616 §3.3). A nonce carries its
// time and is signed together with the source address, so that none is kept
// until it has been used well. What was used before the process started is
// forgotten, so a nonce carries the start of its process, too, and one of an
// earlier process counts as used.
type nonces struct {
	key    []byte
	random io.Reader
	start  time.Time

	mu    sync.Mutex
	spent map[string]spending
}

type spending struct {
	count  int // the highest nonce count seen
	issued time.Time
}

// verdict says what a nonce is worth.
type verdict int

const (
	foreign verdict = iota // not made here, or for another source
	aged                   // made here, but too old or used already: stale=true
	good
)

func newNonces(key []byte, random io.Reader, start time.Time) *nonces {
	return &nonces{key: mac(key, "nonce"), random: random, start: start, spent: map[string]spending{}}
}

const nonceBody = 24 // bytes: time of issue and start of the process in nanoseconds, then randomness

// issue makes a nonce for a source address (without port).
func (n *nonces) issue(source string, now time.Time) (string, error) {
	body := binary.BigEndian.AppendUint64(nil, uint64(now.UnixNano()))
	body = binary.BigEndian.AppendUint64(body, uint64(n.start.UnixNano()))
	filled := len(body)
	body = append(body, make([]byte, nonceBody-filled)...)
	n.mu.Lock()
	_, err := io.ReadFull(n.random, body[filled:])
	n.mu.Unlock()
	if err != nil {
		return "", fmt.Errorf("draw a nonce: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(append(body, n.sign(body, source)...)), nil
}

func (n *nonces) sign(body []byte, source string) []byte {
	return mac(n.key, string(body), source)[:16]
}

// judge says what a nonce is worth before anybody has looked at the password.
func (n *nonces) judge(nonce, source string, now time.Time) verdict {
	issued, start, ok := n.open(nonce, source)
	switch age := now.Sub(issued); {
	case !ok:
		return foreign
	case !start.Equal(n.start):
		return aged
	case age < -time.Minute || age > nonceLife: // a clock that is set back a little locks nobody out
		return aged
	}
	return good
}

func (n *nonces) open(nonce, source string) (issued, start time.Time, ok bool) {
	raw, err := base64.RawURLEncoding.DecodeString(nonce)
	if err != nil || len(raw) != nonceBody+16 || !hmac.Equal(n.sign(raw[:nonceBody], source), raw[nonceBody:]) {
		return time.Time{}, time.Time{}, false
	}
	at := func(raw []byte) time.Time { return time.Unix(0, int64(binary.BigEndian.Uint64(raw))) } //nolint:gosec // made by issue
	return at(raw), at(raw[8:]), true
}

// spend notes that a nonce was answered rightly with a count; false means that
// the count was used before, so this is a replay.
func (n *nonces) spend(nonce, source string, count int) bool {
	issued, _, ok := n.open(nonce, source)
	if !ok {
		return false
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if count <= n.spent[nonce].count {
		return false
	}
	n.spent[nonce] = spending{count: count, issued: issued}
	return true
}

// sweep forgets nonces that nobody can answer any more.
func (n *nonces) sweep(now time.Time) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for nonce, s := range n.spent {
		if now.Sub(s.issued) > nonceLife {
			delete(n.spent, nonce)
		}
	}
}
