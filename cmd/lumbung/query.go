package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"lumbung/load/duck"
)

func (a *app) queryCmd() *cobra.Command {
	var format string
	var limit int
	c := &cobra.Command{
		Use:   "query SQL",
		Short: "Run read-only SQL on the published snapshot",
		Long: `Run SQL on the warehouse of the published snapshot. The connection can read its tables and
nothing else: no files, no extensions, no settings, no writing.`,
		Example: `  lumbung query "SELECT tahun, status, jumlah FROM mart_tren_status WHERE kode_wilayah = '64.02'"
  lumbung query --format csv "FROM mart_profil_desa" >profil.csv
  lumbung query "SHOW TABLES"`,
		Args: args(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, given []string) error {
			if a.json {
				format = "json"
			}
			if format != "table" && format != "csv" && format != "json" {
				return usage("--format %q is not one of table, csv, json", format)
			}
			r, _, err := a.read(c.Context())
			if err != nil {
				return err
			}
			most := limit
			if format != "table" && !c.Flags().Changed("limit") {
				most = 0
			}
			res, more, err := r.DB.Query(c.Context(), most, given[0])
			if err := errors.Join(err, r.Close()); err != nil {
				return fmt.Errorf("query: %w", err)
			}
			return a.printResult(res, format, more)
		},
	}
	c.Flags().StringVar(&format, "format", "table", "table, csv or json")
	c.Flags().IntVar(&limit, "limit", 1000, "most `rows` to print; 0 is no limit")
	return c
}

func (a *app) printResult(res *duck.Result, format string, more bool) error {
	switch format {
	case "csv":
		return a.printCSV(res)
	case "json":
		rows := make([]map[string]any, len(res.Rows))
		for i, r := range res.Rows {
			rows[i] = map[string]any{}
			for j, col := range res.Columns {
				rows[i][col.Name] = jsonValue(r[j])
			}
		}
		return a.printJSON(map[string]any{"columns": res.Columns, "rows": rows})
	}
	t := table{right: map[int]bool{}}
	for i, col := range res.Columns {
		t.head = append(t.head, col.Name)
		t.right[i] = isNumber(col.Type)
	}
	for _, r := range res.Rows {
		cells := make([]string, len(r))
		for i, v := range r {
			cells[i] = text(v, "–")
		}
		t.add(cells...)
	}
	t.print(a.out)
	if more {
		fmt.Fprintf(a.err, "more rows follow; --limit 0 prints all\n")
	}
	return nil
}

func (a *app) printCSV(res *duck.Result) error {
	w := csv.NewWriter(a.out)
	head := make([]string, len(res.Columns))
	for i, c := range res.Columns {
		head[i] = c.Name
	}
	if err := w.Write(head); err != nil {
		return err
	}
	for _, r := range res.Rows {
		cells := make([]string, len(r))
		for i, v := range r {
			cells[i] = text(v, "")
		}
		if err := w.Write(cells); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
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
