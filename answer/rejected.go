package answer

import (
	"context"
	"fmt"
)

// RejectedCell is one cell that put its row into quarantine (level error) or that
// was flagged (level warning).
type RejectedCell struct {
	Number   int64  `json:"number"` // in this snapshot
	Release  string `json:"release"`
	Contract string `json:"contract"`
	Table    string `json:"table"`
	Part     string `json:"part"`
	SHA256   string `json:"sha256"`
	Sheet    string `json:"sheet,omitempty"`
	Row      int64  `json:"row"`
	Cell     string `json:"cell"`
	Column   string `json:"column,omitempty"`
	Text     string `json:"text"`
	Rule     string `json:"rule"`
	Level    string `json:"level"`
	Reason   string `json:"reason"`
	Remedy   string `json:"remedy,omitempty"`
	Key      string `json:"key,omitempty"`
}

// CellFilter chooses findings. Zero values do not filter.
type CellFilter struct {
	Release, Contract, Rule, Level string
	Number                         int64
	Limit                          int
}

// RejectedCells lists what was found, quarantined cells first.
func (r *Reader) RejectedCells(ctx context.Context, f CellFilter) ([]RejectedCell, error) {
	res, _, err := r.DB.Query(ctx, f.Limit, `SELECT * FROM (
		SELECT row_number() OVER (ORDER BY CASE tingkat WHEN 'error' THEN 0 ELSE 1 END, rilis_id, kontrak, bagian, baris, sel, aturan, kolom, kunci) AS nomor,
			rilis_id, kontrak, tabel, bagian, sumber_sha256, lembar, baris, sel, kolom, teks, aturan, tingkat, alasan, perbaikan, kunci FROM fct_temuan)
		WHERE (? = '' OR rilis_id = ?) AND (? = '' OR kontrak = ?) AND (? = '' OR aturan = ?) AND (? = '' OR tingkat = ?) AND (? = 0 OR nomor = ?) ORDER BY nomor`,
		f.Release, f.Release, f.Contract, f.Contract, f.Rule, f.Rule, f.Level, f.Level, f.Number, f.Number)
	if err != nil {
		return nil, fmt.Errorf("findings: %w", err)
	}
	out := make([]RejectedCell, len(res.Rows))
	for i, v := range res.Rows {
		out[i] = RejectedCell{Int(v[0]), Text(v[1]), Text(v[2]), Text(v[3]), Text(v[4]), Text(v[5]), Text(v[6]), Int(v[7]), Text(v[8]),
			Text(v[9]), Text(v[10]), Text(v[11]), Text(v[12]), Text(v[13]), Text(v[14]), Text(v[15])}
	}
	return out, nil
}

// besideRows is how many rows before and after a finding's are read with it.
const besideRows = 2

// RejectedCell is one finding with its whole row and those beside it in the
// source, read back; rows that are not there, such as one before the first, are left out.
func (r *Reader) RejectedCell(ctx context.Context, number int64, src *Sources) (f RejectedCell, row TracedRow, beside []TracedRow, err error) {
	list, err := r.RejectedCells(ctx, CellFilter{Number: number})
	if err != nil {
		return f, row, nil, err
	}
	if len(list) != 1 {
		return f, row, nil, fmt.Errorf("no finding %d in this snapshot; see `lumbung quarantine list --all`", number)
	}
	f = list[0]
	var rows []TracedRow
	for n := max(f.Row-besideRows, 1); n <= f.Row+besideRows; n++ {
		rows = append(rows, TracedRow{Values: map[string]any{"baris": n, "kontrak": f.Contract, "tahun": yearOfKey(f.Key), "tetangga": n != f.Row}, Release: f.Release, Part: f.Part, SHA256: f.SHA256})
	}
	if err := r.Cells(ctx, rows, src); err != nil {
		return f, row, nil, err
	}
	for _, x := range rows {
		if !asBool(x.Values["tetangga"]) {
			row = x
		} else if x.Source != nil {
			beside = append(beside, x)
		}
	}
	return f, row, beside, nil
}

// yearOfKey reads the year out of a key such as "kode_desa=6402012001 tahun=2024".
func yearOfKey(key string) int64 {
	var year int64
	for i := 0; i+10 <= len(key); i++ {
		if key[i:i+6] == "tahun=" {
			if _, err := fmt.Sscan(key[i+6:i+10], &year); err != nil {
				return 0
			}
		}
	}
	return year
}
