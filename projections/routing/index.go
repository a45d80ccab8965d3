package routing

import (
	"hash/fnv"
	"iter"
	"slices"
)

const fan = 256

type pair[V any] struct {
	key   string
	value V
}

type page[V any] [fan][]pair[V]

// index is an immutable map from string to V. A change copies the two arrays
// and the one short list on its way (about 8 KB) and shares everything else,
// so it costs the same with ten entries and with a hundred thousand.
type index[V any] struct {
	root *[fan]*page[V]
	size int
}

func place(key string) (page, slot byte) {
	hash := fnv.New32a()
	hash.Write([]byte(key))
	sum := hash.Sum32()
	return byte(sum >> 24), byte(sum >> 8 & 0xff)
}

func (x index[V]) get(key string) (value V, found bool) {
	if x.root == nil {
		return value, false
	}
	p, s := place(key)
	if x.root[p] == nil {
		return value, false
	}
	for _, entry := range x.root[p][s] {
		if entry.key == key {
			return entry.value, true
		}
	}
	return value, false
}

func (x index[V]) with(key string, value V) index[V] {
	return x.change(key, func(list []pair[V], at int) []pair[V] {
		if at < 0 {
			return append(slices.Clone(list), pair[V]{key, value})
		}
		list = slices.Clone(list)
		list[at].value = value
		return list
	})
}

func (x index[V]) without(key string) index[V] {
	if _, found := x.get(key); !found {
		return x
	}
	return x.change(key, func(list []pair[V], at int) []pair[V] {
		return slices.Delete(slices.Clone(list), at, at+1)
	})
}

// change gives the index in which one short list is another; edit must not
// touch the list it is given, and at is the key's place in it or -1.
func (x index[V]) change(key string, edit func(list []pair[V], at int) []pair[V]) index[V] {
	p, s := place(key)
	root, leaf := new([fan]*page[V]), new(page[V])
	if x.root != nil {
		*root = *x.root
		if x.root[p] != nil {
			*leaf = *x.root[p]
		}
	}
	before := leaf[s]
	at := slices.IndexFunc(before, func(entry pair[V]) bool { return entry.key == key })
	leaf[s] = edit(before, at)
	root[p] = leaf
	return index[V]{root: root, size: x.size + len(leaf[s]) - len(before)}
}

func (x index[V]) all() iter.Seq2[string, V] {
	return func(yield func(string, V) bool) {
		if x.root == nil {
			return
		}
		for _, leaf := range x.root {
			if leaf == nil {
				continue
			}
			for _, list := range leaf {
				for _, entry := range list {
					if !yield(entry.key, entry.value) {
						return
					}
				}
			}
		}
	}
}
