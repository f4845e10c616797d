package dictionary

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"lumbung/answer/lineage"
)

func TestCommittedDictionaryIsUpToDate(t *testing.T) {
	var want bytes.Buffer
	if err := Markdown(t.Context(), &want); err != nil {
		t.Fatal(err)
	}
	have, err := os.ReadFile("../../docs/data-dictionary.md")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, want.Bytes()) {
		t.Error("docs/data-dictionary.md is not what `lumbung docs` writes; run `make docs`")
	}
}

func readBook(t *testing.T) *book {
	t.Helper()
	b, err := read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// named parses relation.name.
func named(text string) lineage.Column {
	relation, name, _ := strings.Cut(text, ".")
	return lineage.Column{Relation: relation, Name: name}
}

func show(columns []lineage.Column) string {
	var out []string
	for _, c := range columns {
		out = append(out, c.Relation+"."+c.Name)
	}
	return strings.Join(out, " ")
}

// What the figures that officials read are made from, written down by hand from the SQL.
func TestKnownColumns(t *testing.T) {
	tests := []struct{ column, from, origins string }{
		// The count itself: kecamatan rows of fct_indeks, added up through four levels and a union.
		{column: "mart_tren_status.jumlah", from: "dim_status.urutan fct_indeks.* fct_indeks.status"},
		{column: "mart_tren_status.perubahan", from: "dim_status.urutan fct_indeks.* fct_indeks.status"},
		{column: "mart_tren_status.sifat", from: "dim_rilis.sifat", origins: "tahap_rilis.sifat"},
		{column: "mart_tren_status.kode_wilayah", from: "dim_wilayah.kode_wilayah"},
		{column: "mart_tren_status.status", from: "dim_status.status", origins: "seed_status.status"},
		{column: "mart_program.desa_tertinggal", from: "fct_indeks.* fct_indeks.status"},
		{column: "mart_program.blt_realisasi", from: "fct_blt.realisasi", origins: "tahap_blt.realisasi"},
		{column: "mart_program.pendamping", from: "fct_pendamping.id_pendamping", origins: "tahap_pendamping.id_pendamping"},
		{column: "mart_program.tahun", from: "fct_blt.tahun fct_bumdes.tahun fct_indeks.tahun fct_pendamping.tahun fct_stunting.tahun",
			origins: "tahap_blt.tahun tahap_bumdes.tahun tahap_indeks.tahun tahap_pendamping.tahun tahap_stunting.tahun"},
		{column: "mart_prioritas.kumulatif", from: "dim_indikator.bobot fct_indikator.skor",
			origins: "seed_indikator.bobot tahap_indikator.skor tahap_rumusan_indikator.skor"},
		{column: "mart_prioritas.rincian_cocok", from: "dim_indikator.dimensi fct_indeks.e fct_indeks.l fct_indeks.s fct_indikator.skor"},
		{column: "mart_profil_desa.skor", from: "fct_indeks.skor", origins: "tahap_indeks.skor"},
		{column: "mart_profil_desa.status_hitung", from: "dim_status.status"},
		{column: "fct_perpindahan.tahun_dari", from: "fct_indeks.tahun", origins: "tahap_indeks.tahun"},
		{column: "fct_perpindahan.nilai_sama", from: "fct_indeks.ike fct_indeks.ikl fct_indeks.iks", origins: "tahap_indeks.ike tahap_indeks.ikl tahap_indeks.iks"},
		{column: "dim_rilis.basi", from: "stg_rilis.basi", origins: "tahap_rilis.basi"},
		{column: "stg_rilis.urutan", from: "tahap_rilis.periode tahap_rilis.revisi tahap_rilis.rilis_id tahap_rilis.sifat tahap_rilis.terbit"},
		{column: "stg_temuan.jumlah_baris", from: "tahap_temuan.*"},
	}
	g := readBook(t).graph
	for _, tt := range tests {
		if got := show(g.From(named(tt.column))); got != tt.from {
			t.Errorf("%s is made from %q, want %q", tt.column, got, tt.from)
		}
		if got := show(g.Origins(named(tt.column))); tt.origins != "" && got != tt.origins {
			t.Errorf("%s comes from %q, want %q", tt.column, got, tt.origins)
		}
	}
	if got := g.Choosing("fct_temuan"); len(got) > 0 {
		t.Errorf("fct_temuan takes every finding, yet chooses by %s", show(got))
	}
	for _, want := range []string{"fct_perpindahan.status_ke", "dim_status.urutan"} {
		if !slices.Contains(g.Choosing("mart_transisi"), named(want)) {
			t.Errorf("mart_transisi does not group or join by %s", want)
		}
	}
}

// The columns that come from nothing, each for a reason: text or numbers that the SQL writes.
func TestConstantColumns(t *testing.T) {
	want := []string{
		"cek_desa_hilang.tahun_lalu", "cek_desa_hilang.daftar_kode", // from which of two lists a row comes
		"dim_asal_indikator.tabel",     // name of the staged table
		"audit_kunci_dimensi.tahun",    // keys of dimensions have no year
		"audit_mart_sama_fakta.subjek", // name of the mart
		"stg_isi.tabel",                // name of the staged table
		"stg_kode.sumber",              // which of three lists knows the code
	}
	b := readBook(t)
	var got []string
	for _, c := range b.Chapters {
		for _, r := range c.Relations {
			for _, name := range r.names() {
				if r.File != "" && len(b.graph.From(lineage.Column{Relation: r.Name, Name: name})) == 0 {
					got = append(got, r.Name+"."+name)
				}
			}
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("constant columns %v, want %v", got, want)
	}
}

func TestHTMLStandsAlone(t *testing.T) {
	var page bytes.Buffer
	if err := HTML(t.Context(), &page); err != nil {
		t.Fatal(err)
	}
	root, err := html.Parse(&page)
	if err != nil {
		t.Fatal(err)
	}
	ids, links := map[string]bool{}, map[string]bool{}
	for n := range root.Descendants() {
		if n.Data == "script" || n.Data == "img" || n.Data == "link" || n.Data == "iframe" {
			t.Errorf("the page has a <%s>", n.Data)
		}
		for _, a := range n.Attr {
			switch {
			case a.Key == "id" && ids[a.Val]:
				t.Errorf("two elements have the id %s", a.Val)
			case a.Key == "id":
				ids[a.Val] = true
			case a.Key == "href" && strings.HasPrefix(a.Val, "#"):
				links[a.Val[1:]] = true
			case a.Key == "href" || a.Key == "src" || strings.HasPrefix(a.Key, "on"):
				t.Errorf("<%s> has %s=%q", n.Data, a.Key, a.Val)
			}
		}
	}
	for link := range links {
		if !ids[link] {
			t.Errorf("a link leads to #%s, which is not there", link)
		}
	}
	for _, c := range readBook(t).Chapters {
		for _, r := range c.Relations {
			for _, name := range r.names() {
				if !ids[r.Name+"."+name] {
					t.Errorf("%s.%s is not on the page", r.Name, name)
				}
			}
		}
	}
}

// The way from a column to its sources is the way back from them.
func TestHTMLHasBothDirections(t *testing.T) {
	var page bytes.Buffer
	if err := HTML(t.Context(), &page); err != nil {
		t.Fatal(err)
	}
	row := func(id string) string {
		_, rest, found := strings.Cut(page.String(), `<tr id="`+id+`">`)
		if !found {
			t.Fatalf("no row %s", id)
		}
		text, _, _ := strings.Cut(rest, "</tr>")
		return text
	}
	for _, tt := range []struct{ row, link string }{
		{"mart_tren_status.jumlah", `rows of <a href="#fct_indeks"`},
		{"mart_tren_status.sifat", `href="#dim_rilis.sifat"`},
		{"mart_tren_status.sifat", `href="#tahap_rilis.sifat"`},
		{"dim_rilis.sifat", `href="#mart_tren_status.sifat"`},
		{"stg_kode_versi.kode_terkini", `href="#fct_indeks.id_desa"`},
		{"fct_perpindahan.status_ke", `href="#mart_transisi"`}, // by which it groups
		{"stg_isi.tabel", "<i>constant</i>"},
	} {
		if !strings.Contains(row(tt.row), tt.link) {
			t.Errorf("the row of %s has no %s:\n%s", tt.row, tt.link, row(tt.row))
		}
	}
}

func TestProseEscapes(t *testing.T) {
	if got := prose("`a<b>` & c"); got != "<code>a&lt;b&gt;</code> &amp; c" {
		t.Errorf("%s", got)
	}
}
