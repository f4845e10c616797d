package value

import "testing"

func TestName(t *testing.T) {
	for text, want := range map[string]string{
		"KOTA BANGUN":                         "KOTA BANGUN",
		"KOTA BANGUN\nSEBERANG":               "KOTA BANGUN SEBERANG",
		"WASKEY/ TANJUNG\r\nBATU":             "WASKEY/ TANJUNG BATU",
		"  Skor  Bidan ":                      "Skor Bidan",
		"Muara\u00a0Kaman":                    "Muara Kaman",
		"Muara \u00a0 Kaman":                  "Muara Kaman",
		"\ufeffAnggana\u200b":                 "Anggana",
		"Ang\u200dgana":                       "Anggana",
		"Cafe\u0301":                          "Café",
		"Caf\u00e9":                           "Café",
		"A\tB\x00C":                           "A B C",
		"":                                    "",
		" \u00a0\n":                           "",
		"Waktu tempuh dari ≤ 30  Menit":       "Waktu tempuh dari ≤ 30 Menit",
		"Soka\"an":                            "Soka\"an",
		"LAMBANG SARI I, II, III\u3000\u2003": "LAMBANG SARI I, II, III",
	} {
		if got := Name(text); got != want {
			t.Errorf("Name(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestFold(t *testing.T) {
	groups := [][]string{
		{"MUARA KAMAN", "Muara-Kaman", "muara\u00a0kaman", "MUARAKAMAN", "Muara\nKaman "},
		{"Soka'an", "SOKA\"AN", "Soka’an", "SOKAAN"},
		{"Cafe\u0301", "CAFÉ"},
		{"PULO BUNTA (I)", "pulo bunta I"},
	}
	seen := map[string]int{}
	for i, group := range groups {
		want := Fold(group[0])
		for _, text := range group {
			if got := Fold(text); got != want {
				t.Errorf("Fold(%q) = %q, want %q", text, got, want)
			}
		}
		if j, ok := seen[want]; ok {
			t.Errorf("groups %d and %d fold alike", i, j)
		}
		seen[want] = i
	}
}

func TestHeading(t *testing.T) {
	for _, text := range []string{"KODE_DESA", "Kode Desa", "kode\ndesa", " KODE__DESA ", "kode\u00a0desa", "\ufeffKODE_DESA"} {
		if got := Heading(text); got != "KODE DESA" {
			t.Errorf("Heading(%q) = %q", text, got)
		}
	}
	if Heading("KODEDESA") == "KODE DESA" {
		t.Error("KODEDESA and KODE DESA must differ")
	}
}
