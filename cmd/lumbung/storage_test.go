package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/minio/minio-go/v7"
	"github.com/xuri/excelize/v2"

	"lumbung/internal/crash"
	"lumbung/internal/pgtest"
	"lumbung/internal/s3test"
	"lumbung/load/stage"
	"lumbung/pipeline"
)

// machines share a storage and nothing else; each has the project's files and an empty data directory.
type machines struct {
	home   string
	server *s3test.Server
	client *minio.Client
	faults *s3test.Faulty
	faulty string // address of a proxy before the server
}

func newMachines(t *testing.T) *machines {
	t.Helper()
	m := &machines{home: filepath.Join(t.TempDir(), "desa"), server: s3test.Start(t), faults: s3test.NewFaulty(3)}
	m.client = s3test.Client(t, strings.TrimPrefix(m.server.URL, "http://"), nil)
	if err := m.client.MakeBucket(t.Context(), "desa", minio.MakeBucketOptions{}); err != nil {
		t.Fatal(err)
	}
	m.faulty = m.faults.Before(t, m.server.URL)
	t.Setenv("AWS_ACCESS_KEY_ID", s3test.Access)
	t.Setenv("AWS_SECRET_ACCESS_KEY", s3test.Secret)
	t.Setenv("AWS_ENDPOINT_URL", m.server.URL)
	lumbungCmd(t, "init", m.home)
	editText(t, filepath.Join(m.home, "lumbung.yaml"), "sources:\n", "storage: s3://desa/kukar\nsources:\n")
	return m
}

func (m *machines) machine(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "desa")
	copyTree(t, m.home, dir)
	return dir
}

