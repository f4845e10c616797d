package answer

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sort"
	"strconv"
	"strings"

	"lumbung/extract/landing"
	"lumbung/extract/rumusan"
	"lumbung/internal/disk"
	"lumbung/internal/remote"
	"lumbung/load/snapshot"
	"lumbung/sql"
	"lumbung/transform"
	"lumbung/transform/contract"
)

// Sources is what a trace needs beside the snapshot: the raw objects and the project's contracts.
type Sources struct {
	Landing   *landing.Store
	Contracts map[string]*contract.Contract

	root *disk.Root
}

// OpenSources opens the raw objects of a data directory, and of the storage
// that machines share, if there is one.
func OpenSources(dataDir string, shared *remote.Store, contracts map[string]*contract.Contract) (*Sources, error) {
	root, err := disk.OS(dataDir)
	if err != nil {
		return nil, err
	}
	return &Sources{Landing: landing.Open(root, "raw").Shared(shared), Contracts: contracts, root: root}, nil
}

// Close closes the data directory.
func (s *Sources) Close() error { return s.root.Close() }

// bundled takes an answer out of the bundle that it came in.
func (s *Sources) bundled(ctx context.Context, part transform.Part) (transform.Part, error) {
	f, err := s.Landing.Open(ctx, part.SHA256)
	if err != nil {
		return part, err
	}
	var body rumusan.Body
	archive, err := rumusan.OpenArchive(f, f.Size())
	if err == nil {
		body, err = archive.Open(part.Name)
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return part, err
	}
	part.Size = body.Size()
	part.Open = func() (transform.Body, error) { return body, nil }
	return part, nil
}

// TracedRow is one village row behind a number, with its cells.
type TracedRow struct {
	Values  map[string]any    `json:"nilai"` // the row as the warehouse has it
	Release string            `json:"rilis"`
	Part    string            `json:"bagian"`
	SHA256  string            `json:"sha256"`
	Reader  string            `json:"kontrak,omitempty"` // the contract that read it
	Source  *transform.Traced `json:"asal,omitempty"`
	Note    string            `json:"catatan,omitempty"` // why there are no cells
}

// Trace leads from one mart row to the source cells behind it.
type Trace struct {
	Mart     string            `json:"mart"`
	Key      map[string]string `json:"kunci"`
	Row      map[string]any    `json:"baris"`
	SQL      string            `json:"sql"` // the query that was run
	Rows     []TracedRow       `json:"desa"`
	Snapshot string            `json:"potret"`
}

// shortKeys are the columns that a person names to pick one row of a mart.
var shortKeys = map[string][]string{
	"mart_tren_status":      {"kode_wilayah", "tahun", "status"},
	"mart_transisi":         {"kode_wilayah", "tahun_dari", "tahun_ke", "status_dari", "status_ke"},
	"mart_perpindahan_desa": {"kode_wilayah", "tahun_dari", "tahun_ke"},
	"mart_profil_desa":      {"kode_wilayah", "tahun"},
	"mart_prioritas":        {"kode_wilayah", "tahun", "peringkat"},
	"mart_program":          {"kode_wilayah", "tahun"},
	"mart_rekonsiliasi":     {"id_klaim", "kode_wilayah", "tahun", "status"},
	"mart_kualitas":         {"rilis_id", "kontrak", "aturan"},
}

// TraceKey says which columns pick one row of a mart, in order.
func TraceKey(mart string) ([]string, error) {
	cols, ok := shortKeys[mart]
	if !ok {
		names := make([]string, 0, len(shortKeys))
		for n := range shortKeys {
			names = append(names, n)
		}
		sort.Strings(names)
		return nil, fmt.Errorf("no mart %q; the marts are %s", mart, strings.Join(names, ", "))
	}
	return cols, nil
}

// Trace finds the mart row with these key values and everything behind it.
func (r *Reader) Trace(ctx context.Context, mart string, key []string, src *Sources) (*Trace, error) {
	cols, err := TraceKey(mart)
	if err != nil {
		return nil, err
	}
	if len(key) != len(cols) {
		return nil, fmt.Errorf("%s wants %d key values: %s", mart, len(cols), strings.Join(cols, " "))
	}
	t := &Trace{Mart: mart, Key: map[string]string{}, Snapshot: r.Snap.ID()}
	for i, c := range cols {
		t.Key[c] = key[i]
	}
	if t.Row, err = r.martRow(ctx, mart, cols, key); err != nil {
		return nil, err
	}
	query, args, err := jejak(mart, t.Row)
	if err != nil {
		return nil, err
	}
	t.SQL = query
	if err := r.traceRows(ctx, t, query, args); err != nil {
		return nil, fmt.Errorf("trace of %s: %w", mart, err)
	}
	return t, r.Cells(ctx, t.Rows, src)
}

// martRow reads the one row with a key.
func (r *Reader) martRow(ctx context.Context, mart string, cols, key []string) (map[string]any, error) {
	where := make([]string, len(cols))
	args := make([]any, len(cols))
	for i, c := range cols {
		where[i] = fmt.Sprintf("CAST(%s AS VARCHAR) = ?", c)
		args[i] = key[i]
	}
	res, _, err := r.DB.Query(ctx, 2, fmt.Sprintf("SELECT * FROM %s WHERE %s", mart, strings.Join(where, " AND ")), args...)
	if err != nil {
		return nil, err
	}
	switch len(res.Rows) {
	case 0:
		return nil, fmt.Errorf("%s has no row with %s = %s", mart, strings.Join(cols, ", "), strings.Join(key, ", "))
	case 1:
		row := map[string]any{}
		for i, c := range res.Columns {
			row[c.Name] = res.Rows[0][i]
		}
		return row, nil
	}
	return nil, fmt.Errorf("%s has several rows with %s = %s", mart, strings.Join(cols, ", "), strings.Join(key, ", "))
}

