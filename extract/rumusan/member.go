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

// Archive is a bundle at hand: its directory is read once for all its answers.
type Archive struct{ answers []*zip.File }

// OpenArchive reads the directory of a bundle. Damage of it is an error.
func OpenArchive(bundle io.ReaderAt, size int64) (*Archive, error) {
	archive, err := zip.NewReader(bundle, size)
	if err != nil {
		return nil, fmt.Errorf("bundle: %w", err)
	}
	return &Archive{archive.File}, nil
}

// Members lists the answers in order.
func (a *Archive) Members() []Member {
	out := make([]Member, len(a.answers))
	for i, f := range a.answers {
		out[i] = Member{f.Name, int64(f.UncompressedSize64)}
	}
	return out
}

// Body is one answer, read into memory.
type Body struct{ *bytes.Reader }

// Close does nothing: the bundle was closed by whoever opened it.
func (Body) Close() error { return nil }

// Open reads one answer.
func (a *Archive) Open(name string) (Body, error) {
	i := slices.IndexFunc(a.answers, func(f *zip.File) bool { return f.Name == name })
	if i < 0 {
		return Body{}, fmt.Errorf("bundle: no answer %q in it", name)
	}
	answer, err := unpackOne(a.answers[i])
	if err != nil {
		return Body{}, err
	}
	return Body{bytes.NewReader(answer.Body)}, nil
}
