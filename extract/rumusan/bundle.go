package rumusan

import (
	"archive/zip"
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
)

// Answer is one answer as it came, unchanged.
type Answer struct {
	Kode  string
	Tahun int
	Body  []byte
}

// Part is the answer's name inside a bundle, as contracts know it: desa/{kode}/{tahun}.json.
func (a Answer) Part() string { return fmt.Sprintf("desa/%s/%d.json", a.Kode, a.Tahun) }

// Bundle is a number of answers as one raw object: a ZIP whose entries are the answers, by part name.
// The same answers give the same bytes.
type Bundle struct {
	// Name is rumusan-<first twelve digits of the SHA-256>.zip.
	Name   string
	SHA256 string
	Bytes  []byte
	// Entries is the state that becomes true once the bytes are landed.
	Entries []Entry
}

// Pack makes the ZIP of answers, in the order of their part names.
func Pack(answers []Answer) ([]byte, error) {
	sorted := slices.SortedFunc(slices.Values(answers), func(a, b Answer) int {
		return cmp.Or(cmp.Compare(a.Kode, b.Kode), cmp.Compare(a.Tahun, b.Tahun))
	})
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	for _, answer := range sorted {
		entry, err := archive.CreateHeader(&zip.FileHeader{Name: answer.Part(), Method: zip.Deflate}) // no time: equal answers are to be equal bytes
		if err != nil {
			return nil, fmt.Errorf("bundle: %w", err)
		}
		if _, err := entry.Write(answer.Body); err != nil {
			return nil, fmt.Errorf("bundle: %w", err)
		}
	}
	if err := archive.Close(); err != nil {
		return nil, fmt.Errorf("bundle: %w", err)
	}
	return out.Bytes(), nil
}

func unpackOne(entry *zip.File) (Answer, error) {
	var answer Answer
	if _, err := fmt.Sscanf(entry.Name, "desa/%10s/%4d.json", &answer.Kode, &answer.Tahun); err != nil || answer.Part() != entry.Name || CheckKode(answer.Kode) != nil {
		return Answer{}, fmt.Errorf("bundle: entry %q is not desa/{kode}/{tahun}.json", entry.Name)
	}
	body, err := entry.Open()
	if err != nil {
		return Answer{}, fmt.Errorf("bundle: entry %s: %w", entry.Name, err)
	}
	defer body.Close()
	answer.Body, err = io.ReadAll(io.LimitReader(body, maxAnswer+1))
	if err == nil && len(answer.Body) > maxAnswer {
		err = fmt.Errorf("more than %d bytes", maxAnswer)
	}
	if err != nil {
		return Answer{}, fmt.Errorf("bundle: entry %s: %w", entry.Name, err)
	}
	return answer, nil
}

func sum(body []byte) string {
	hash := sha256.Sum256(body)
	return hex.EncodeToString(hash[:])
}
