package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"lumbung": main,
	})
}

// TestScripts runs the real program as people run it; see testdata/script.
func TestScripts(t *testing.T) {
	real := realData(t)
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("TZ", "Asia/Makassar")
			env.Setenv("REAL", real)
			here, err := os.Getwd()
			env.Setenv("TESTDATA", filepath.Join(here, "testdata"))
			return err
		},
		Condition: func(cond string) (bool, error) { return cond == "real" && real != "", nil },
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"setcell":     setCell,
			"dropprefix":  dropPrefix,
			"cutfile":     cutFile,
			"replace":     replaceText,
			"samecontent": sameContent,
			"metacounts":  metaCounts,
			"rekapcounts": rekapCounts,
		},
		RequireUniqueNames: true,
	})
}

// realData finds the real releases. They are not part of the repository; where
// they are absent the scripts that need them skip, except in CI.
func realData(t *testing.T) string {
	dir := os.Getenv("LUMBUNG_REAL_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data", "real")
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(abs); err == nil {
		return abs
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("real data are not at %s; set LUMBUNG_REAL_DATA", abs)
	}
	t.Logf("scripts on real data are skipped: nothing at %s; set LUMBUNG_REAL_DATA to their folder", abs)
	return ""
}
