package sqlstore

import (
	"slices"
	"sync"
)

// keysKept bounds the unwrapped keys in memory.
const keysKept = 10_000

// keyCache keeps unwrapped data keys. What was read before a key was dropped
// is not taken in after it.
type keyCache struct {
	mu    sync.Mutex
	keys  map[string][]byte
	drops int
}

func newKeyCache() *keyCache { return &keyCache{keys: map[string][]byte{}} }

func (c *keyCache) get(subject string) ([]byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	key, ok := c.keys[subject]
	return slices.Clone(key), ok
}

// era is to be asked for before a key is read, and given to put.
func (c *keyCache) era() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.drops
}

func (c *keyCache) put(era int, subject string, key []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if era != c.drops {
		return
	}
	if len(c.keys) >= keysKept {
		for other := range c.keys { // any one goes
			clear(c.keys[other])
			delete(c.keys, other)
			break
		}
	}
	c.keys[subject] = slices.Clone(key)
}

func (c *keyCache) drop(subject string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drops++
	clear(c.keys[subject])
	delete(c.keys, subject)
}

// forget drops all keys.
func (c *keyCache) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drops++
	for _, key := range c.keys {
		clear(key)
	}
	clear(c.keys)
}
