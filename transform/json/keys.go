package json

import (
	"bytes"
	"hash/maphash"
)

// keySet tells whether a key stands twice in one object. Objects of one source
// mostly have the same keys in the same order, so the keys of the object before
// are kept and followed as long as they agree: distinct there is distinct here.
type keySet struct {
	arena     []byte
	ends      []int // end of each key in arena
	n         int   // keys of the present object
	following bool
	table     []int32 // open addressing, 1 + place of the key; used from manyKeys on
	seed      maphash.Seed
}

// manyKeys is where hashing begins to beat comparing with every key.
const manyKeys = 12

func (k *keySet) reset() {
	k.n = 0
	k.following = len(k.ends) > 0
}

func (k *keySet) at(i int) []byte {
	start := 0
	if i > 0 {
		start = k.ends[i-1]
	}
	return k.arena[start:k.ends[i]]
}

// last is the key added most recently, valid until the next add.
func (k *keySet) last() []byte { return k.at(k.n - 1) }

// add returns false when the object already has the key.
func (k *keySet) add(key []byte) bool {
	if k.following {
		if k.n < len(k.ends) && bytes.Equal(k.at(k.n), key) {
			k.n++
			return true
		}
		k.diverge()
	}
	if k.n < manyKeys {
		for i := range k.n {
			if bytes.Equal(k.at(i), key) {
				return false
			}
		}
		k.push(key)
		return true
	}
	if k.n*2 >= len(k.table) {
		k.rehash()
	}
	slot := k.find(key)
	if k.table[slot] != 0 {
		return false
	}
	k.push(key)
	k.table[slot] = int32(k.n)
	return true
}

func (k *keySet) push(key []byte) {
	k.arena = append(k.arena, key...)
	k.ends = append(k.ends, len(k.arena))
	k.n++
}

// diverge forgets what the object before had beyond the keys that agreed.
func (k *keySet) diverge() {
	k.following = false
	k.ends = k.ends[:k.n]
	k.arena = k.arena[:0]
	if k.n > 0 {
		k.arena = k.arena[:k.ends[k.n-1]]
	}
	k.table = k.table[:0]
}

func (k *keySet) rehash() {
	size := 64
	for size < k.n*4 {
		size *= 2
	}
	if cap(k.table) >= size {
		k.table = k.table[:size]
		clear(k.table)
	} else {
		k.table = make([]int32, size)
	}
	for i := range k.n {
		k.table[k.find(k.at(i))] = int32(i + 1)
	}
}

// find gives the slot of the key, or the free slot where it would go.
func (k *keySet) find(key []byte) int {
	mask := len(k.table) - 1
	slot := int(maphash.Bytes(k.seed, key)) & mask
	for k.table[slot] != 0 && !bytes.Equal(k.at(int(k.table[slot])-1), key) {
		slot = (slot + 1) & mask
	}
	return slot
}
