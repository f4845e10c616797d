package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestShortNames(t *testing.T) {
	for _, c := range []struct{ names, want string }{
		{`{Kukar: "64.02", "K. Kertanegara": "64.02"}`, ""},
		{`{Kukar: "64.02", KUKAR: "64.03"}`, "is there twice"},
		{`{Kukar: "6403020304050"}`, "Kukar: "},
		{`{"-": "64.02"}`, `"-" has no letter`},
	} {
		dir := t.TempDir()
		if err := os.Mkdir(filepath.Join(dir, "contracts"), 0o755); err != nil {
			t.Fatal(err)
		}
		text := contractText
		if err := os.WriteFile(filepath.Join(dir, "contracts", "idm.yaml"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		text = "version: 1\nname: uji\nshort_names: " + c.names + "\nsources:\n  - name: idm\n    kind: files\n    releases:\n      - {path: a.csv, period: 2024, contracts: [idm]}\n"
		if err := os.WriteFile(filepath.Join(dir, FileName), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		cfg, err := Load(dir)
		switch {
		case c.want == "" && (err != nil || cfg.ShortNames["KUKAR"] != "64.02" || cfg.ShortNames["KKERTANEGARA"] != "64.02"):
			t.Errorf("%s: %v, %v", c.names, cfg, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: error %v, want %q in it", c.names, err, c.want)
		}
	}
}
