package transform

import (
	"math/rand/v2"
	"testing"
)

// Whatever comes in whatever order, the set answers as a map does.
func TestSeenAgainstAMap(t *testing.T) {
	for seed := range uint64(8) {
		rng := rand.New(rand.NewPCG(seed, 9))
		s, want := newSeen(), map[uint64]place{}
		at := place{}
		words := 1 + rng.IntN(60_000)
		for range 40_000 {
			switch rng.IntN(8) { // rows stand still, go on, leave gaps, begin anew in another part
			case 0:
				at.row += rng.Int32N(50)
			case 1:
				if rng.IntN(2000) == 0 {
					at = place{at.part + 1, rng.Int32N(3)}
				}
			case 2, 3:
			default:
				at.row++
			}
			word := uint64(rng.IntN(words))
			if seed%2 == 0 {
				word *= 0x9E3779B97F4A7C15 // spread over all bits
			}
			first, taken := s.claim(word, at)
			before, known := want[word]
			if taken != known || taken && first != before {
				t.Fatalf("seed %d, word %d at %v: %v, %v; want %v, %v", seed, word, at, first, taken, before, known)
			}
			if !known {
				want[word] = at
			}
		}
		for word, at := range want {
			if first, taken := s.claim(word, place{99, 99}); !taken || first != at {
				t.Fatalf("seed %d, word %d: %v, %v; want %v", seed, word, first, taken, at)
			}
		}
	}
}

// BenchmarkSeen claims the keys of 301,060 villages, beside a map.
func BenchmarkSeen(b *testing.B) {
	const n = 4 * nationalRows
	b.Run("ours", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			s := newSeen()
			for i := range uint64(n) {
				s.claim((6402010000+i)<<12|2024, place{0, int32(i)})
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/key")
	})
	b.Run("map", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			m := map[uint64]place{}
			for i := range uint64(n) {
				word := (6402010000+i)<<12 | 2024
				if _, taken := m[word]; !taken {
					m[word] = place{0, int32(i)}
				}
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/key")
	})
}
