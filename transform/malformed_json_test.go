package transform

import (
	stdjson "encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
)

const bltJSON = `
contract: x
version: 1
table: blt
format: {type: json, rows: "desa[*]"}
numbers: id
dates: [dd/mm/yyyy]
columns:
  - {column: kode_desa, from: ["@.kode_desa"]}
  - {column: nama_desa, from: ["@.nama_desa"]}
  - {column: tahun, from: ["@.tahun"]}
  - {column: keluarga_penerima, from: ["@.keluarga_penerima"], checks: [{rule: range, min: 0, max: 100000}]}
  - {column: anggaran, from: ["@.anggaran"]}
  - {column: realisasi, from: ["@.realisasi"], nulls: ["-"]}
  - {column: tanggal_salur, from: ["@.tanggal_salur"]}
limits: {quarantine_percent: 100}
`

func jsonFormat(t *testing.T) format {
	return format{parse(t, bltJSON), jsonKinds(), referenceJSON}
}

func linesFormat(t *testing.T) format {
	text := strings.Replace(bltJSON, `rows: "desa[*]"`, `rows: "", lines: true`, 1)
	return format{parse(t, text), lineKinds(), referenceLines}
}

// raw is the JSON of a text; texts that begin with = are JSON already.
func raw(text string) string {
	if strings.HasPrefix(text, "=") {
		return text[1:]
	}
	b, err := stdjson.Marshal(text)
	if err != nil {
		panic(err) // a string
	}
	return string(b)
}

func jsonRecord(r *record) string {
	var members []string
	for _, c := range columns {
		members = append(members, raw(c)+":"+raw(r.text[c]))
	}
	return "{" + strings.Join(members, ",") + "}"
}

func jsonRecords(a *attempt) []string {
	var out []string
	for _, r := range a.records {
		out = append(out, jsonRecord(r))
	}
	return out
}

func document(records []string) string {
	return `{"judul":"BLT","desa":[` + strings.Join(records, ",\n ") + `],"jumlah":` + fmt.Sprint(len(records)) + "}\n"
}

func writeJSON(a *attempt) string { return document(jsonRecords(a)) }

func writeLines(a *attempt) string { return strings.Join(jsonRecords(a), "\n") + "\n" }

// oddValues are JSON values of a column, as oddTexts are texts.
var oddValues = []struct{ column, value, want string }{
	{"keluarga_penerima", "1e400", "-"}, {"keluarga_penerima", "12.5", "-"}, {"keluarga_penerima", "12.0", "12"}, {"keluarga_penerima", "1.2E+1", "12"},
	{"keluarga_penerima", "9007199254740993", "-"}, {"keluarga_penerima", "null", "-"}, {"keluarga_penerima", "true", "-"}, {"keluarga_penerima", "-1", "-"},
	{"anggaran", "9007199254740993", "9007199254740993"}, {"anggaran", "1e-400", "-"}, {"anggaran", "0.1", "0.1"}, {"anggaran", "0.30000000000000004", "-"},
	{"kode_desa", "6402010001", "6402010001"}, {"kode_desa", "6402012001.5", "-"}, {"kode_desa", "6402010001.0", "6402010001"}, {"kode_desa", "640201", "-"},
	{"tahun", "2024", "2024"}, {"tahun", "24", "-"}, {"realisasi", "null", ""}, {"nama_desa", "null", ""}, {"nama_desa", "17", "17"},
	{"nama_desa", `"\u0050erian\u0000"`, "refused"}, {"nama_desa", `"\ud83d\ude00"`, "😀"}, {"nama_desa", `"Te\u0301luk"`, "Téluk"}, {"nama_desa", `"\ud83d"`, "refused"},
	{"nama_desa", "{}", "refused"}, {"nama_desa", "[]", "refused"}, {"nama_desa", "NaN", "refused"}, {"nama_desa", "01", "refused"}, {"nama_desa", "'x'", "refused"},
	{"nama_desa", "0x10", "refused"}, {"nama_desa", "undefined", "refused"}, {"nama_desa", "+1", "refused"}, {"nama_desa", ".5", "refused"}, {"nama_desa", "", "refused"},
	{"nama_desa", "\"a\tb\"", "refused"}, {"nama_desa", "\"\xff\"", "refused"}, {"nama_desa", `"\x41"`, "refused"},
}

