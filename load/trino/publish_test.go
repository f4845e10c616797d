package trino_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"

	"lumbung/internal/campaign"
	"lumbung/internal/s3test"
	"lumbung/internal/trinotest"
	"lumbung/load/duck"
	"lumbung/load/trino"
)

// two are the relations of small builds: every row says which build it is of.
var two = []trino.Relation{
	{Name: "mart_a", Columns: []duck.Column{{Name: "n", Type: "INTEGER"}}},
	{Name: "mart_b", Columns: []duck.Column{{Name: "n", Type: "INTEGER"}, {Name: "nama", Type: "VARCHAR"}}},
}

func options(t *testing.T, e *trinotest.Engine, schema string) trino.Options {
	t.Helper()
	return trino.Options{URL: e.URL, Catalog: trinotest.Catalog, Schema: schema, Bucket: trinotest.Bucket, Prefix: schema, Keep: 2, AtOnce: 4,
		Store: s3test.Client(t, strings.TrimPrefix(e.S3, "http://"), nil)}
}

func open(t *testing.T, opt trino.Options) *trino.DB {
	t.Helper()
	db, err := trino.Open(context.Background(), opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func buildID(n int) string { return fmt.Sprintf("20261124T%06dZ-%08x", n, n) }

// build makes and publishes build n; said is told before each step.
func build(ctx context.Context, db *trino.DB, n int, said func(string)) error {
	said("begin")
	b, err := db.Begin(ctx, buildID(n), two)
	if err != nil {
		return err
	}
	said("fill")
	if err := b.Fill(ctx, "tahap_x", two[1].Columns, [][]any{{n, "x"}, {n, nil}, {n, "it's"}}); err != nil {
		return err
	}
	for _, r := range two {
		said(r.Name)
		names := "n"
		if r.Name == "mart_b" {
			names = "n, nama"
		}
		if _, err := b.Table(ctx, r.Name, "SELECT "+names+" FROM tahap_x", false); err != nil {
			return err
		}
	}
	said("publish")
	return b.Publish(ctx, "manifest of "+buildID(n))
}

func quiet(string) {}

// look asks one question about both marts and gives the builds that answered, by number.
func look(ctx context.Context, db *trino.DB) (a, b, rows int64, err error) {
	err = db.Each(ctx, `SELECT x.n, y.n, x.c + y.c FROM (SELECT CAST(max(n) AS BIGINT) AS n, count(*) AS c FROM mart_a) x
		CROSS JOIN (SELECT CAST(max(n) AS BIGINT) AS n, count(*) AS c FROM mart_b) y`, nil, nil, func(row []any) error {
		a, _ = row[0].(int64)
		b, _ = row[1].(int64)
		rows, _ = row[2].(int64)
		return nil
	})
	return a, b, rows, err
}

// Readers see all old or all new marts while builds are published. Each asks, waits for a moment, at most as long as the last
// publish took, and asks again: eight readers without a break leave the publisher no core.
func TestReadersSeeOneBuild(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	opt := options(t, trinotest.Start(t), "pembaca")
	opt.MinAge = 10 * time.Minute // longer than a question takes, shorter than a campaign
	db := open(t, opt)
	if err := build(ctx, db, 1, quiet); err != nil {
		t.Fatal(err)
	}
	publishes := campaign.Rounds(t, "LUMBUNG_PUBLISHES", 6)
	var readers sync.WaitGroup
	var answers, changes, took atomic.Int64
	took.Store(int64(time.Second))
	for range campaign.Rounds(t, "LUMBUNG_READERS", 4) {
		readers.Go(func() {
			var last int64
			for ctx.Err() == nil {
				a, b, rows, err := look(ctx, db)
				if ctx.Err() != nil {
					return
				}
				if err != nil || a != b || rows != 6 || a < last {
					t.Errorf("build %d beside build %d in %d rows after build %d: %v", a, b, rows, last, err)
					return
				}
				answers.Add(1)
				if a > last {
					changes.Add(1)
				}
				last = a
				select {
				case <-time.After(time.Duration(rand.N(took.Load()))):
				case <-ctx.Done():
				}
			}
		})
	}
	start := time.Now()
	for n := 2; n <= 1+publishes && !t.Failed(); n++ {
		begun := time.Now()
		if err := build(ctx, db, n, quiet); err != nil {
			t.Error(err)
		}
		took.Store(int64(time.Since(begun)))
		if done := n - 1; done%20 == 0 { // a campaign takes hours
			t.Logf("%d of %d publishes in %.0f s, %d answers, %d of them the first of a build for their reader", done, publishes, time.Since(start).Seconds(), answers.Load(), changes.Load())
		}
	}
	cancel()
	readers.Wait()
	t.Logf("%d publishes, %d answers, %d of them the first of a build for their reader", publishes, answers.Load(), changes.Load())
	if answers.Load() < int64(publishes) || changes.Load() < int64(publishes) {
		t.Error("too few answers to say anything")
	}
}

// Models change: a new column comes with the next build, a relation goes, another type of an old column is refused
// before anything is made.
func TestColumnsThatChange(t *testing.T) {
	ctx := context.Background()
	opt := options(t, trinotest.Start(t), "kolom")
	db := open(t, opt)
	if err := build(ctx, db, 1, quiet); err != nil {
		t.Fatal(err)
	}
	wider := []trino.Relation{{Name: "mart_a", Columns: []duck.Column{{Name: "n", Type: "INTEGER"}, {Name: "catatan", Type: "VARCHAR"}}}}
	b, err := db.Begin(ctx, buildID(2), wider)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Table(ctx, "mart_a", "SELECT 2 AS n, 'baru' AS catatan", false); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Table(ctx, "mart_a", "SELECT CAST(2 AS BIGINT) AS n, 'baru' AS catatan", false); err == nil || !strings.Contains(err.Error(), "are documented") {
		t.Errorf("a model with another type than documented: %v", err)
	}
	if err := b.Publish(ctx, ""); err != nil {
		t.Fatal(err)
	}
	var got []any
	err = db.Each(ctx, "SELECT n, catatan FROM mart_a", nil, nil, func(row []any) error { got = append(got, row...); return nil })
	if err != nil || len(got) != 2 || got[0] != int64(2) || got[1] != "baru" {
		t.Errorf("rows %v, %v", got, err)
	}
	if err := db.Each(ctx, "SELECT n FROM mart_b", nil, nil, func([]any) error { return nil }); err == nil || !strings.Contains(err.Error(), "does not exist") {
		t.Errorf("a relation that the build has no longer: %v, want an error and no empty answer", err)
	}
	_, err = db.Begin(ctx, buildID(3), []trino.Relation{{Name: "mart_a", Columns: []duck.Column{{Name: "n", Type: "BIGINT"}}}})
	if err == nil || !strings.Contains(err.Error(), "column n is INTEGER, this version of the models makes it BIGINT") {
		t.Errorf("another type: %v", err)
	}
	opt.Catalog = "lain"
	if _, err := trino.Open(ctx, opt); err == nil || !strings.Contains(err.Error(), `no Iceberg catalog "lain"`) {
		t.Errorf("another catalog: %v", err)
	}
}

// After a rollback the build of an older snapshot is made again while its first rows are still there: they count once.
func TestOlderBuildAgain(t *testing.T) {
	ctx := context.Background()
	db := open(t, options(t, trinotest.Start(t), "lagi"))
	for _, n := range []int{1, 2, 1} {
		if err := build(ctx, db, n, quiet); err != nil {
			t.Fatal(err)
		}
		if a, b, rows, err := look(ctx, db); err != nil || a != int64(n) || b != a || rows != 6 {
			t.Errorf("build %d beside %d in %d rows, %v; want %d in 6", a, b, rows, err, n)
		}
	}
}

// childEnv makes the test binary a publisher that somebody kills: schema and number of the build.
const childEnv = "LUMBUNG_TRINO_CHILD"

// TestChild is the publisher of TestKilledPublisher.
func TestChild(t *testing.T) {
	schema, number, ok := strings.Cut(os.Getenv(childEnv), " ")
	if !ok {
		t.Skip("TestKilledPublisher starts this")
	}
	n, err := strconv.Atoi(number)
	if err != nil {
		t.Fatal(err)
	}
	if err := build(context.Background(), open(t, options(t, trinotest.Start(t), schema)), n, func(step string) { fmt.Println("AT", step) }); err != nil {
		t.Fatal(err)
	}
	fmt.Println("AT end")
}

// A publisher dies at random moments. What people read is the old build or, from its switch on, the new one; the next
// publish succeeds, and no object is left that no table needs.
func TestKilledPublisher(t *testing.T) {
	ctx := context.Background()
	e := trinotest.Start(t)
	const schema = "mati"
	opt := options(t, e, schema)
	db := open(t, opt)
	if err := build(ctx, db, 1, quiet); err != nil {
		t.Fatal(err)
	}
	kills := campaign.Rounds(t, "LUMBUNG_KILLS", 4)
	steps := []string{"begin", "fill", "mart_a", "mart_b", "publish"}
	at := map[string]int{}
	for n := 2; n < 2+2*kills; n += 2 {
		step := steps[n/2%len(steps)]
		died := kill(t, schema, n, step)
		at[died]++
		a, b, rows, err := look(ctx, db)
		if err != nil || a != b || rows != 6 || a != int64(n-1) && a != int64(n) {
			t.Fatalf("killed at %s: build %d beside %d in %d rows, %v; want all of %d or %d", died, a, b, rows, err, n-1, n)
		}
		if err := build(ctx, db, n+1, quiet); err != nil {
			t.Fatalf("killed at %s: the next publish: %v", died, err)
		}
		if a, b, rows, err := look(ctx, db); err != nil || a != int64(n+1) || b != a || rows != 6 {
			t.Fatalf("after it: build %d beside %d in %d rows, %v; want %d", a, b, rows, err, n+1)
		}
		noOrphans(t, db, opt)
	}
	t.Logf("killed at %v", at)
}

// own skips a test that starts an engine of its own where none is asked for, or where there is no time for another.
func own(t *testing.T) {
	t.Helper()
	if os.Getenv(trinotest.Env) == "" || testing.Short() {
		t.Skip("no engine of its own is asked for: make test-engine")
	}
}

// retried says how often something failed before it went well, -1 when it did not. Trino finds out about each connection
// that a dead PostgreSQL has left in its pool by a query that fails.
func retried(do func() error) int {
	for n := range 4 {
		if do() == nil {
			return n
		}
	}
	return -1
}

// A part of the engine dies at a random moment of a build: the worker, all of Trino, the catalog's PostgreSQL, the store.
// The build may fail, and says so; once the part is back people read the old build or, from its switch on, the new one,
// the next publish succeeds, and no object is left that no table needs. The first death is that of Trino in the middle
// of a model, after which no build can end well.
func TestKilledParts(t *testing.T) {
	own(t)
	ctx := context.Background()
	e := trinotest.Launch(t, 2)
	opt := options(t, e, "bagian")
	db := open(t, opt)
	if err := build(ctx, db, 1, quiet); err != nil {
		t.Fatal(err)
	}
	parts := []struct {
		name    string
		kill    func()
		restart func(*testing.T)
	}{
		{"Trino", e.Kill, e.Restart},
		{"worker", func() { e.KillNode(1) }, e.Restart},
		{"PostgreSQL", e.Catalog.Kill, e.Catalog.Restart},
		{"store", e.Store.Kill, e.Store.Restart},
	}
	kills := campaign.Rounds(t, "LUMBUNG_KILLS", 4)
	seed := rand.New(rand.NewPCG(20261124, uint64(kills)))
	failed, old := map[string]int{}, 1
	for i := range kills {
		part, step := parts[i%len(parts)], []string{"begin", "fill", "mart_a", "mart_b", "publish"}[seed.IntN(5)]
		n, wait := 2+10*i, time.Duration(seed.IntN(1500))*time.Millisecond
		if i == 0 {
			step, wait = "mart_b", 0
		}
		died := make(chan struct{})
		err := build(ctx, db, n, func(at string) {
			if at == step {
				time.AfterFunc(wait, func() { part.kill(); close(died) })
			}
			if at == step && wait == 0 {
				<-died
			}
		})
		<-died // also when the build was faster
		if err != nil {
			failed[part.name]++
		}
		if i == 0 && (err == nil || !strings.Contains(err.Error(), "model mart_b")) {
			t.Errorf("a build whose engine died: %v", err)
		}
		part.restart(t)
		var a, b, rows int64
		again := retried(func() (err error) { a, b, rows, err = look(ctx, db); return err })
		if again < 0 || a != b || rows != 6 || a != int64(old) && a != int64(n) || err == nil && a != int64(n) {
			t.Fatalf("%s killed %s after %s (%v): build %d beside %d in %d rows; want all of %d or %d", part.name, wait, step, err, a, b, rows, old, n)
		}
		// An attempt may fail after its switch, when it clears what is no longer needed; the next one does that.
		var last error
		old = n
		builds := retried(func() error { old++; last = build(ctx, db, old, quiet); return last })
		if builds < 0 {
			t.Fatalf("%s killed %s after %s: the next publishes: %v", part.name, wait, step, last)
		}
		if a, b, rows, err := look(ctx, db); err != nil || a != int64(old) || b != a || rows != 6 {
			t.Fatalf("after it: build %d beside %d in %d rows, %v; want %d", a, b, rows, err, old)
		}
		noOrphans(t, db, opt)
		t.Logf("kill %d of %d: %s %s after %s: the build ended with %.120v; readers had %d errors, the next publish %d", i+1, kills, part.name, wait, step, err, again, builds)
	}
	t.Logf("%d kills, builds that failed: %v", kills, failed)
}

// The network between the store and both Trino and the publisher refuses, delays, answers 503, loses answers and cuts
// bodies. A build may fail, and says so; people read the old build or, from its switch on, the new one, whole; once the
// network is sound again the next publish succeeds and leaves no object that no table needs.
func TestFaultyStore(t *testing.T) {
	own(t)
	ctx := context.Background()
	faults := s3test.NewFaulty(5)
	opt := options(t, trinotest.LaunchFaulty(t, faults), "jaringan")
	db := open(t, opt)
	if retried(func() error { return build(ctx, db, 1, quiet) }) < 0 {
		t.Fatal("not one of four first builds succeeded")
	}
	builds, failed, last := campaign.Rounds(t, "LUMBUNG_TURNS", 8), 0, 1
	for n := 2; n < 2+builds; n++ {
		err := build(ctx, db, n, quiet)
		if err != nil {
			failed++
		}
		var a, b, rows int64
		if again := retried(func() (err error) { a, b, rows, err = look(ctx, db); return err }); again < 0 {
			t.Fatalf("after build %d (%v) nobody can read", n, err)
		}
		if a != b || rows != 6 || a != int64(last) && a != int64(n) || err == nil && a != int64(n) {
			t.Fatalf("build %d (%v): build %d beside %d in %d rows; want all of %d or %d", n, err, a, b, rows, last, n)
		}
		last = int(a)
	}
	t.Logf("%d of %d builds failed, faults %v", failed, builds, faults.Hits())
	faults.AssertAllCame(t)
	faults.Stop()
	if err := build(ctx, db, 2+builds, quiet); err != nil {
		t.Fatal(err)
	}
	noOrphans(t, db, opt)
}

// kill starts a publisher and kills it a moment after it came to a step; it gives the last step that it reached.
func kill(t *testing.T, schema string, n int, step string) string {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run", "^TestChild$", "-test.v")
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s %d", childEnv, schema, n))
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	var out lines
	out.wait, out.came = step, make(chan struct{})
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case <-out.came:
	case err := <-ended:
		t.Fatalf("the publisher ended before it came to %s: %v\n%s", step, err, out.text())
	}
	select {
	case <-time.After(rand.N(1500 * time.Millisecond)):
		_ = cmd.Process.Kill()
		<-ended
	case <-ended: // it was faster
	}
	all := strings.Split(strings.TrimSpace(out.text()), "AT ")
	last, _, _ := strings.Cut(all[len(all)-1], "\n")
	return last
}

// lines keeps what a process writes and says when a step came.
type lines struct {
	mu   sync.Mutex
	all  strings.Builder
	wait string
	came chan struct{}
	done bool
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all.Write(p)
	if !l.done && strings.Contains(l.all.String(), "AT "+l.wait+"\n") {
		l.done = true
		close(l.came)
	}
	return len(p), nil
}

func (l *lines) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.String()
}

