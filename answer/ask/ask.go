// Package ask answers questions of a fixed grammar from one snapshot: a sentence, its table, the SQL, sources and notes.
package ask

import (
	"context"
	"fmt"

	"lumbung/answer"
	"lumbung/answer/ask/grammar"
	"lumbung/answer/web/kalimat"
)

// Answer is what a question gets. Counts are of villages unless a column says otherwise.
type Answer struct {
	Question string   `json:"pertanyaan"`
	Form     string   `json:"bentuk"`
	Text     string   `json:"jawaban"`
	Table    Table    `json:"tabel"`
	SQL      string   `json:"sql"` // gave the table; runs as it is in lumbung query; "" when no figure was looked for
	Sources  []Source `json:"sumber"`
	Notes    []string `json:"catatan"`
	Snapshot string   `json:"potret"`
}

// Table is the result of the answer's SQL. Exact decimals are json.Number.
type Table struct {
	Columns []string `json:"kolom"`
	Rows    [][]any  `json:"baris"`
}

// Source is a release behind an answer, with cells of a few of its rows.
type Source struct {
	answer.Citation
	Cells []Cell `json:"sel,omitempty"`
}

// Cell is one cell of a source file.
type Cell struct {
	Village string `json:"desa"` // dotted code
	Part    string `json:"bagian"`
	Sheet   string `json:"lembar,omitempty"`
	Cell    string `json:"sel"`
	Column  string `json:"kolom"`
	Text    string `json:"teks"` // as it stands in the source
}

// UnknownQuestionError means that a question has no form, or more than one.
type UnknownQuestionError struct {
	Question string
	Lang     kalimat.Lang
	Forms    []string // that it could be; empty when it is none
	Near     []grammar.Example
}

func (e *UnknownQuestionError) Error() string {
	text := fmt.Sprintf("%q is not a question that is understood", e.Question)
	if len(e.Forms) > 0 {
		text = fmt.Sprintf("%q can be read as %s; say it as one of them", e.Question, e.Lang.Join(e.Forms))
	}
	for i, n := range e.Near {
		sep := "; "
		if i == 0 {
			sep = "; near it are: "
		}
		text += sep + n.Text
	}
	return text
}

// Asker answers questions about one snapshot.
type Asker struct {
	r       *answer.Reader
	src     *answer.Sources
	grammar *grammar.Grammar
	area    string
	index   index
}

// New prepares questions about a snapshot. area is the code of the area that
// questions mean when they name none; without src answers cite rows, not cells.
func New(ctx context.Context, r *answer.Reader, src *answer.Sources, area string) (*Asker, error) {
	g, err := grammar.Load()
	if err != nil {
		return nil, err
	}
	a := &Asker{r: r, src: src, grammar: g, area: area}
	if a.index, err = a.readIndex(ctx); err != nil {
		return nil, err
	}
	return a, nil
}

// Ask answers one question. Errors are *UnknownQuestionError, and
// *answer.UnknownAreaError and *answer.AmbiguousError for names in it. A
// question about something that the snapshot has no figures for has an answer that says so.
func (a *Asker) Ask(ctx context.Context, question string) (*Answer, error) {
	matches, unknown := a.grammar.Match(question, a.index.find)
	if len(matches) != 1 {
		return nil, a.noMatch(ctx, question, matches, unknown)
	}
	m := matches[0]
	q := &asking{Asker: a, ctx: ctx, l: kalimat.Lang(m.Lang), slots: m.Slots, claims: map[string][]answer.Claim{},
		out: &Answer{Question: question, Form: m.Form.Name, Snapshot: a.r.Snap.ID(), Sources: []Source{}, Notes: []string{}, Table: Table{Columns: []string{}, Rows: [][]any{}}}}
	if err := q.places(); err != nil {
		return nil, err
	}
	if err := forms[m.Form.Name](q); err != nil {
		return nil, fmt.Errorf("question %q: %w", question, err)
	}
	return q.out, nil
}

func (a *Asker) noMatch(ctx context.Context, question string, matches []grammar.Match, unknown string) error {
	if unknown != "" {
		hint, err := a.r.Nearby(ctx, unknown)
		if err != nil {
			return err
		}
		return &answer.UnknownAreaError{Name: unknown, Hint: hint}
	}
	e := &UnknownQuestionError{Question: question, Lang: kalimat.Lang(a.grammar.Language(question)), Near: a.grammar.Nearest(question, 3)}
	for _, m := range matches {
		e.Forms = append(e.Forms, m.Form.Title[m.Lang])
	}
	return e
}

// forms are the answers by the name of their form.
var forms = map[string]func(*asking) error{
	"jumlah": count, "bagian": share, "rekap": summary, "total": total, "perubahan": change, "tren": trend, "pindah": moves, "pindah-status": movesBetween,
	"daftar": list, "sejak": since, "kecamatan-urut": districtsByScore, "kecamatan-terbanyak": districtsByStatus, "rata-rata": mean,
	"desa-urut": villagesByScore, "riwayat": history, "sejak-desa": became, "status-desa": villageStatus, "program-jumlah": programme, "program-status": programmeByStatus,
	"program-tanpa": programmeWithout, "prioritas-desa": steps, "prioritas-wilayah": nearest, "prioritas-indikator": firstSteps,
	"rincian": breakdown, "rincian-wilayah": breakdownOfArea, "uraian": decomposition, "proyeksi": projection, "cocok": reconciliation, "batas": thresholds,
	"tahun": years, "banding": compare,
}
