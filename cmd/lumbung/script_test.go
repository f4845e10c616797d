package main

import (
	"crypto/sha256"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/xuri/excelize/v2"

	"lumbung/internal/sftptest"
)

// editBook changes a workbook in place.
func editBook(ts *testscript.TestScript, name string, edit func(*excelize.File) error) {
	path := ts.MkAbs(name)
	f, err := excelize.OpenFile(path)
	ts.Check(err)
	ts.Check(edit(f))
	ts.Check(f.Save())
	ts.Check(f.Close())
}

// setCell: setcell FILE SHEET CELL TEXT; a number is written as a number.
func setCell(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 4 {
		ts.Fatalf("usage: setcell FILE SHEET CELL TEXT")
	}
	editBook(ts, args[0], func(f *excelize.File) error {
		if n, err := strconv.ParseFloat(args[3], 64); err == nil {
			return f.SetCellFloat(args[1], args[2], n, -1, 64)
		}
		return f.SetCellStr(args[1], args[2], args[3])
	})
}

// loaded: loaded DIR makes a project of the sample after its first run, a copy
// of one that all scripts share.
func loaded(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: loaded DIR")
	}
	from, err := loadedSample()
	ts.Check(err)
	ts.Check(ts.Exec("cp", "-a", from, args[0]))
}

var loadedSample = sync.OnceValues(func() (string, error) {
	dir := filepath.Join(shared.dir, "loaded")
	for _, args := range [][]string{{"init", dir}, {"run", "--quiet", "--project", dir}} {
		if out, err := exec.Command("lumbung", args...).CombinedOutput(); err != nil {
			return "", fmt.Errorf("lumbung %v: %w\n%s", args, err, out)
		}
	}
	return dir, nil
})

