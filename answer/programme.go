package answer

import (
	"context"
	"fmt"
)

// Programme is what the district records say of one area or village in one
// year. A nil figure has no record.
type Programme struct {
	Code, Name, Level  string
	Year               int
	Villages           *int64 // in the index
	Lagging            *int64 // Sangat Tertinggal or Tertinggal
	BelowMaju          *int64
	Families           *int64 // BLT
	FamilyVillages     *int64 // villages with a BLT record
	Paid               string // rupiah, 2 places
	Enterprises        *int64 // active BUMDes
	EnterpriseVillages *int64 // villages with a BUMDes record
	Measured, Stunted  *int64 // toddlers
	Facilitators       *int64
	Covered            *int64 // villages covered by a facilitator
}

// Programmes lists the records below a kabupaten, itself last, of the newest year with any, or of the given one.
func (r *Reader) Programmes(ctx context.Context, area Area, year int) (rows []Programme, years []int, err error) {
	res, _, err := r.DB.Query(ctx, 0, `SELECT DISTINCT tahun FROM mart_program WHERE kode_wilayah = ?
		AND (blt_desa > 0 OR bumdes_desa > 0 OR stunting_desa > 0 OR pendamping > 0) ORDER BY tahun`, area.Code)
	if err != nil {
		return nil, nil, fmt.Errorf("programmes of %s: %w", area.Code, err)
	}
	for _, v := range res.Rows {
		years = append(years, int(Int(v[0])))
	}
	if len(years) == 0 {
		return nil, nil, nil
	}
	if year == 0 {
		year = years[len(years)-1]
	}
	res, _, err = r.DB.Query(ctx, 0, `SELECT kode_wilayah, nama_wilayah, tingkat, tahun, jumlah_desa, desa_tertinggal, desa_di_bawah_maju,
			blt_keluarga, blt_desa, blt_realisasi, bumdes_aktif, bumdes_desa, balita_diukur, balita_stunting, pendamping, pendamping_desa
		FROM mart_program WHERE tahun = ? AND (kode_wilayah LIKE ? OR kode_wilayah = ?)
		ORDER BY tingkat = 'kabupaten', desa_di_bawah_maju DESC NULLS LAST, kode_wilayah`, year, within(area.Code), area.Code)
	if err != nil {
		return nil, nil, fmt.Errorf("programmes of %s: %w", area.Code, err)
	}
	for _, v := range res.Rows {
		rows = append(rows, Programme{Text(v[0]), Text(v[1]), Text(v[2]), int(Int(v[3])), asIntOrNil(v[4]), asIntOrNil(v[5]), asIntOrNil(v[6]),
			asIntOrNil(v[7]), asIntOrNil(v[8]), Text(v[9]), asIntOrNil(v[10]), asIntOrNil(v[11]), asIntOrNil(v[12]), asIntOrNil(v[13]),
			asIntOrNil(v[14]), asIntOrNil(v[15])})
	}
	return rows, years, nil
}

// programmeColumns are a village's records, to be read after other columns of mart_profil_desa.
const programmeColumns = `, blt_keluarga, blt_realisasi, CASE WHEN bumdes_aktif THEN 1 WHEN NOT bumdes_aktif THEN 0 END,
	balita_diukur, balita_stunting, pendamping`

// villageProgramme are the records of a village and year.
func villageProgramme(row VillageRow, v []any) Programme {
	return Programme{Code: row.Code, Name: row.Name, Year: row.Year, Families: asIntOrNil(v[0]), Paid: Text(v[1]),
		Enterprises: asIntOrNil(v[2]), Measured: asIntOrNil(v[3]), Stunted: asIntOrNil(v[4]), Facilitators: asIntOrNil(v[5])}
}

// ProgrammeNature says what the district records are: for each table the nature of its releases.
func (r *Reader) ProgrammeNature(ctx context.Context) (map[string]string, error) {
	out := map[string]string{}
	res, _, err := r.DB.Query(ctx, 0, `SELECT DISTINCT tabel, sifat FROM mart_kualitas
		WHERE aktif AND tabel IN ('blt', 'bumdes', 'stunting', 'pendamping') ORDER BY 1, 2`)
	if err != nil {
		return nil, fmt.Errorf("releases of programmes: %w", err)
	}
	for _, v := range res.Rows {
		out[Text(v[0])] = Text(v[1])
	}
	return out, nil
}