// jejak is the query behind a mart's row, with its parameters filled from the row.
func jejak(mart string, row map[string]any) (string, []any, error) {
	models, err := sql.Models()
	if err != nil {
		return "", nil, err
	}
	for _, m := range models {
		if m.Name != mart {
			continue
		}
		p := maps.Clone(row)
		p["kode"] = row["kode_wilayah"]
		return Bind(m.Header.Trace, p)
	}
	return "", nil, fmt.Errorf("no model %s", mart)
}

// traceRows runs a trace query; rows that are themselves mart rows are followed one step further.
func (r *Reader) traceRows(ctx context.Context, t *Trace, query string, args []any) error {
	res, _, err := r.DB.Query(ctx, 0, query, args...)
	if err != nil {
		return err
	}
	for _, values := range res.Rows {
		row := map[string]any{}
		for i, c := range res.Columns {
			row[c.Name] = values[i]
		}
		if _, ok := row["bagian"]; !ok {
			inner, innerArgs, err := jejak("mart_perpindahan_desa", row)
			if err != nil {
				return err
			}
			if err := r.traceRows(ctx, t, inner, innerArgs); err != nil {
				return err
			}
			continue
		}
		sha := Text(row["sha256"])
		if sha == "" {
			sha = Text(row["sumber_sha256"])
		}
		t.Rows = append(t.Rows, TracedRow{Values: row, Release: Text(row["rilis_id"]), Part: Text(row["bagian"]), SHA256: sha})
	}
	return nil
}

// Cells reads the source cells of rows back, part by part. A row whose cells
// cannot be shown gets a Note that says why.
func (r *Reader) Cells(ctx context.Context, rows []TracedRow, src *Sources) error {
	byPart := map[string][]int{}
	for i := range rows {
		byPart[rows[i].Release+"\x00"+rows[i].Part] = append(byPart[rows[i].Release+"\x00"+rows[i].Part], i)
	}
	for _, group := range byPart {
		if err := r.partCells(ctx, rows, group, src); err != nil {
			return err
		}
	}
	return nil
}

func (r *Reader) partCells(ctx context.Context, rows []TracedRow, group []int, src *Sources) error {
	first := &rows[group[0]]
	in, c, note := r.contractOf(first, src)
	if note != "" {
		for _, i := range group {
			rows[i].Note = note
		}
		return nil
	}
	var wanted []transform.Want
	for _, i := range group {
		wanted = append(wanted, wantOf(&rows[i], c))
	}
	period, err := strconv.Atoi(in.Periode)
	if err != nil {
		return err
	}
	var size int64
	bundle := false // of answers of an API, see extract/rumusan
	for _, p := range in.Parts {
		if p.Name == first.Part {
			size = p.Bytes
		}
		bundle = bundle || p.SHA256 == first.SHA256 && rumusan.IsBundle(p.Name)
	}
	part := transform.Part{Name: first.Part, SHA256: first.SHA256, Size: size,
		Open: func() (transform.Body, error) { return src.Landing.Open(ctx, first.SHA256) }}
	if bundle {
		part, err = src.bundled(ctx, part)
	}
	var found map[transform.Want]transform.Traced
	if err == nil {
		found, err = transform.Trace(ctx, c, period, part, wanted)
	}
	var missing *landing.NotFoundError
	if errors.As(err, &missing) {
		for _, i := range group {
			rows[i].Note = missing.Error()
		}
		return nil
	}
	if err != nil {
		return err
	}
	for k, i := range group {
		rows[i].Reader = in.Contract
		if cells, ok := found[wanted[k]]; ok {
			rows[i].Source = &cells
		}
	}
	return nil
}

// wantOf names the record of a row; the year matters only where headings carry years.
func wantOf(row *TracedRow, c *contract.Contract) transform.Want {
	w := transform.Want{Row: int(Int(row.Values["baris"])), Beside: asBool(row.Values["tetangga"])}
	for i := range c.Columns {
		if c.Columns[i].Digits != "" {
			w.Number = int(Int(row.Values[c.Columns[i].Number]))
		}
		for _, from := range c.Columns[i].From {
			if strings.Contains(from, "{tahun}") {
				w.Year = int(Int(row.Values["tahun"]))
			}
		}
	}
	return w
}

// contractOf finds the contract that read a row's release into its table; note
// says why cells cannot be shown.
func (r *Reader) contractOf(row *TracedRow, src *Sources) (snapshot.Input, *contract.Contract, string) {
	table := "indeks"
	if _, ok := row.Values["nomor"]; ok {
		table = "indikator"
	}
	name := Text(row.Values["kontrak"])
	for _, in := range r.Snap.Manifest.Inputs {
		c := src.Contracts[in.Contract]
		if in.Rilis != row.Release || name != "" && in.Contract != name {
			continue
		}
		if c == nil {
			return in, nil, fmt.Sprintf("contract %s is no longer in the project", in.Contract)
		}
		if name == "" && c.Table.Name != table && !(table == "indikator" && c.Table.Name == "rumusan_indikator") {
			continue
		}
		if c.Hash != in.ContractHash {
			return in, nil, fmt.Sprintf("contract %s has changed since this snapshot; run again, then trace", in.Contract)
		}
		return in, c, ""
	}
	return snapshot.Input{}, nil, "the release is not among the snapshot's inputs"
}