// dropPrefix: dropprefix FILE SHEET COLUMN PREFIX removes all rows whose cell in a column begins so.
func dropPrefix(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 4 {
		ts.Fatalf("usage: dropprefix FILE SHEET COLUMN PREFIX")
	}
	editBook(ts, args[0], func(f *excelize.File) error {
		rows, err := f.GetRows(args[1])
		if err != nil {
			return err
		}
		for r := len(rows); r > 1; r-- {
			v, err := f.GetCellValue(args[1], args[2]+strconv.Itoa(r))
			if err != nil {
				return err
			}
			if strings.HasPrefix(v, args[3]) {
				if err := f.RemoveRow(args[1], r); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// cutFile: cutfile FILE PERCENT keeps the first part of a file.
func cutFile(ts *testscript.TestScript, _ bool, args []string) {
	path := ts.MkAbs(args[0])
	info, err := os.Stat(path)
	ts.Check(err)
	percent, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	ts.Check(os.Truncate(path, info.Size()*percent/100))
}

// flipBits: flipbit GLOB changes a bit in the middle of the first file that
// matches, flipall in every one.
func flipBits(all bool) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, _ bool, args []string) {
		if len(args) != 1 {
			ts.Fatalf("usage: flipbit GLOB")
		}
		names, err := filepath.Glob(ts.MkAbs(args[0]))
		ts.Check(err)
		if len(names) == 0 {
			ts.Fatalf("no file %s", args[0])
		}
		if !all {
			names = names[:1]
		}
		for _, name := range names {
			b, err := os.ReadFile(name)
			ts.Check(err)
			b[len(b)/2] ^= 1
			ts.Check(os.Chmod(name, 0o600))
			ts.Check(os.WriteFile(name, b, 0o600))
		}
	}
}

// theTest is the key under which a script finds the test that it is.
const theTest = "test"

// sshServer: sshd starts an OpenSSH server, which ends with the script, and says in SFTP_* where and how to log in.
func sshServer(ts *testscript.TestScript, _ bool, _ []string) {
	t, ok := ts.Value(theTest).(testing.TB)
	if !ok {
		ts.Fatalf("the script is no test")
	}
	s := sftptest.Start(t)
	for name, value := range map[string]string{"PORT": s.Port, "USER": s.User, "KEY": s.KeyFile, "KNOWN": s.KnownHosts, "DIR": s.Dir} {
		ts.Setenv("SFTP_"+name, value)
	}
}

// damageRaw: flipraw FILE and rmraw FILE damage or remove the raw object with the bytes of a file.
func damageRaw(damage func(ts *testscript.TestScript, object string)) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, _ bool, args []string) {
		b, err := os.ReadFile(ts.MkAbs(args[0]))
		ts.Check(err)
		sum := fmt.Sprintf("%x", sha256.Sum256(b))
		damage(ts, filepath.Join("data", "raw", sum[:2], sum))
	}
}

// replaceText: replace FILE OLD NEW replaces text that must be there.
func replaceText(ts *testscript.TestScript, _ bool, args []string) {
	path := ts.MkAbs(args[0])
	b, err := os.ReadFile(path)
	ts.Check(err)
	if !strings.Contains(string(b), args[1]) {
		ts.Fatalf("%s does not contain %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(path, []byte(strings.Replace(string(b), args[1], args[2], 1)), 0o644))
}

// sameContent: samecontent DIR DIR compares two directories byte by byte.
func sameContent(ts *testscript.TestScript, neg bool, args []string) {
	same := treeSum(ts, args[0]) == treeSum(ts, args[1])
	if same == neg {
		ts.Fatalf("%s and %s: same content is %v", args[0], args[1], same)
	}
}

func treeSum(ts *testscript.TestScript, dir string) string {
	h := sha256.New()
	root, err := filepath.EvalSymlinks(ts.MkAbs(dir))
	ts.Check(err)
	ts.Check(filepath.WalkDir(root, func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(p)
		rel, _ := filepath.Rel(root, p)
		fmt.Fprintf(h, "%s %x\n", rel, sha256.Sum256(b))
		return err
	}))
	return fmt.Sprintf("%x", h.Sum(nil))
}

// countsOf reads "kode_wilayah,status,jumlah".
func countsOf(ts *testscript.TestScript, name string) map[string]int {
	f, err := os.Open(ts.MkAbs(name))
	ts.Check(err)
	defer func() { _ = f.Close() }()
	rows, err := csv.NewReader(f).ReadAll()
	ts.Check(err)
	out := map[string]int{}
	for _, r := range rows[1:] {
		n, err := strconv.Atoi(r[2])
		ts.Check(err)
		out[r[0]+" "+r[1]] = n
	}
	return out
}

// ministryOrder is the order of statuses in the ministry's summaries.
var ministryOrder = []string{"MANDIRI", "MAJU", "BERKEMBANG", "TERTINGGAL", "SANGAT TERTINGGAL"}

// metaCounts: metacounts META.json COUNTS.csv compares every province and kabupaten with the published totals.
func metaCounts(ts *testscript.TestScript, _ bool, args []string) {
	type area struct {
		K   string
		D   []int
		Kab []area
	}
	var meta struct{ Prov []area }
	b, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	ts.Check(json.Unmarshal(b, &meta))
	ours, compared := countsOf(ts, args[1]), 0
	check := func(code string, want []int) {
		for i, n := range want {
			compared++
			if got := ours[code+" "+ministryOrder[i]]; got != n {
				ts.Fatalf("%s %s: %d villages, published are %d", code, ministryOrder[i], got, n)
			}
		}
	}
	for _, p := range meta.Prov {
		check(p.K, p.D)
		for _, k := range p.Kab {
			check(k.K[:2]+"."+k.K[2:], k.D)
		}
	}
	if compared != 5*(37+434) {
		ts.Fatalf("%d figures compared, 2355 are published", compared)
	}
}

// rekapCounts: rekapcounts WORKBOOK COUNTS.csv compares the sums of the provinces with the ministry's workbook.
func rekapCounts(ts *testscript.TestScript, _ bool, args []string) {
	f, err := excelize.OpenFile(ts.MkAbs(args[0]))
	ts.Check(err)
	defer func() { _ = f.Close() }()
	rows, err := f.GetRows(f.GetSheetName(0))
	ts.Check(err)
	sums := map[string]int{}
	for key, n := range countsOf(ts, args[1]) {
		if code, status, _ := strings.Cut(key, " "); len(code) == 2 {
			sums[status] += n
		}
	}
	total := rows[len(rows)-1]
	if total[0] != "TOTAL" {
		ts.Fatalf("the last row is %q, not TOTAL", total[0])
	}
	for i, status := range ministryOrder {
		want, err := strconv.Atoi(strings.ReplaceAll(strings.ReplaceAll(total[i+1], ",", ""), ".", ""))
		ts.Check(err)
		if sums[status] != want {
			ts.Fatalf("%s: %d villages, the workbook says %d", status, sums[status], want)
		}
	}
}
