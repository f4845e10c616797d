package transform

import (
	"math/rand/v2"
	"sort"
)

// seen remembers words and where each was first met, in about 16 bytes a word:
// the words in the order in which they came, a table of places in that order by
// hash, and the rows as runs, since they come in order too. It is exact: a word
// found by its hash is compared.
type seen struct {
	chunks [][]uint64
	n      uint32
	table  []uint32 // open addressing: 1 + place in the order, 0 is free
	runs   []run
	seed   uint64 // unknown to whoever writes the files
}

// run is a stretch of words whose rows are the same or grow by a constant step.
type run struct {
	from  uint32 // place in the order
	first place
	step  int32
}

// seenChunk is how many words are held together; growing copies none of them.
const seenChunk = 1 << 13

func newSeen() *seen { return &seen{table: make([]uint32, 64), seed: rand.Uint64()} }

func (s *seen) word(i uint32) uint64 { return s.chunks[i/seenChunk][i%seenChunk] }

// claim notes a word, or says where it was met first.
func (s *seen) claim(word uint64, at place) (first place, taken bool) {
	slot := s.slot(word)
	for ; s.table[slot] != 0; slot = (slot + 1) & (uint64(len(s.table)) - 1) {
		if i := s.table[slot] - 1; s.word(i) == word {
			return s.place(i), true
		}
	}
	if s.n%seenChunk == 0 {
		s.chunks = append(s.chunks, make([]uint64, 0, seenChunk))
	}
	last := &s.chunks[len(s.chunks)-1]
	*last = append(*last, word)
	s.note(at)
	s.n++
	s.table[slot] = s.n
	if uint64(s.n)*4 > uint64(len(s.table))*3 {
		s.grow()
	}
	return place{}, false
}

func (s *seen) slot(word uint64) uint64 {
	h := (word ^ s.seed) * 0x9E3779B97F4A7C15
	h ^= h >> 32
	h *= 0xD6E8FEB86659FD93
	return (h ^ h>>32) & (uint64(len(s.table)) - 1)
}

func (s *seen) grow() {
	s.table = make([]uint32, 2*len(s.table))
	for i := range s.n {
		slot := s.slot(s.word(i))
		for s.table[slot] != 0 {
			slot = (slot + 1) & (uint64(len(s.table)) - 1)
		}
		s.table[slot] = i + 1
	}
}

// note adds the place of word n, to the last run if it goes on there.
func (s *seen) note(at place) {
	if len(s.runs) > 0 {
		r := &s.runs[len(s.runs)-1]
		gone := int32(s.n - r.from)
		if gone == 1 && at.part == r.first.part {
			r.step = at.row - r.first.row
			return
		}
		if at.part == r.first.part && at.row == r.first.row+gone*r.step {
			return
		}
	}
	s.runs = append(s.runs, run{from: s.n, first: at})
}

// place is where word i was met.
func (s *seen) place(i uint32) place {
	r := s.runs[sort.Search(len(s.runs), func(k int) bool { return s.runs[k].from > i })-1]
	return place{r.first.part, r.first.row + int32(i-r.from)*r.step}
}
