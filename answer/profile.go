package answer

import (
	"context"
	"fmt"
	"strconv"
	"strings"
)

// Profile is all that a snapshot says about one village.
type Profile struct {
	Area       Area
	District   Area // kecamatan
	Regency    Area // kabupaten
	Years      []VillageRow
	Answers    []AnswerScore // years of which only the ministry's single answer is there
	Mean       IndexMean     // of the kabupaten, latest year
	Rank       int64         // in the kecamatan by score, 1 is the highest
	RankOf     int64
	Indicators []Indicator
	Steps      []Step
	NoSteps    string // why there are none
	StepsNeed  int64  // steps that suffice; 0: unknown or not reachable
	StepsFit   bool   // the indicator scores add up to the published indices
	Next       string // next status, "" for the highest
	Programme  Programme
	Borders    [4]string // upper ends of the four lower statuses

	ids string // stable identities, for an IN
}

// AnswerScore is the score of a year as a single answer of the ministry states it.
type AnswerScore struct {
	Year  int
	Score string
}

// IndexMean is a mean over the villages of a kabupaten.
type IndexMean struct {
	Villages      int64
	IKS, IKE, IKL string // 8 places
}

// Indicator is one of the 50 scores.
type Indicator struct {
	Number                 int
	Dimension, Name, Group string
	Weight                 int64 // of a point, in 1/6300 of IDM
	Allowed                string
	Advised                bool
	Score                  *int64
	Finding, Activity      string
	Performers             string
	Release, SHA256, Part  string
	Row                    int64
}

// Step is one indicator to raise.
type Step struct {
	Rank                           int64
	Number                         int
	Name                           string
	From, To                       int64
	Gain                           int64 // in 1/6300 of IDM, from From to To
	Grid                           int64 // the village's IDM in the same units
	Suffices                       bool
	Activity, Performers, NextRank string
}

// Profile reads the profile of a village.
func (r *Reader) Profile(ctx context.Context, area Area) (*Profile, error) {
	p := &Profile{Area: area}
	var err error
	if p.ids, err = r.identities(ctx, area.Code); err != nil {
		return nil, fmt.Errorf("profile of %s: %w", area.Code, err)
	}
	res, _, err := r.DB.Query(ctx, 0, "SELECT "+villageColumns+` FROM mart_profil_desa WHERE id_desa IN (`+p.ids+`) ORDER BY tahun`)
	if err != nil {
		return nil, fmt.Errorf("profile of %s: %w", area.Code, err)
	}
	for _, v := range res.Rows {
		p.Years = append(p.Years, villageRow(v))
	}
	if len(p.Years) == 0 {
		return nil, &NoDataError{Area: area}
	}
	for _, read := range []func(context.Context, *Profile) error{r.profileAnswers, r.profileAreas, r.profileMeans, r.profileIndicators, r.profileSteps, r.profileProgramme} {
		if err := read(ctx, p); err != nil {
			return nil, fmt.Errorf("profile of %s: %w", area.Code, err)
		}
	}
	return p, nil
}

// identities lists the stable identities of a village's code for an IN, as
// numbers: the engine then reads only their rows.
func (r *Reader) identities(ctx context.Context, code string) (string, error) {
	res, _, err := r.DB.Query(ctx, 0, "SELECT DISTINCT kode_terkini FROM dim_wilayah WHERE kode_wilayah = ? ORDER BY 1", code)
	if err != nil {
		return "", err
	}
	ids := []string{"-1"} // nobody's
	for _, v := range res.Rows {
		ids = append(ids, strconv.FormatInt(Int(v[0]), 10))
	}
	return strings.Join(ids, ", "), nil
}

// Latest is the newest year with a release row.
func (p *Profile) Latest() VillageRow { return p.Years[len(p.Years)-1] }

func (r *Reader) profileAnswers(ctx context.Context, p *Profile) error {
	res, _, err := r.DB.Query(ctx, 0, `SELECT tahun, CAST(max(skor) AS DECIMAL(10,8)) FROM fct_rumusan WHERE id_desa IN (`+p.ids+`) GROUP BY tahun ORDER BY tahun`)
	if err != nil {
		return err
	}
	have := map[int]bool{}
	for _, y := range p.Years {
		have[y.Year] = true
	}
	for _, v := range res.Rows {
		if year := int(Int(v[0])); !have[year] {
			p.Answers = append(p.Answers, AnswerScore{year, Text(v[1])})
		}
	}
	return nil
}

func (r *Reader) profileAreas(ctx context.Context, p *Profile) (err error) {
	code := p.Latest().Code
	if p.District, err = r.areaByCode(ctx, code[:8]); err != nil {
		return err
	}
	p.Regency, err = r.areaByCode(ctx, code[:5])
	return err
}

