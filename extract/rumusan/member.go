package rumusan

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
)

// BundleName is what the nth bundle of a year is called as a part of its release.
func BundleName(n int) string { return fmt.Sprintf("bundel-%05d.zip", n) }

// IsBundle says whether a part is a bundle of answers.
func IsBundle(part string) bool {
	digits, ok := strings.CutPrefix(part, "bundel-")
	digits, zip := strings.CutSuffix(digits, ".zip")
	return ok && zip && len(digits) >= 5 && strings.Trim(digits, "0123456789") == ""
}

// Member is one answer inside a bundle.
type Member struct {
	Name  string // desa/{kode}/{tahun}.json
	Bytes int64
}

// Members lists the answers of a bundle in order. Damage of the directory is an error.
func Members(bundle io.ReaderAt, size int64) ([]Member, error) {
	archive, err := zip.NewReader(bundle, size)
	if err != nil {
		return nil, fmt.Errorf("bundle: %w", err)
	}
	out := make([]Member, len(archive.File))
	for i, f := range archive.File {
		out[i] = Member{f.Name, int64(f.UncompressedSize64)}
	}
	return out, nil
}

// Body is one answer, read into memory.
type Body struct{ *bytes.Reader }

// Close does nothing: the bundle was closed by whoever opened it.
func (Body) Close() error { return nil }

// OpenMember reads one answer of a bundle.
func OpenMember(bundle io.ReaderAt, size int64, name string) (Body, error) {
	archive, err := zip.NewReader(bundle, size)
	if err != nil {
		return Body{}, fmt.Errorf("bundle: %w", err)
	}
	i := slices.IndexFunc(archive.File, func(f *zip.File) bool { return f.Name == name })
	if i < 0 {
		return Body{}, fmt.Errorf("bundle: no answer %q in it", name)
	}
	answer, err := unpackOne(archive.File[i])
	if err != nil {
		return Body{}, err
	}
	return Body{bytes.NewReader(answer.Body)}, nil
}
