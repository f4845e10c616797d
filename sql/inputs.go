package sql

// An Input is a relation that a run fills from what it knows itself. Models read it like the staged tables that contracts fill.
type Input struct {
	Name    string
	Purpose string
	Columns []Column
}

// Names of the inputs.
const (
	Releases = "tahap_rilis"
	Parts    = "tahap_bagian"
	Findings = "tahap_temuan"
)

// Inputs lists them.
var Inputs = []Input{
	{Releases, "Each release read through each contract, with its counts.", []Column{
		{"rilis_id", "VARCHAR", "Release as the run names it"},
		{"sumber", "VARCHAR", "Source"},
		{"periode", "INTEGER", "Period, a year"},
		{"revisi", "INTEGER", "Revision of the period, from 0"},
		{"judul", "VARCHAR", "Title"},
		{"terbit", "DATE", "Published"},
		{"diambil", "TIMESTAMP", "Fetched, UTC"},
		{"metodologi", "VARCHAR", "Methodology, null when it is no index"},
		{"sifat", "VARCHAR", "resmi, rekonstruksi or sintetis"},
		{"penerbit", "VARCHAR", "Publisher"},
		{"url", "VARCHAR", "Where it was fetched"},
		{"kontrak", "VARCHAR", "Contract"},
		{"tabel", "VARCHAR", "Staged table that the contract fills, without tahap_"},
		{"sha256", "VARCHAR", "Hash over the parts"},
		{"masuk", "BIGINT", "Records read"},
		{"dimuat", "BIGINT", "Records loaded"},
		{"karantina", "BIGINT", "Records in quarantine"},
		{"dilewati", "BIGINT", "Records skipped by a named rule"},
		{"basi", "BOOLEAN", "An older copy stands in for a source that failed"},
	}},
	{Parts, "Each part file of each release.", []Column{
		{"rilis_id", "VARCHAR", "Release"},
		{"bagian", "VARCHAR", "Name of the part within the release"},
		{"sha256", "VARCHAR", "Hash of its bytes, its name in the landing"},
		{"bytes", "BIGINT", "Size"},
	}},
	{Findings, "Every finding of every release and contract.", []Column{
		{"rilis_id", "VARCHAR", "Release"},
		{"sumber_sha256", "VARCHAR", "SHA-256 of the part"},
		{"bagian", "VARCHAR", "Part file"},
		{"kontrak", "VARCHAR", "Contract"},
		{"tabel", "VARCHAR", "Staged table"},
		{"lembar", "VARCHAR", "Sheet, null for formats without"},
		{"baris", "INTEGER", "Row number in the part"},
		{"sel", "VARCHAR", "Cell"},
		{"kolom", "VARCHAR", "Column, null when the whole row is meant"},
		{"teks", "VARCHAR", "Raw text of the cell"},
		{"aturan", "VARCHAR", "Rule"},
		{"tingkat", "VARCHAR", "error (row in quarantine) or warning (row loaded and flagged)"},
		{"alasan", "VARCHAR", "Reason"},
		{"perbaikan", "VARCHAR", "Remedy"},
		{"kunci", "VARCHAR", "Key of the row, as far as it could be read"},
	}},
}