func jsonKinds() []kind {
	kinds := append(cellKinds(writeJSON), randomKinds(writeJSON)...)
	for _, odd := range oddValues {
		o := exact
		if odd.want == "refused" {
			o = refused
		}
		kinds = append(kinds, kind{odd.column + " " + odd.value, o, func(a *attempt) string {
			r := a.any()
			r.text[odd.column], r.want[odd.column], r.bad = "="+odd.value, odd.want, odd.want == "-"
			return writeJSON(a)
		}})
	}
	// one changes the JSON of one record, of which it is told.
	one := func(name string, o outcome, change func(a *attempt, r *record, s string) string) {
		kinds = append(kinds, kind{name, o, func(a *attempt) string {
			records, i := jsonRecords(a), a.rng.IntN(len(a.records))
			records[i] = change(a, a.records[i], records[i])
			return document(records)
		}})
	}
	whole := func(name string, o outcome, change func(s string) string) {
		kinds = append(kinds, kind{name, o, func(a *attempt) string { return change(writeJSON(a)) }})
	}
	one("a record twice", exact, func(a *attempt, _ *record, s string) string { a.extra++; return s + "," + s })
	one("a member missing", exact, func(_ *attempt, r *record, s string) string {
		r.bad = true
		return strings.Replace(s, `"tahun":"2024",`, "", 1)
	})
	one("a member in capitals", exact, func(_ *attempt, r *record, s string) string {
		r.bad = true
		return strings.Replace(s, `"tahun"`, `"TAHUN"`, 1)
	})
	one("a member more", exact, func(_ *attempt, _ *record, s string) string {
		return strings.Replace(s, "{", `{"lain":{"a":[1,{}]},`, 1)
	})
	one("a name in escapes", exact, func(_ *attempt, _ *record, s string) string { return strings.Replace(s, `"tahun"`, `"\u0074ahun"`, 1) })
	one("an empty record", exact, func(_ *attempt, r *record, _ string) string { r.bad = true; return "{}" })
	one("null for a record", exact, func(_ *attempt, r *record, _ string) string { r.bad = true; return "null" })
	one("a member twice", refused, func(_ *attempt, _ *record, s string) string { return strings.Replace(s, "{", `{"tahun":"2023",`, 1) })
	one("a member twice, in escapes", refused, func(_ *attempt, _ *record, s string) string {
		return strings.Replace(s, "{", `{"t\u0061hun":"2023",`, 1)
	})
	one("a number for a record", refused, func(*attempt, *record, string) string { return "7" })
	one("an array for a record", refused, func(_ *attempt, _ *record, s string) string { return "[" + s + "]" })
	one("a comma too many", refused, func(_ *attempt, _ *record, s string) string { return strings.Replace(s, "}", ",}", 1) })
	one("no comma", refused, func(_ *attempt, _ *record, s string) string { return strings.Replace(s, `,"tahun"`, `"tahun"`, 1) })
	one("no colon", refused, func(_ *attempt, _ *record, s string) string { return strings.Replace(s, `"tahun":`, `"tahun"`, 1) })
	one("no quotes", refused, func(_ *attempt, _ *record, s string) string { return strings.Replace(s, `"tahun"`, "tahun", 1) })
	one("a comment", refused, func(_ *attempt, _ *record, s string) string { return s + " // benar" })
	one("a bracket of another kind", refused, func(_ *attempt, _ *record, s string) string { return strings.Replace(s, "}", "]", 1) })
	one("depth", refused, func(_ *attempt, _ *record, s string) string {
		return strings.Replace(s, "{", `{"lain":`+strings.Repeat("[", 100_000)+strings.Repeat("]", 100_000)+",", 1)
	})
	one("a text without end", refused, func(_ *attempt, _ *record, s string) string {
		return strings.Replace(s, "{", `{"lain":"`+strings.Repeat("x", 3<<20)+`",`, 1)
	})
	kinds = append(kinds, kind{"cut", refused, func(a *attempt) string {
		s := strings.TrimSpace(writeJSON(a))
		return s[:a.rng.IntN(len(s))]
	}})
	whole("nothing", refused, func(string) string { return "" })
	whole("no records", refused, func(string) string { return `{"desa":[]}` })
	whole("no rows", refused, func(s string) string { return strings.Replace(s, `"desa":`, `"data":`, 1) })
	whole("rows of another shape", refused, func(string) string { return `{"desa":{"a":1}}` })
	whole("an array as the root", refused, func(s string) string { return "[" + s + "]" })
	whole("two documents", refused, func(s string) string { return s + s })
	whole("something behind", refused, func(s string) string { return s + "x" })
	whole("NUL behind", refused, func(s string) string { return s + "\x00" })
	whole("UTF-16", refused, utf16)
	whole("an error page", refused, func(string) string { return "<html><body>504</body></html>" })
	whole("an error answer", refused, func(string) string { return `{"error":true,"message":"tidak ditemukan"}` })
	whole("a mark", exact, func(s string) string { return "\ufeff" + s })
	whole("blanks", exact, func(s string) string { return strings.ReplaceAll(s, `":"`, "\" :\r\n\t\"") })
	return kinds
}

