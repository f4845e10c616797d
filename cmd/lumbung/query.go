package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"lumbung/answer"
	"lumbung/answer/export"
	"lumbung/internal/disk"
	"lumbung/load/duck"
	"lumbung/pipeline/config"
)

func (a *app) queryCmd() *cobra.Command {
	var format, output string
	var limit int
	c := &cobra.Command{
		Use:   "query SQL",
		Short: "Run read-only SQL on the published snapshot",
		Long: `Run SQL on the warehouse of the published snapshot. The connection can read its tables and
nothing else: no files, no extensions, no settings, no writing.

With --engine trino the SQL is Trino's. Names of relations without a schema are those of one snapshot, the published one or
that of --as-of, whose id is printed to the standard error; the relation potret has it as its only row. Nothing but a
query is sent; which other schemas it may read is a matter of the rights of the user that lumbung.yaml names.`,
		Example: `  lumbung query "SELECT tahun, status, jumlah FROM mart_tren_status WHERE kode_wilayah = '64.02'"
  lumbung query --format csv "FROM mart_profil_desa" >profil.csv
  lumbung query --format parquet --output profil.parquet "FROM mart_profil_desa"
  lumbung query "SHOW TABLES"
  lumbung query --engine trino "SELECT count(*) FROM mart_profil_desa"`,
		Args: args(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, given []string) error {
			if a.json {
				format = "json"
			}
			switch {
			case !slices.Contains(queryFormats, format):
				return usage("--format %q is not one of %s", format, strings.Join(queryFormats, ", "))
			case format == "parquet" && output == "" && a.onTerminal():
				return usage("Parquet is nothing for a terminal; give --output FILE")
			}
			most := limit
			if format != "table" && !c.Flags().Changed("limit") {
				most = 0
			}
			r, _, err := a.read(c.Context())
			if err != nil {
				return err
			}
			err = a.into(output, func(w io.Writer) error { return a.query(c.Context(), r, w, given[0], format, most) })
			if err == nil && a.engine == config.EngineTrino && !a.quiet {
				fmt.Fprintf(a.err, "snapshot: %s, on Trino\n", r.Snap.ID())
			}
			return errors.Join(err, r.Close())
		},
	}
	a.engineFlag(c)
	c.Flags().StringVar(&format, "format", "table", strings.Join(queryFormats, ", "))
	c.Flags().StringVar(&output, "output", "", "`file` to write instead of printing; it appears when it is whole")
	c.Flags().IntVar(&limit, "limit", 1000, "most `rows` to print as a table; 0 is no limit")
	return c
}

var queryFormats = []string{"table", "csv", "json", "parquet"}

// into gives the file with a name, or what is printed for "". The file appears under its name when all of it is on the disk.
func (a *app) into(name string, write func(io.Writer) error) error {
	if name == "" {
		return write(a.out)
	}
	dir, err := disk.OS(filepath.Dir(name))
	if err != nil {
		return err
	}
	defer func() { _ = dir.Close() }()
	temp, err := disk.CreateTemp(dir, ".", filepath.Base(name))
	if err != nil {
		return err
	}
	buf := bufio.NewWriter(temp)
	err = write(buf)
	if err == nil {
		err = buf.Flush()
	}
	if err == nil {
		err = temp.Finish(0o644)
	}
	if err != nil {
		return errors.Join(err, temp.Discard())
	}
	return temp.Commit(filepath.Base(name))
}

// query runs a statement and writes its rows; CSV and Parquet are written as the rows come.
func (a *app) query(ctx context.Context, r *answer.Reader, w io.Writer, statement, format string, most int) error {
	var out rowWriter
	switch format {
	case "csv":
		out = &csvRows{csv.NewWriter(w)}
	case "parquet":
		out = export.NewParquet(w)
	default:
		res, more, err := r.DB.Query(ctx, most, statement)
		if err != nil {
			return fmt.Errorf("query: %w", err)
		}
		return a.printResult(w, res, format, more)
	}
	rows := 0
	err := r.DB.Each(ctx, statement, nil, out.Head, func(row []any) error {
		if rows++; most > 0 && rows > most {
			return duck.ErrStop
		}
		return out.Row(row)
	})
	if err != nil {
		return fmt.Errorf("query: %w", err)
	}
	return out.Close()
}

// rowWriter takes the rows of a query one by one.
type rowWriter interface {
	Head([]duck.Column) error
	Row([]any) error
	Close() error
}

func (a *app) printResult(w io.Writer, res *duck.Result, format string, more bool) error {
	if format == "json" {
		rows := make([]map[string]any, len(res.Rows))
		for i, r := range res.Rows {
			rows[i] = map[string]any{}
			for j, col := range res.Columns {
				rows[i][col.Name] = jsonValue(r[j])
			}
		}
		return writeJSON(w, map[string]any{"columns": res.Columns, "rows": rows})
	}
	t := table{right: map[int]bool{}}
	for i, col := range res.Columns {
		t.head = append(t.head, col.Name)
		t.right[i] = isNumber(col.Type)
	}
	for _, r := range res.Rows {
		t.add(texts(r, "–")...)
	}
	t.print(w)
	if more {
		fmt.Fprintf(a.err, "more rows follow; --limit 0 prints all\n")
	}
	return nil
}

// csvRows writes rows as CSV; NULL is an empty cell.
type csvRows struct{ w *csv.Writer }

func (c *csvRows) Head(columns []duck.Column) error {
	head := make([]string, len(columns))
	for i, col := range columns {
		head[i] = col.Name
	}
	return c.w.Write(head)
}

func (c *csvRows) Row(row []any) error { return c.w.Write(texts(row, "")) }

func (c *csvRows) Close() error {
	c.w.Flush()
	return c.w.Error()
}

func texts(row []any, null string) []string {
	cells := make([]string, len(row))
	for i, v := range row {
		cells[i] = text(v, null)
	}
	return cells
}

func isNumber(typ string) bool {
	for _, n := range []string{"INT", "DECIMAL", "DOUBLE", "FLOAT"} {
		if strings.Contains(typ, n) {
			return true
		}
	}
	return false
}

// text spells a value in one line; control characters cannot reach the terminal.
func text(v any, null string) string {
	switch v := v.(type) {
	case nil:
		return null
	case time.Time:
		if v.Hour() == 0 && v.Minute() == 0 && v.Second() == 0 {
			return v.Format(time.DateOnly)
		}
		return v.Format(time.RFC3339)
	case string:
		return strings.Map(func(r rune) rune {
			if r < ' ' || r == 0x7f || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
				return ' '
			}
			return r
		}, v)
	}
	return fmt.Sprint(v)
}

// jsonValue keeps exact decimals as numbers.
func jsonValue(v any) any {
	if d, ok := v.(duck.Decimal); ok {
		return rawNumber(d)
	}
	return v
}

type rawNumber duck.Decimal

// MarshalJSON writes the digits as they are.
func (n rawNumber) MarshalJSON() ([]byte, error) { return []byte(n), nil }