// noOrphans wants nothing below bangun/, and below terbit/ no data file that its table does not list.
func noOrphans(t *testing.T, db *trino.DB, opt trino.Options) {
	t.Helper()
	ctx := context.Background()
	listed := map[string]bool{}
	for table, most := range map[string]int{"isi_mart_a": 2, "isi_mart_b": 2, "penunjuk": 3, "potret": 2} {
		before := len(listed)
		err := db.Each(ctx, `SELECT file_path FROM "`+table+`$files"`, nil, nil, func(row []any) error {
			listed[strings.TrimPrefix(row[0].(string), "s3://"+opt.Bucket+"/")] = true
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if n := len(listed) - before; n > most {
			t.Errorf("%s has %d files, want %d at most", table, n, most)
		}
	}
	seen := 0
	for o := range opt.Store.ListObjects(ctx, opt.Bucket, minio.ListObjectsOptions{Prefix: opt.Prefix + "/", Recursive: true}) {
		if o.Err != nil {
			t.Fatal(o.Err)
		}
		data := strings.HasSuffix(o.Key, ".parquet")
		if strings.HasPrefix(o.Key, opt.Prefix+"/bangun/") || data && !listed[o.Key] {
			t.Errorf("%s is left and belongs to no table", o.Key)
		}
		if data {
			seen++
		}
	}
	if seen != len(listed) || seen < 4 {
		t.Errorf("%d data files there, %d listed", seen, len(listed))
	}
}

// tidied is how often files of a schema's tables were deleted.
func tidied(t *testing.T, db *trino.DB, schema string) (n int64) {
	t.Helper()
	query := fmt.Sprintf(`SELECT count(*) FROM system.runtime.queries WHERE query LIKE 'ALTER TABLE%%"%s"."penunjuk" EXECUTE remove_orphan_files%%' AND state = 'FINISHED'`, schema)
	if err := db.Each(context.Background(), query, nil, nil, func(row []any) error { n, _ = row[0].(int64); return nil }); err != nil {
		t.Fatal(err)
	}
	return n
}

// Files are deleted once some are old enough, and not at every publish.
func TestTidiesWhenDue(t *testing.T) {
	ctx := context.Background()
	opt := options(t, trinotest.Start(t), "rapi")
	opt.MinAge = time.Hour
	db := open(t, opt)
	for n := range 4 {
		if err := build(ctx, db, 1+n, quiet); err != nil {
			t.Fatal(err)
		}
	}
	if n := tidied(t, db, "rapi"); n != 0 {
		t.Errorf("tidied %d times within the hour that files stay", n)
	}
	opt.MinAge = 0
	if err := build(ctx, open(t, opt), 5, quiet); err != nil {
		t.Fatal(err)
	}
	if n := tidied(t, db, "rapi"); n == 0 {
		t.Error("not tidied, although nothing must stay")
	}
	noOrphans(t, db, opt)
}
