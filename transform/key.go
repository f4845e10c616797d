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

// keySet finds duplicate keys over all parts of a release.
type keySet struct {
	cols   []int // table columns of the key
	column int   // contract column of the first of them, -1 when none fills it
	isText []bool
	texts  map[string]int64
	seen   map[rowKey]place
	parts  []string
}

func newKeySet(c *contract.Contract) keySet {
	k := keySet{texts: map[string]int64{}, seen: map[rowKey]place{}, column: -1}
	for n, name := range c.Key {
		i, _ := c.Table.Column(name)
		k.cols = append(k.cols, i)
		k.isText = append(k.isText, c.Table.Columns[i].Type.IsText())
		for j := range c.Columns {
			if n == 0 && c.Columns[j].Index == i {
				k.column = j
			}
		}
	}
	return k
}

func (k *keySet) startPart(name string) { k.parts = append(k.parts, name) }

func (k *keySet) firstColumn() int { return k.column }

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
	if p, taken := k.seen[key]; taken {
		return fmt.Sprintf("row %d of %s", p.row, k.parts[p.part])
	}
	k.seen[key] = place{int32(len(k.parts) - 1), int32(row)}
	return ""
}
