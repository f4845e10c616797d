package container

import (
	"archive/zip"
	"bytes"
	"testing"
)

func TestSniff(t *testing.T) {
	tests := []struct{ head, want string }{
		{"", Empty},
		{" \r\n\t", Empty},
		{"\xef\xbb\xbf", Empty},
		{"<!DOCTYPE html><html>", HTML},
		{"\n\n  <HTML><head><title>504 Gateway Time-out", HTML},
		{"\xef\xbb\xbf<!doctype HTML>", HTML},
		{"<!-- served by cache 3 -->\n<html lang=\"id\">", HTML},
		{"<?xml version=\"1.0\"?>\n<!DOCTYPE html PUBLIC", HTML},
		{"<script>location='/login'</script>", HTML},
		{"<table><tr><td>KODE_DESA</td>", HTML},
		{"%PDF-1.7\n", PDF},
		{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00\x00", XLS},
		{"\x1f\x8b\x08\x00", Gzip},
		{"PK\x05\x06", Zip},
		{"PK\x03\x04", Zip},
		{`{"k":"11"}`, JSON},
		{" \n[1]", JSON},
		{"\xef\xbb\xbf{}", JSON},
		{"kode,nama\n11,Aceh\n", Text},
		{"11", Text},
		{"klaim:\n  - a", Text},
		{"caf\xe9;1\n", Text},
		{"\xff\xfek\x00o\x00", Text},
		{"k\x00o\x00d\x00e\x00", Text},
		{"\x89PNG\r\n\x1a\n", Binary},
		{"\x00\x01\x02\x03", Binary},
		{"kode,na\x00ma,kabupaten,kecamatan", Binary},
	}
	for _, tt := range tests {
		if got := Sniff([]byte(tt.head)); got != tt.want {
			t.Errorf("Sniff(%q) = %q, want %q", tt.head, got, tt.want)
		}
	}
	for first, want := range map[string]string{"[Content_Types].xml": XLSX, "xl/workbook.xml": XLSX, "_rels/.rels": XLSX, "desa.csv": Zip, "data/64.json": Zip} {
		if got := Sniff(zipOf(t, zip.Deflate, first, "x")); got != want {
			t.Errorf("ZIP file that begins with %s is %q, want %q", first, got, want)
		}
	}
}

// zipOf packs names and contents in turn.
func zipOf(t testing.TB, method uint16, pairs ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for i := 0; i+1 < len(pairs); i += 2 {
		f, err := w.CreateHeader(&zip.FileHeader{Name: pairs[i], Method: method})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(pairs[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
