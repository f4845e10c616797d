package main

import (
	"os"
	"path/filepath"
	"testing"

	"lumbung/internal/realdata"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(tests{m}, map[string]func(){
		"lumbung": main,
	})
}

// TestScripts runs the real program as people run it; see testdata/script.
func TestScripts(t *testing.T) {
	real, err := realdata.Find() // the scripts that need it skip without it, except in CI
	if err != nil {
		if real = ""; os.Getenv("CI") == "true" {
			t.Fatalf("real data are required in CI: %v; set LUMBUNG_REAL_DATA to their folder", err)
		}
		t.Logf("scripts on real data are skipped: %v; set LUMBUNG_REAL_DATA to their folder", err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("TZ", "Asia/Makassar")
			env.Setenv("REAL", real)
			env.Values[theTest] = env.T()
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
			"flipbit":     flipBits(false),
			"flipall":     flipBits(true),
			"flipraw":     damageRaw(func(ts *testscript.TestScript, object string) { flipBits(false)(ts, false, []string{object}) }),
			"rmraw":       damageRaw(func(ts *testscript.TestScript, object string) { ts.Check(os.Remove(ts.MkAbs(object))) }),
			"samecontent": sameContent,
			"metacounts":  metaCounts,
			"rekapcounts": rekapCounts,
			"loaded":      loaded,
			"sshd":        sshServer,
		},
		RequireUniqueNames: true,
	})
}
