package main

import (
	"encoding/binary"
	"hash/fnv"
)

// kinds are the ways in which a row can be wrong, each by the rule that has to find it.
var kinds = []string{"range", "type", "kode-induk", "rumus-idm", "one_of"}

// spoil makes a row wrong in one of the known ways. Columns are those of write.
func spoil(row []any, kind string) {
	switch kind {
	case "range":
		row[8] = 1.25 // IKS
	case "type":
		row[9] = "belum ada" // IKE
	case "kode-induk":
		row[4] = row[4].(int64) + 1
	case "rumus-idm":
		row[11] = row[11].(float64) / 2
	case "one_of":
		row[12] = "SEDANG"
	}
}

// kindOf says how a village's row of a year is wrong, "" for most: one row in every is.
func kindOf(v *village, year, every int) string {
	if every == 0 || !v.scored || draw(v, year, "wrong", int64(every)) > 0 {
		return ""
	}
	return kinds[draw(v, year, "kind", int64(len(kinds)))]
}

// draw gives a number below n that depends only on the village, the year and what it is drawn for.
func draw(v *village, year int, what string, n int64) int64 {
	h := fnv.New64a()
	var b [16]byte
	binary.LittleEndian.PutUint64(b[:8], uint64(v.desa))
	binary.LittleEndian.PutUint64(b[8:], uint64(year))
	_, _ = h.Write(b[:])
	_, _ = h.Write([]byte(what))
	x := h.Sum64()
	x ^= x >> 33 // the low bits of FNV alone are poor
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	return int64(x % uint64(n))
}
