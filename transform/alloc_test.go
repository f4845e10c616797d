package transform

import (
	"context"
	"testing"

	"lumbung/transform/contract"
)

// Decoding allocates no more than when it was last measured. Whoever saves
// allocations lowers the figures here.
func TestAllocationsOfDecoding(t *testing.T) {
	const rows = 10_000
	for _, c := range []struct {
		name     string
		contract *contract.Contract
		part     Part
		recorded float64 // for 10,000 rows
	}{
		{"xlsx", nationalContract(t), part("idm.xlsx", nationalBook(t, rows)), 42_000},
		{"csv", mustParse(t, bltCSV), part("blt.csv", nationalCSV("1.234;1.234.567,50;1.000.000,00;31/12/2024", rows)), 81_000},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := testing.AllocsPerRun(3, func() {
				sink := &counting{}
				_, err := Decode(context.Background(), Job{Contract: c.contract, Release: "r", Period: 2024, Parts: []Part{c.part}, Sink: sink})
				if err != nil || sink.rows != rows {
					t.Fatal(sink.rows, err)
				}
			})
			if got > c.recorded*1.1 {
				t.Errorf("%v allocations for %d rows, %v were recorded", got, rows, c.recorded)
			}
		})
	}
}
