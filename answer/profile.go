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

	same string // condition on stable identities: "= 6402012001"
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
	Restored               bool // not as the source states it: a contract says so by its rule "dipulihkan"
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
	if p.same, err = r.identities(ctx, area.Code); err != nil {
		return nil, fmt.Errorf("profile of %s: %w", area.Code, err)
	}
	res, _, err := r.DB.Query(ctx, 0, "SELECT "+villageColumns+programmeColumns+` FROM mart_profil_desa WHERE id_desa `+p.same+` ORDER BY tahun`)
	if err != nil {
		return nil, fmt.Errorf("profile of %s: %w", area.Code, err)
	}
	for _, v := range res.Rows {
		row := villageRow(v)
		p.Years, p.Programme = append(p.Years, row), villageProgramme(row, v[len(v)-6:])
	}
	if len(p.Years) == 0 {
		return nil, &NoDataError{Area: area}
	}
	for _, read := range []func(context.Context, *Profile) error{r.profileAnswers, r.profileAreas, r.profileMeans, r.profileIndicators, r.profileSteps} {
		if err := read(ctx, p); err != nil {
			return nil, fmt.Errorf("profile of %s: %w", area.Code, err)
		}
	}
	return p, nil
}

// identities is the condition on the stable identities of a village's code, as
// numbers: the engine then reads only their rows, and of one much faster than of a list.
func (r *Reader) identities(ctx context.Context, code string) (string, error) {
	res, _, err := r.DB.Query(ctx, 0, "SELECT DISTINCT kode_terkini FROM dim_wilayah WHERE kode_wilayah = ? ORDER BY 1", code)
	if err != nil {
		return "", err
	}
	var ids []string
	for _, v := range res.Rows {
		ids = append(ids, strconv.FormatInt(Int(v[0]), 10))
	}
	switch len(ids) {
	case 0:
		return "IS NULL", nil // nobody's
	case 1:
		return "= " + ids[0], nil
	}
	return "IN (" + strings.Join(ids, ", ") + ")", nil
}

// Latest is the newest year with a release row.
func (p *Profile) Latest() VillageRow { return p.Years[len(p.Years)-1] }

func (r *Reader) profileAnswers(ctx context.Context, p *Profile) error {
	res, _, err := r.DB.Query(ctx, 0, `SELECT tahun, CAST(round(max(skor), 8) AS DECIMAL(10,8)) FROM fct_rumusan WHERE id_desa `+p.same+` GROUP BY tahun ORDER BY tahun`)
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
	regency, err := strconv.ParseInt(strings.ReplaceAll(last.Code[:5], ".", ""), 10, 64)
	if err != nil {
		return err
	}
	district, err := strconv.ParseInt(strings.ReplaceAll(last.Code[:8], ".", ""), 10, 64)
	if err != nil {
		return err
	}
	// The fact itself, by its numeric codes: the mart would be put together for it from seven relations.
	res, _, err := r.DB.Query(ctx, 1, `SELECT count(*), `+mean("iks")+`, `+mean("ike")+`, `+mean("ikl")+`,
			1 + count(*) FILTER (WHERE kode_desa BETWEEN ? AND ? AND skor > CAST(? AS DECIMAL(10,8))), count(*) FILTER (WHERE kode_desa BETWEEN ? AND ?)
		FROM fct_indeks WHERE tahun = ? AND kode_desa BETWEEN ? AND ?`,
		district*10_000, district*10_000+9_999, last.Score, district*10_000, district*10_000+9_999, last.Year, regency*1_000_000, regency*1_000_000+999_999)
	if err != nil {
		return err
	}
	v := res.Rows[0]
	p.Mean = IndexMean{Int(v[0]), Text(v[1]), Text(v[2]), Text(v[3])}
	p.Rank, p.RankOf = Int(v[4]), Int(v[5])
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
			i.skor, k.keterangan, k.kegiatan, k.pelaksana, r.rilis_id, u.sha256, u.bagian, i.baris, t.kunci IS NOT NULL
		FROM dim_indikator g
		LEFT JOIN fct_indikator i ON i.nomor = g.nomor AND i.tahun = ? AND i.kode_desa = CAST(replace(?, '.', '') AS BIGINT)
		LEFT JOIN fct_kegiatan k ON k.nomor = g.nomor AND k.tahun = i.tahun AND k.kode_desa = i.kode_desa
		LEFT JOIN dim_rilis r ON r.id_rilis = i.id_rilis
		LEFT JOIN dim_sumber u ON u.id_sumber = i.id_sumber
		LEFT JOIN (SELECT DISTINCT rilis_id, kunci FROM fct_temuan WHERE aturan = 'dipulihkan') t ON t.rilis_id = r.rilis_id
			AND t.kunci = 'kode_desa=' || CAST(i.kode_desa AS VARCHAR) || ' tahun=' || CAST(i.tahun AS VARCHAR) || ' nomor=' || CAST(i.nomor AS VARCHAR)
		ORDER BY g.nomor`, year, code)
	if err != nil {
		return nil, fmt.Errorf("indicators: %w", err)
	}
	var out []Indicator
	for _, v := range res.Rows {
		out = append(out, Indicator{int(Int(v[0])), Text(v[1]), Text(v[2]), Text(v[3]), Int(v[4]), Text(v[5]), asBool(v[6]),
			asIntOrNil(v[7]), Text(v[8]), Text(v[9]), Text(v[10]), Text(v[11]), Text(v[12]), Text(v[13]), Int(v[14]), asBool(v[15])})
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
