package transform

import (
	"strings"
	"testing"
)

var csvHeadings = map[string]string{"kode_desa": "KODE", "nama_desa": "NAMA", "tahun": "TAHUN", "keluarga_penerima": "KPM", "anggaran": "ANGGARAN",
	"realisasi": "REALISASI", "tanggal_salur": "TANGGAL"}

func csvFormat(t *testing.T) format {
	return format{parse(t, bltCSV), csvKinds(), referenceCSV}
}

// quoted writes a field as RFC 4180 has it.
func quoted(s string) string {
	if strings.ContainsAny(s, ";\"\r\n") {
		return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
	}
	return s
}

func csvLine(r *record) string {
	fields := make([]string, len(columns))
	for i, c := range columns {
		fields[i] = quoted(r.text[c])
	}
	return strings.Join(fields, ";") + "\n"
}

func csvLines(a *attempt) []string {
	out := []string{bltHead}
	for _, r := range a.records {
		out = append(out, csvLine(r))
	}
	return out
}

func writeCSV(a *attempt) string { return strings.Join(csvLines(a), "") }

func csvKinds() []kind {
	kinds := append(cellKinds(writeCSV), randomKinds(writeCSV)...)
	add := func(name string, o outcome, write func(a *attempt) string) {
		kinds = append(kinds, kind{name, o, write})
	}
	// whole changes the text, row one line of it, of which the record is told.
	whole := func(name string, o outcome, change func(a *attempt, s string) string) {
		add(name, o, func(a *attempt) string { return change(a, writeCSV(a)) })
	}
	row := func(name string, o outcome, change func(a *attempt, r *record, line string) string) {
		add(name, o, func(a *attempt) string {
			lines, i := csvLines(a), a.rng.IntN(len(a.records))
			lines[i+1] = change(a, a.records[i], lines[i+1])
			return strings.Join(lines, "")
		})
	}
	bad := func(name string, change func(line string) string) {
		row(name, exact, func(_ *attempt, r *record, line string) string { r.bad = true; return change(line) })
	}
	bad("a field too few", func(s string) string { return s[:strings.LastIndexByte(s, ';')] + "\n" })
	bad("a field too many", func(s string) string { return strings.TrimSuffix(s, "\n") + ";\n" })
	bad("delimiter drift", func(s string) string {
		return strings.NewReplacer(`"`, "", ";", ",", "\n", " ").Replace(s) + "\n"
	})
	bad("a decimal comma that separates", func(s string) string { return strings.Replace(s, ";2024;", ";2024;1;5;", 1) })
	bad("a heading of its own", func(string) string { return bltHead })
	bad("a note", func(string) string { return "Sumber: BPS\n" })
	row("a record twice", exact, func(a *attempt, _ *record, line string) string { a.extra++; return line + line })
	row("blank lines", exact, func(a *attempt, _ *record, line string) string { a.skipped += 3; return "\n" + line + "\r\n;;;;;;\n" })
	row("a total", exact, func(a *attempt, _ *record, line string) string { a.skipped++; return line + ";JUMLAH;;99;;;\n" })
	row("a total with less fields", exact, func(a *attempt, _ *record, line string) string { a.skipped++; return line + ";JUMLAH\n" })
	row("a quote never closed", refused, func(_ *attempt, _ *record, line string) string { return `"` + strings.ReplaceAll(line, `"`, "") })
	row("text behind a quote", refused, func(_ *attempt, _ *record, line string) string { return `"x"y` + line })
	row("NUL", refused, func(a *attempt, _ *record, line string) string { return insert(a, line, "\x00") })
	row("Windows-1252", refused, func(a *attempt, _ *record, line string) string { return insert(a, line, "\xe9") })
	row("a surrogate", refused, func(a *attempt, _ *record, line string) string { return insert(a, line, "\xed\xa0\x80") })
	row("half a character", refused, func(a *attempt, _ *record, line string) string { return insert(a, line, "\xe2\x89") })
	row("a field without end", refused, func(_ *attempt, _ *record, line string) string { return strings.Repeat("x", 2<<20) + line })
	row("fields without end", refused, func(_ *attempt, _ *record, line string) string { return strings.Repeat(";", 20000) + line })
	whole("nothing", refused, func(*attempt, string) string { return "" })
	whole("no records", refused, func(*attempt, string) string { return bltHead })
	whole("no headings", refused, func(_ *attempt, s string) string { return strings.TrimPrefix(s, bltHead) })
	whole("a heading renamed", refused, func(_ *attempt, s string) string { return strings.Replace(s, "KPM", "JML KPM", 1) })
	whole("a heading twice", refused, func(_ *attempt, s string) string { return strings.Replace(s, "KPM", "KPM;kpm", 1) })
	whole("UTF-16", refused, func(_ *attempt, s string) string { return utf16(s) })
	whole("an error page", refused, func(*attempt, string) string { return "<!DOCTYPE html><html><body>504</body></html>" })
	whole("a cut gzip", refused, func(_ *attempt, s string) string { return "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03" + s })
	whole("another delimiter", refused, func(_ *attempt, s string) string { return strings.ReplaceAll(s, ";", "|") })
	whole("a mark", exact, func(_ *attempt, s string) string { return "\ufeff" + s })
	whole("two marks", exact, func(_ *attempt, s string) string { return "\ufeff\ufeff" + s })
	whole("CRLF", exact, func(_ *attempt, s string) string { return strings.ReplaceAll(s, "\n", "\r\n") })
	whole("CR", exact, func(_ *attempt, s string) string { return strings.ReplaceAll(s, "\n", "\r") })
	whole("no last line break", exact, func(_ *attempt, s string) string { return strings.TrimSuffix(s, "\n") })
	return kinds
}

// insert puts text somewhere before the line's end.
func insert(a *attempt, line, text string) string {
	i := a.rng.IntN(len(line))
	return line[:i] + text + line[i:]
}

// referenceCSV reads records byte by byte, as RFC 4180 has them, with LF, CR and CRLF alike.
func referenceCSV(content string) ([]map[string]string, bool) {
	var lines [][]string
	var line []string
	field, in, closed := "", false, false
	end := func() {
		if line = append(line, field); len(line) > 1 || field != "" || closed {
			lines = append(lines, line)
		}
		line, field, closed = nil, "", false
	}
	s := strings.ReplaceAll(strings.TrimLeft(content, "\ufeff"), "\r\n", "\n") + "\n"
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case in && c == '"' && i+1 < len(s) && s[i+1] == '"':
			field += `"`
			i++
		case in && c == '"':
			in, closed = false, true
		case !in && c == '"' && field == "" && !closed:
			in = true
		case !in && c == ';':
			line, field, closed = append(line, field), "", false
		case !in && (c == '\n' || c == '\r'):
			end()
		default:
			field += string([]byte{c})
		}
	}
	if in || len(lines) == 0 {
		return nil, false
	}
	var out []map[string]string
	for _, fields := range lines[1:] {
		r := map[string]string{}
		for i, text := range fields {
			if i < len(lines[0]) {
				for _, c := range columns {
					if strings.EqualFold(strings.TrimSpace(lines[0][i]), csvHeadings[c]) {
						r[c] = text
					}
				}
			}
		}
		out = append(out, r)
	}
	return out, true
}