func lineKinds() []kind {
	kinds := append(cellKinds(writeLines), randomKinds(writeLines)...)
	add := func(name string, o outcome, change func(s string) string) {
		kinds = append(kinds, kind{name, o, func(a *attempt) string { return change(writeLines(a)) }})
	}
	add("two records on a line", refused, func(s string) string { return strings.Replace(s, "\n", " ", 1) })
	add("a record over two lines", refused, func(s string) string { return strings.Replace(s, ",", ",\n", 1) })
	add("commas between lines", refused, func(s string) string { return strings.Replace(s, "}\n{", "},\n{", 1) })
	add("an array", refused, func(s string) string { return "[" + s })
	add("the last line cut", refused, func(s string) string { return s[:len(s)-2] })
	add("blank lines", exact, func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n\n") })
	add("no last line break", exact, func(s string) string { return strings.TrimSuffix(s, "\n") })
	return kinds
}

// memberTexts gives the members of a decoded record as the file's texts.
func memberTexts(v any) map[string]string {
	out := map[string]string{}
	members, _ := v.(map[string]any)
	for name, v := range members {
		switch v := v.(type) {
		case string:
			out[name] = v
		case stdjson.Number:
			out[name] = v.String()
		case bool:
			out[name] = fmt.Sprint(v)
		}
	}
	return out
}

// referenceJSON reads a document with encoding/json, which passes over more than we do.
func referenceJSON(content string) ([]map[string]string, bool) {
	content = strings.TrimPrefix(strings.TrimPrefix(content, "\ufeff"), "\ufeff")
	dec := stdjson.NewDecoder(strings.NewReader(content))
	dec.UseNumber()
	var doc struct{ Desa []any }
	if err := dec.Decode(&doc); err != nil || !stdjson.Valid([]byte(content)) {
		return nil, false
	}
	var out []map[string]string
	for _, v := range doc.Desa {
		out = append(out, memberTexts(v))
	}
	return out, true
}

// referenceLines reads a document of each line.
func referenceLines(content string) ([]map[string]string, bool) {
	dec := stdjson.NewDecoder(strings.NewReader(strings.TrimLeft(content, "\ufeff")))
	dec.UseNumber()
	var out []map[string]string
	for {
		var v any
		if err := dec.Decode(&v); err == io.EOF {
			return out, true
		} else if err != nil {
			return nil, false
		}
		out = append(out, memberTexts(v))
	}
}