// damage flips a bit in the middle of every object that fits.
func (m *machines) damage(t *testing.T, pattern string) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(m.server.Objects(t), "desa", "kukar", filepath.FromSlash(pattern)))
	if err != nil || len(names) == 0 {
		t.Fatalf("%s: %d objects, %v", pattern, len(names), err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		text[len(text)/2] ^= 1
		if err := os.WriteFile(name, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// Machines that share a storage decode what one of them has landed, some
// behind a network that fails, some killed. All of them then build the same
// snapshot without decoding anything, and trace its numbers to cells.
func TestMachinesShareAStorage(t *testing.T) {
	bin, m := program(t), newMachines(t)
	alone := m.machine(t)
	editText(t, filepath.Join(alone, "lumbung.yaml"), "storage: s3://desa/kukar\n", "")
	lumbungCmd(t, "run", "--project", alone, "--quiet")
	want := stagedFiles(t, alone, "*")

	first := m.machine(t)
	lumbungCmd(t, "stage", "--land", "--project", first, "--quiet")
	const shards = 6
	var g sync.WaitGroup
	for i := range shards {
		dir := m.machine(t)
		args := []string{"stage", "--shard", fmt.Sprintf("%d/%d", i, shards), "--project", dir, "--quiet"}
		g.Go(func() {
			switch i {
			case 0, 1:
				point := []crash.Point{crash.StageWritten, crash.StageSent}[i]
				if !dies(t, bin, args, "LUMBUNG_CRASH="+string(point)) {
					t.Errorf("shard %d came never to %s", i, point)
				}
			case 2, 3: // the network fails: a shard may fail, loudly, and runs again
				cmd := exec.Command(bin, args...)
				cmd.Env = append(os.Environ(), "AWS_ENDPOINT_URL="+m.faulty)
				out, err := cmd.CombinedOutput()
				t.Logf("shard %d behind faults: %v %s", i, err, out)
			}
			if out, err := exec.Command(bin, args...).CombinedOutput(); err != nil {
				t.Errorf("shard %d: %v\n%s", i, err, out)
			}
		})
	}
	g.Wait()
	t.Logf("faults: %v", m.faults.Hits())
	lumbungCmd(t, "stage", "--status", "--project", first)
	for name, dir := range map[string]string{"the one that landed": first, "one that comes new": m.machine(t)} {
		assertRunDecodesNothing(t, dir)
		if got := stagedFiles(t, dir, "*"); !maps.Equal(got, want) {
			t.Errorf("%s: %d staged files, a run alone makes %d, or they differ", name, len(got), len(want))
		}
		if got, want := content(t, dir), content(t, alone); got != want {
			t.Errorf("%s: content %s, alone it is %s", name, got, want)
		}
	}
	reader := m.machine(t)
	copyTree(t, filepath.Join(first, "data"), filepath.Join(reader, "data"))
	if err := os.RemoveAll(filepath.Join(reader, "data", "raw")); err != nil {
		t.Fatal(err)
	}
	if out := lumbungCmd(t, "trace", "--project", reader, "mart_tren_status", "64.02", "2020", "TERTINGGAL"); !strings.Contains(out, "idm-2020.xlsx") {
		t.Errorf("trace on a machine without raw objects:\n%s", out)
	}

	t.Run("damaged units are decoded and sent again", func(t *testing.T) {
		m.damage(t, "stage/*/*")
		dir := m.machine(t)
		lumbungCmd(t, "run", "--project", dir, "--quiet")
		if got, want := content(t, dir), content(t, alone); got != want {
			t.Errorf("content %s, alone it is %s", got, want)
		}
		assertRunDecodesNothing(t, m.machine(t))
	})
	t.Run("a damaged raw object is refused by name", func(t *testing.T) {
		m.damage(t, "raw/*/*")
		dir := m.machine(t)
		for o := range m.client.ListObjects(t.Context(), "desa", minio.ListObjectsOptions{Prefix: "kukar/stage/", Recursive: true}) {
			if err := m.client.RemoveObject(t.Context(), "desa", o.Key, minio.RemoveObjectOptions{}); err != nil {
				t.Fatal(err)
			}
		}
		var out, errw strings.Builder
		if code := execute(t.Context(), []string{"stage", "--shard", "0/1", "--project", dir, "--quiet"}, &out, &errw); code != exitFailed ||
			!strings.Contains(errw.String(), "it has other bytes than its name says") {
			t.Errorf("exit %d\n%s", code, &errw)
		}
		lumbungCmd(t, "run", "--full", "--project", m.machine(t), "--quiet") // the sources' files are here
		lumbungCmd(t, "stage", "--shard", "0/1", "--project", dir, "--quiet")
	})
}

// What is wrong with the storage is said before anything is built.
func TestStorageErrors(t *testing.T) {
	m := newMachines(t)
	for _, x := range []struct{ name, env, value, storage, want string }{
		{"missing bucket", "", "", "s3://tidak-ada/kukar", "the bucket does not exist"},
		{"wrong secret", "AWS_SECRET_ACCESS_KEY", "salah", "s3://desa/kukar", "AWS_SECRET_ACCESS_KEY"},
		{"nobody listens", "AWS_ENDPOINT_URL", "http://127.0.0.1:1", "s3://desa/kukar", "127.0.0.1:1"},
		{"no endpoint", "AWS_ENDPOINT_URL", "127.0.0.1:9000", "s3://desa/kukar", "endpoint: http://HOST[:PORT]"},
		{"no bucket named", "", "", "gudang", `storage: "gudang" is no s3://BUCKET/PREFIX`},
	} {
		t.Run(x.name, func(t *testing.T) {
			dir := m.machine(t)
			editText(t, filepath.Join(dir, "lumbung.yaml"), "s3://desa/kukar", x.storage)
			if x.env != "" {
				t.Setenv(x.env, x.value)
			}
			var out, errw strings.Builder
			if code := execute(t.Context(), []string{"run", "--project", dir, "--json", "--quiet"}, &out, &errw); code != exitFailed {
				t.Errorf("exit %d", code)
			}
			var res pipeline.Result
			_ = json.Unmarshal([]byte(out.String()), &res)
			if res.Snapshot != "" || !strings.Contains(errw.String()+res.Error, x.want) {
				t.Errorf("snapshot %q, want %q in\n%s\n%s", res.Snapshot, x.want, &errw, res.Error)
			}
			out.Reset()
			if execute(t.Context(), []string{"doctor", "--project", dir}, &out, &errw); !strings.Contains(out.String(), x.want) {
				t.Errorf("doctor says\n%s", &out)
			}
		})
	}
}

// Two machines with data directories of their own work on one project: the
// ledger on a server says who runs, and numbers the releases for both.
func TestMachinesShareALedger(t *testing.T) {
	bin, m := program(t), newMachines(t)
	editText(t, filepath.Join(m.home, "lumbung.yaml"), "storage: s3", "ledger: postgres\nstorage: s3")
	a, b := m.machine(t), m.machine(t)
	var out, errw strings.Builder
	if code := execute(t.Context(), []string{"run", "--project", a}, &out, &errw); code != exitFailed || !strings.Contains(errw.String(), "ledger: postgres needs the environment variable LUMBUNG_LEDGER") {
		t.Fatalf("without an address: exit %d\n%s", code, &errw)
	}
	server, err := pgx.ParseConfig(pgtest.Start(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("LUMBUNG_LEDGER", "postgres://lumbung@/postgres?sslmode=disable&host="+server.Host)

	lumbungCmd(t, "run", "--project", a, "--quiet")
	assertRunDecodesNothing(t, b)
	if content(t, a) != content(t, b) {
		t.Error("two machines, two contents")
	}
	if runs := lumbungCmd(t, "runs", "--project", a); !strings.Contains(runs, "r000001") || !strings.Contains(runs, "r000002") {
		t.Errorf("runs of both machines:\n%s", runs)
	}
	if status := lumbungCmd(t, "status", "--project", b); !strings.Contains(status, "r000001") {
		t.Errorf("status:\n%s", status)
	}

	t.Run("one run at a time", func(t *testing.T) {
		ended := map[int]int{}
		var mu sync.Mutex
		var g sync.WaitGroup
		for _, dir := range []string{a, b, m.machine(t), m.machine(t)} {
			g.Go(func() {
				cmd := exec.Command(bin, "run", "--full", "--project", dir, "--quiet")
				out, err := cmd.CombinedOutput()
				mu.Lock()
				defer mu.Unlock()
				ended[cmd.ProcessState.ExitCode()]++
				if code := cmd.ProcessState.ExitCode(); code == exitLocked && !strings.Contains(string(out), "locked by someone else") {
					t.Errorf("%v\n%s", err, out)
				}
			})
		}
		g.Wait()
		if ended[exitOK] == 0 || ended[exitOK]+ended[exitLocked] != 4 {
			t.Errorf("exit codes %v: one runs, the others are told", ended)
		}
	})
	t.Run("a killed run keeps no lock", func(t *testing.T) {
		if !killed(t, bin, a, "LUMBUNG_CRASH="+string(crash.RunBegun)) {
			t.Fatal("the run was not killed")
		}
		lumbungCmd(t, "run", "--project", b, "--quiet")
		if runs := lumbungCmd(t, "runs", "--project", b); !strings.Contains(runs, "interrupted") {
			t.Errorf("runs:\n%s", runs)
		}
	})
	t.Run("a new revision has one number", func(t *testing.T) {
		f, err := excelize.OpenFile(filepath.Join(a, "rilis", "idm-2024.xlsx"))
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(f.SetCellStr("IDM 2024", "N2", "Pemutakhiran"), f.Save(), f.Close()); err != nil {
			t.Fatal(err)
		}
		copyTree(t, filepath.Join(a, "rilis", "idm-2024.xlsx"), filepath.Join(b, "rilis", "idm-2024.xlsx"))
		lumbungCmd(t, "run", "--project", a, "--quiet")
		assertRunDecodesNothing(t, b)
	})
	for command, want := range map[string]string{"backup": "pg_dump --schema=lumbung_kukar", "rebuild": "restore its schema from a dump"} {
		args := []string{"ledger", command, "--project", a}
		if command == "backup" {
			args = append(args, filepath.Join(t.TempDir(), "salinan.db"))
		}
		errw.Reset()
		if code := execute(t.Context(), args, &out, &errw); code != exitFailed || !strings.Contains(errw.String(), want) {
			t.Errorf("%s: exit %d\n%s", command, code, &errw)
		}
	}
}

// The storage, or the run that fills it, dies at a random moment. A new machine
// that finds what is left publishes what a machine alone publishes, and of the
// dead nothing is left that no unit lists.
func TestKilledBesideAStorage(t *testing.T) {
	bin, m := program(t), newMachines(t)
	alone := m.machine(t)
	editText(t, filepath.Join(alone, "lumbung.yaml"), "storage: s3://desa/kukar\n", "")
	begun := time.Now()
	lumbungCmd(t, "run", "--project", alone, "--quiet")
	span, want := time.Since(begun), content(t, alone)
	c := campaign{name: "storage", total: size(t, "LUMBUNG_STORAGE_KILLS", 4), beside: 1}
	got := c.run(t, func(t *testing.T, i int) figures {
		prefix := fmt.Sprintf("putaran-%d", i)
		project := func() string {
			dir := m.machine(t)
			editText(t, filepath.Join(dir, "lumbung.yaml"), "s3://desa/kukar", "s3://desa/"+prefix)
			return dir
		}
		after := time.Duration(rand.New(rand.NewPCG(campaignSeed, uint64(i))).Int64N(int64(span)))
		died := figures{}
		if i%2 == 0 {
			died["runs killed"] = one(killAfter(t, bin, project(), after))
		} else {
			cmd := exec.Command(bin, "run", "--project", project(), "--quiet")
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			dead := make(chan struct{})
			timer := time.AfterFunc(after, func() { m.server.Kill(); close(dead) })
			err := cmd.Wait()
			if timer.Stop() {
				m.server.Kill()
			} else {
				<-dead
			}
			m.server.Restart(t)
			died["storages killed"], died["runs that failed by it"] = 1, one(err != nil)
		}
		dir := project()
		lumbungCmd(t, "run", "--project", dir, "--quiet")
		if got := content(t, dir); got != want {
			t.Errorf("after %s: content %s, alone it is %s", after, got, want)
		}
		died["objects that no unit lists"] = m.orphans(t, prefix)
		return died
	})
	if n := got["objects that no unit lists"]; n > 0 {
		t.Errorf("%d objects are left that no unit lists", n)
	}
}

// orphans counts staged objects that no description lists.
func (m *machines) orphans(t *testing.T, prefix string) int {
	t.Helper()
	listed, there := map[string]bool{}, []string{}
	for o := range m.client.ListObjects(t.Context(), "desa", minio.ListObjectsOptions{Prefix: prefix + "/stage/", Recursive: true}) {
		if o.Err != nil {
			t.Fatal(o.Err)
		}
		if filepath.Base(o.Key) != "unit.json" {
			there = append(there, o.Key)
			continue
		}
		obj, err := m.client.GetObject(t.Context(), "desa", o.Key, minio.GetObjectOptions{})
		if err != nil {
			t.Fatal(err)
		}
		var u stage.Unit
		if err := errors.Join(json.NewDecoder(obj).Decode(&u), obj.Close()); err != nil {
			t.Fatalf("%s: %v", o.Key, err)
		}
		for _, f := range u.Files {
			listed[filepath.Join(filepath.Dir(o.Key), f.SHA256)] = true
		}
	}
	orphans := 0
	for _, key := range there {
		orphans += one(!listed[key])
	}
	if len(listed) == 0 || len(there) < len(listed) {
		t.Errorf("%d of %d listed objects are there", len(there), len(listed))
	}
	return orphans
}
