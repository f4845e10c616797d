package sampel

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"sort"
	"time"
)

// zipTetap packs a workbook again so that equal content gives equal bytes: the
// parts in a fixed order, every time stamp the same. Excel wants
// [Content_Types].xml first.
func zipTetap(b []byte) ([]byte, error) {
	r, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, fmt.Errorf("workbook container: %w", err)
	}
	const pertama = "[Content_Types].xml"
	files := r.File
	sort.Slice(files, func(i, j int) bool {
		a, b := files[i].Name, files[j].Name
		if (a == pertama) != (b == pertama) {
			return a == pertama
		}
		return a < b
	})
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range files {
		if err := salin(w, f); err != nil {
			return nil, fmt.Errorf("workbook container: %s: %w", f.Name, err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("workbook container: %w", err)
	}
	return out.Bytes(), nil
}

func salin(w *zip.Writer, f *zip.File) error {
	src, err := f.Open()
	if err != nil {
		return err
	}
	defer src.Close()
	dst, err := w.CreateHeader(&zip.FileHeader{
		Name: f.Name, Method: zip.Deflate, Modified: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC),
	})
	if err != nil {
		return err
	}
	_, err = io.Copy(dst, src)
	return err
}
