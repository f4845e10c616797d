package answer

import (
	"context"
	"fmt"
)

// Intake is what one release gave through one contract.
type Intake struct {
	Release, Source, Contract, Table string
	Period                           int
	Title, Nature                    string
	Stale                            bool
	In, Loaded, Quarantined, Skipped int64
	Balanced                         bool // In = Loaded + Quarantined + Skipped
	Missing                          int64
}

// Finding is one rule that the rows of a release hit.
type Finding struct {
	Release, Contract, Rule, Severity string // Severity: error (rows in quarantine), warning (rows loaded, flagged)
	Count, Rows                       int64
	Part, Sheet, Cell, Column         string // of the first one
	Text, Reason, Remedy              string
}

// Quality lists what every release gave and every rule that was hit.
func (r *Reader) Quality(ctx context.Context) (intakes []Intake, findings []Finding, err error) {
	res, _, err := r.DB.Query(ctx, 0, `SELECT k.rilis_id, k.sumber, k.kontrak, k.tabel, k.periode, d.judul, k.sifat, k.basi,
			k.masuk, k.dimuat, k.karantina, k.dilewati, k.jumlah_cocok, k.desa_hilang
		FROM mart_kualitas k LEFT JOIN dim_rilis d ON d.rilis_id = k.rilis_id
		WHERE k.aturan = '(semua)' ORDER BY k.sumber, k.periode, k.rilis_id, k.kontrak`)
	if err != nil {
		return nil, nil, fmt.Errorf("quality of the releases: %w", err)
	}
	for _, v := range res.Rows {
		intakes = append(intakes, Intake{Text(v[0]), Text(v[1]), Text(v[2]), Text(v[3]), int(Int(v[4])), Text(v[5]), Text(v[6]), asBool(v[7]),
			Int(v[8]), Int(v[9]), Int(v[10]), Int(v[11]), asBool(v[12]), Int(v[13])})
	}
	res, _, err = r.DB.Query(ctx, 0, `SELECT rilis_id, kontrak, aturan, tingkat_temuan, jumlah, jumlah_baris,
			contoh_bagian, contoh_lembar, contoh_sel, contoh_kolom, contoh_teks, contoh_alasan, contoh_perbaikan
		FROM mart_kualitas WHERE aturan <> '(semua)' ORDER BY tingkat_temuan, jumlah DESC, rilis_id, kontrak, aturan`)
	if err != nil {
		return nil, nil, fmt.Errorf("findings: %w", err)
	}
	for _, v := range res.Rows {
		findings = append(findings, Finding{Text(v[0]), Text(v[1]), Text(v[2]), Text(v[3]), Int(v[4]), Int(v[5]),
			Text(v[6]), Text(v[7]), Text(v[8]), Text(v[9]), Text(v[10]), Text(v[11]), Text(v[12])})
	}
	return intakes, findings, nil
}