func (r *Reader) profileMeans(ctx context.Context, p *Profile) error {
	last := p.Latest()
	res, _, err := r.DB.Query(ctx, 1, `SELECT count(*), CAST(avg(iks) AS DECIMAL(10,8)), CAST(avg(ike) AS DECIMAL(10,8)), CAST(avg(ikl) AS DECIMAL(10,8))
		FROM mart_profil_desa WHERE tahun = ? AND kode_wilayah LIKE ?`, last.Year, last.Code[:5]+".%")
	if err != nil {
		return err
	}
	v := res.Rows[0]
	p.Mean = IndexMean{Int(v[0]), Text(v[1]), Text(v[2]), Text(v[3])}
	res, _, err = r.DB.Query(ctx, 1, `SELECT 1 + count(*) FILTER (skor > CAST(? AS DECIMAL(10,8))), count(*)
		FROM mart_profil_desa WHERE tahun = ? AND kode_wilayah LIKE ?`, last.Score, last.Year, last.Code[:8]+".%")
	if err != nil {
		return err
	}
	p.Rank, p.RankOf = Int(res.Rows[0][0]), Int(res.Rows[0][1])
	res, _, err = r.DB.Query(ctx, 1, "SELECT batas_1, batas_2, batas_3, batas_4 FROM dim_metodologi WHERE metodologi = ?", last.Methodology)
	if err != nil {
		return err
	}
	for i := range p.Borders {
		p.Borders[i] = Text(res.Rows[0][i])
	}
	return nil
}

func (r *Reader) profileIndicators(ctx context.Context, p *Profile) (err error) {
	last := p.Latest()
	p.Indicators, err = r.Indicators(ctx, last.Code, last.Year)
	return err
}

// Indicators lists the 50 indicators of a village and year, those without a score included.
func (r *Reader) Indicators(ctx context.Context, code string, year int) ([]Indicator, error) {
	res, _, err := r.DB.Query(ctx, 0, `SELECT g.nomor, g.dimensi, g.nama, g.kelompok, g.bobot, g.nilai_boleh, g.disarankan,
			i.skor, k.keterangan, k.kegiatan, k.pelaksana, r.rilis_id, u.sha256, u.bagian, i.baris
		FROM dim_indikator g
		LEFT JOIN fct_indikator i ON i.nomor = g.nomor AND i.tahun = ? AND i.kode_desa = CAST(replace(?, '.', '') AS BIGINT)
		LEFT JOIN fct_kegiatan k ON k.nomor = g.nomor AND k.tahun = i.tahun AND k.kode_desa = i.kode_desa
		LEFT JOIN dim_rilis r ON r.id_rilis = i.id_rilis
		LEFT JOIN dim_sumber u ON u.id_sumber = i.id_sumber
		ORDER BY g.nomor`, year, code)
	if err != nil {
		return nil, fmt.Errorf("indicators: %w", err)
	}
	var out []Indicator
	for _, v := range res.Rows {
		out = append(out, Indicator{int(Int(v[0])), Text(v[1]), Text(v[2]), Text(v[3]), Int(v[4]), Text(v[5]), asBool(v[6]),
			asIntOrNil(v[7]), Text(v[8]), Text(v[9]), Text(v[10]), Text(v[11]), Text(v[12]), Text(v[13]), Int(v[14])})
	}
	return out, nil
}

func (r *Reader) profileSteps(ctx context.Context, p *Profile) error {
	res, _, err := r.DB.Query(ctx, 0, `SELECT m.peringkat, m.nomor, m.indikator, m.skor, m.skor_tujuan, g.bobot * (m.skor_tujuan - m.skor), m.nilai_kisi,
			m.cukup, m.kegiatan, m.pelaksana, m.status_berikut, m.langkah_perlu, m.rincian_cocok, m.alasan
		FROM mart_prioritas m LEFT JOIN dim_indikator g ON g.nomor = m.nomor
		WHERE m.kode_wilayah = ? AND m.tahun = ? ORDER BY m.peringkat`, p.Latest().Code, p.Latest().Year)
	if err != nil {
		return fmt.Errorf("steps: %w", err)
	}
	for _, v := range res.Rows {
		p.Next, p.StepsNeed, p.StepsFit = Text(v[10]), Int(v[11]), asBool(v[12])
		if p.NoSteps = Text(v[13]); p.NoSteps != "" {
			continue
		}
		p.Steps = append(p.Steps, Step{Rank: Int(v[0]), Number: int(Int(v[1])), Name: Text(v[2]), From: Int(v[3]), To: Int(v[4]),
			Gain: Int(v[5]), Grid: Int(v[6]), Suffices: asBool(v[7]), Activity: Text(v[8]), Performers: Text(v[9])})
	}
	return nil
}
