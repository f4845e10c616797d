package web

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"lumbung/answer/web/kalimat"
	"lumbung/load/snapshot"
)

// clock is a time that a test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// second publishes another snapshot into a copy of the project and gives both ids.
func second(t *testing.T) (dataDir, first, next string) {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"contracts", "rilis", "rumusan", "indikator", "wilayah", "kegiatan", "klaim"} {
		if err := os.CopyFS(filepath.Join(dir, name), os.DirFS(filepath.Join(project.dir, name))); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(filepath.Join(project.dir, "lumbung.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "lumbung.yaml"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	if next, err = run(t.Context(), dir, true); err != nil {
		t.Fatal(err)
	}
	dataDir = filepath.Join(dir, "data")
	if err := os.CopyFS(filepath.Join(dataDir, "snapshots"), onlyDir(project.dataDir, project.id)); err != nil {
		t.Fatal(err)
	}
	return dataDir, project.id, next
}

func point(t *testing.T, dataDir, id string) {
	t.Helper()
	if err := os.Symlink("snapshots/"+id, filepath.Join(dataDir, ".next")); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(dataDir, ".next"), filepath.Join(dataDir, "current")); err != nil {
		t.Fatal(err)
	}
}

func TestANewSnapshotIsShownAndTheOldOneClosedAfterItsLastRequest(t *testing.T) {
	dataDir, first, next := second(t)
	point(t, dataDir, first)
	now := &clock{now: time.Now()}
	s := dashboard(t, dataDir, func(o *Options) { o.Clock = now.Now })
	h := s.Handler()
	if body := pageAt(t, h, "/sehat"); !strings.Contains(body, first) {
		t.Fatalf("at first: %s", body)
	}
	old, err := s.snaps.take(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	point(t, dataDir, next)
	if body := pageAt(t, h, "/sehat"); !strings.Contains(body, first) {
		t.Errorf("within the second: %s", body)
	}
	now.add(pollEvery)
	if body := pageAt(t, h, "/sehat"); !strings.Contains(body, next) {
		t.Errorf("after a second: %s", body)
	}
	if _, _, err := old.DB.Query(t.Context(), 1, "SELECT 1"); err != nil {
		t.Errorf("a request under way lost its snapshot: %v", err)
	}
	if err := old.done(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := old.DB.Query(t.Context(), 1, "SELECT 1"); err == nil {
		t.Error("the old snapshot is open after its last request")
	}
	pinned := pageAt(t, h, "/64.02?potret="+first)
	if !strings.Contains(pinned, "memakai potret lama") || !strings.Contains(pinned, "?potret="+first) {
		t.Error("a pinned page does not say so, or its links do not keep the pin")
	}
}

func TestADamagedSnapshotLeavesTheLastGoodOneInPlace(t *testing.T) {
	dataDir, first, next := second(t)
	damage(t, dataDir, next)
	for name, startsOn := range map[string]string{"while serving": first, "from the start": next} {
		t.Run(name, func(t *testing.T) {
			point(t, dataDir, startsOn)
			now := &clock{now: time.Now()}
			h := dashboard(t, dataDir, func(o *Options) { o.Clock = now.Now }).Handler()
			pageAt(t, h, "/sehat")
			point(t, dataDir, next)
			now.add(pollEvery)
			body := text(pageAt(t, h, "/64.02"))
			if !strings.Contains(body, "Potret terbaru rusak; halaman ini memakai potret "+first) || !strings.Contains(body, "turun dari 53 (2019) menjadi 21 (2020)") {
				t.Errorf("%.400s", body)
			}
			if health := pageAt(t, h, "/sehat"); !strings.Contains(health, "damaged") || !strings.Contains(health, first) {
				t.Errorf("health: %s", health)
			}
		})
	}
	damage(t, dataDir, first)
	h := dashboard(t, dataDir, nil).Handler()
	if res, body := get(t, h, "/64.02"); res.StatusCode != 503 || !strings.Contains(body, "Potret data rusak; lihat `lumbung verify`") {
		t.Errorf("nothing whole: %s %.200s", res.Status, text(body))
	}
}

// damage flips one bit in the middle of a snapshot's warehouse.
func damage(t *testing.T, dataDir, id string) {
	t.Helper()
	name := filepath.Join(dataDir, "snapshots", id, snapshot.Warehouse)
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 1
	if err := os.Chmod(name, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestWithoutASnapshotThePageSaysWhatToDo(t *testing.T) {
	dir := t.TempDir()
	now := &clock{now: time.Now()}
	h := dashboard(t, dir, func(o *Options) { o.Clock = now.Now }).Handler()
	for path, want := range map[string]string{"/": "Belum ada data. Jalankan `lumbung run`, lalu muat ulang.", "/en/64.02": "No data yet. Run `lumbung run`, then reload."} {
		if res, body := get(t, h, path); res.StatusCode != 503 || !strings.Contains(body, want) {
			t.Errorf("%s: %s %.200s", path, res.Status, text(body))
		} else {
			checkHeaders(t, path, res.Header)
		}
	}
	if res, _ := get(t, h, "/sehat"); res.StatusCode != 503 {
		t.Errorf("health: %s", res.Status)
	}
	filled := copyProject(t)
	if err := os.Rename(filepath.Join(filled, "snapshots"), filepath.Join(dir, "snapshots")); err != nil {
		t.Fatal(err)
	}
	point(t, dir, project.id)
	now.add(pollEvery)
	pageAt(t, h, "/64.02")
}

func TestARefusedRunIsOnEveryPage(t *testing.T) {
	at := time.Date(2026, 11, 24, 2, 10, 0, 0, time.FixedZone("", 8*3600))
	h := dashboard(t, project.dataDir, func(o *Options) {
		o.Runs = func(context.Context) ([]Run, error) {
			return []Run{{ID: "r9", Outcome: "running", Started: at.Add(time.Hour)}, {ID: "r8", Outcome: "refused", Started: at}}, nil
		}
	}).Handler()
	for _, path := range []string{"/64.02", "/mutu", "/64.02.08.2009", "/asal/mart_tren_status/64.02/2019/tertinggal"} {
		if body := text(pageAt(t, h, path)); !strings.Contains(body, "Pembaruan 24 November 2026 ditolak audit; halaman ini memakai data") {
			t.Errorf("%s does not say that the run was refused", path)
		}
	}
}

func TestManyReadersWhileSnapshotsChange(t *testing.T) {
	dataDir, first, next := second(t)
	point(t, dataDir, first)
	now := &clock{now: time.Now()}
	s := dashboard(t, dataDir, func(o *Options) { o.Clock = now.Now })
	h := s.Handler()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 25 {
				if res, body := get(t, h, "/asal/mart_tren_status/64.02/2019/tertinggal"); res.StatusCode != 200 || !strings.Contains(body, "<b>53</b>") {
					t.Errorf("%s", res.Status)
				}
			}
		})
	}
	for i := range 10 {
		point(t, dataDir, []string{first, next}[i%2])
		now.add(pollEvery)
	}
	wg.Wait()
}

// A release that is an older copy says whether the newer one could not be fetched, or which rule refused it.
func TestOlderCopiesSayWhy(t *testing.T) {
	d := dashboard(t, project.dataDir, nil)
	st, err := d.snaps.take(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = st.done() }()
	kept := st.Snap.Manifest.Inputs
	defer func() { st.Snap.Manifest.Inputs = kept }()
	st.Snap.Manifest.Inputs = []snapshot.Input{{Sumber: "a", Rilis: "a-2024@1"}, {Sumber: "b", Rilis: "b-2024@1", Stale: true}, {Sumber: "c", Rilis: "c-2024@1", Stale: true, Refused: "menyusut"}}
	want := []string{"Sumber b gagal diambil; rilis b-2024@1 adalah salinan lama", "Isi baru dari sumber c ditolak (aturan menyusut); rilis c-2024@1 adalah salinan lama"}
	if got := d.warnings(&page{Lang: kalimat.ID}, &request{state: st}); !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}
