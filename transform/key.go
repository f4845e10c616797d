package transform

import (
	"fmt"

	"lumbung/transform/contract"
)

// keyWidth is how many columns a key may have.
const keyWidth = 4

// rowKey is a record's key; texts are replaced by numbers given out in order.
type rowKey [keyWidth]int64

// place is where a key was first seen.
type place struct {
	part int32
	row  int32
}

// keySet finds duplicate keys over all parts of a release. It is what grows
// with the number of records, so keys of small numbers, which nearly all are,
// share one word each.
type keySet struct {
	cols   []int // table columns of the key
	isText []bool
	bits   []uint // of each column in a packed key; nil when they do not fit a word
	texts  map[string]int64
	packed *seen
	wide   map[rowKey]place
	parts  []string
}

// keyBits is how many bits values of a column usually need: ten digits of a
// code, a year, a small number, the number of a text.
func keyBits(t contract.Type) uint {
	switch t.Kind {
	case contract.Code:
		return 34
	case contract.Year:
		return 12
	case contract.Integer:
		return 10
	}
	return 20
}

func newKeySet(c *contract.Contract) keySet {
	k := keySet{texts: map[string]int64{}, packed: newSeen(), wide: map[rowKey]place{}}
	sum := uint(0)
	for n, name := range c.Key {
		i, _ := c.Table.Column(name)
		k.cols = append(k.cols, i)
		k.isText = append(k.isText, c.Table.Columns[i].Type.IsText())
		k.bits = append(k.bits, keyBits(c.Table.Columns[i].Type))
		sum += k.bits[n]
	}
	if sum > 64 {
		k.bits = nil
	}
	return k
}

func (k *keySet) startPart(name string) { k.parts = append(k.parts, name) }

// pack puts a key into one word; ok is false when a value is too large for its
// place. Equal keys always take the same way.
func (k *keySet) pack(key *rowKey) (word uint64, ok bool) {
	if k.bits == nil {
		return 0, false
	}
	for n := range k.cols {
		if key[n] < 0 || key[n]>>k.bits[n] != 0 {
			return 0, false
		}
		word = word<<k.bits[n] | uint64(key[n])
	}
	return word, true
}

// claim takes the key of a record, or says where it was taken before.
func (k *keySet) claim(vals []val, row int) string {
	var key rowKey
	for n, i := range k.cols {
		key[n] = vals[i].i
		if k.isText[n] {
			id, ok := k.texts[vals[i].s]
			if !ok {
				id = int64(len(k.texts) + 1)
				k.texts[vals[i].s] = id
			}
			key[n] = id
		}
	}
	here := place{int32(len(k.parts) - 1), int32(row)}
	var first place
	var taken bool
	if word, ok := k.pack(&key); ok {
		first, taken = k.packed.claim(word, here)
	} else if first, taken = k.wide[key]; !taken {
		k.wide[key] = here
	}
	if !taken {
		return ""
	}
	return fmt.Sprintf("row %d of %s", first.row, k.parts[first.part])
}
