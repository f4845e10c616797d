package transform

import (
	"context"
	"io"

	"lumbung/transform/container"
	"lumbung/transform/contract"
	"lumbung/transform/csv"
	"lumbung/transform/row"
	"lumbung/transform/value"
	"lumbung/transform/xlsx"
)

// peekReaders opens a file's tables without a contract's columns.
func peekReaders(ctx context.Context, f contract.Format, p Part) (readers []row.Reader, done func(), err error) {
	var closers []io.Closer
	done = func() {
		for _, r := range readers {
			_ = r.Close()
		}
		for _, c := range closers {
			_ = c.Close()
		}
	}
	body, err := p.Open()
	if err != nil {
		return nil, done, err
	}
	closers = append(closers, body)
	if f.Type != "xlsx" {
		src, err := container.Unwrap(body, p.Size, p.Name, container.DefaultLimits())
		if err != nil {
			return nil, done, refuse(&p, "", "container", "fetch the file again", err)
		}
		closers = append(closers, src)
		cfg := csv.Config{Encoding: "detect", Limits: csv.DefaultLimits()}
		if f.Delimiter != "" {
			cfg.Delimiter = delimiter(f.Delimiter)
		}
		r, err := csv.Open(src, cfg)
		if err != nil {
			return nil, done, refuse(&p, "", "container", "check delimiter and encoding", err)
		}
		return []row.Reader{r}, done, nil
	}
	wb, err := xlsx.Open(body, p.Size, xlsx.DefaultLimits())
	if err != nil {
		return nil, done, refuse(&p, "", "container", "fetch the file again", err)
	}
	closers = append(closers, wb)
	for _, s := range wb.Sheets() {
		if !wantedSheet(s, f) {
			continue
		}
		r, err := wb.Rows(ctx, s.Name)
		if err != nil {
			return readers, done, refuse(&p, s.Name, "container", "fetch the file again", err)
		}
		readers = append(readers, r)
	}
	return readers, done, nil
}

// wantedSheet says whether a format names a sheet, or takes any; hidden ones only if it says so.
func wantedSheet(s xlsx.SheetInfo, f contract.Format) bool {
	seen := !s.Hidden || f.Hidden
	for _, w := range f.Sheet {
		if w == "*" && seen || value.Heading(w) == value.Heading(s.Name) {
			return true
		}
	}
	return len(f.Sheet) == 0 && seen
}

// delimiter reads a contract's word for a delimiter.
func delimiter(word string) byte {
	if word == "tab" || word == `\t` {
		return '\t'
	}
	return word[0]
}
