package web

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// soakPages are what readers ask for: every view, and the heavy ones.
var soakPages = []string{"/64.02", "/64.02/perpindahan", "/64.02/kecamatan", "/64.02/program", "/64.02.08.2009", "/64.02.08.2009/indikator", "/cocokkan", "/mutu",
	"/asal/mart_tren_status/64.02/2019/tertinggal", "/asal/mart_transisi/64.02/2023/2024/berkembang/maju", "/unduh/64.02/tren.csv", "/unduh/64.02/rekap.xlsx"}

// Readers ask for all pages while snapshots switch under them: every answer is
// whole, of one snapshot, and neither memory nor open files grow. LUMBUNG_SOAK=60s goes on for so long; without, for a few rounds.
func TestReadersForAWhileLeaveNothingBehind(t *testing.T) {
	dataDir, first, next := second(t)
	point(t, dataDir, first)
	now := &clock{now: time.Now()}
	s := dashboard(t, dataDir, func(o *Options) { o.Clock = now.Now })
	h := s.Handler()
	switches, asked := 0, atomic.Int64{}
	round := func() {
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				for _, path := range soakPages {
					res, body := get(t, h, path)
					asked.Add(1)
					if res.StatusCode != 200 {
						t.Errorf("%s: %s", path, res.Status)
					} else if strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") && strings.Contains(body, first) && strings.Contains(body, next) {
						t.Errorf("%s shows two snapshots", path)
					}
				}
			})
		}
		switches++
		point(t, dataDir, []string{first, next}[switches%2])
		now.add(pollEvery)
		wg.Wait()
	}
	for range 3 { // caches fill
		round()
	}
	start := footprintNow(t)
	long, err := time.ParseDuration(os.Getenv("LUMBUNG_SOAK"))
	if err != nil {
		long = 0
	}
	deadline := time.Now().Add(long)
	for i := 0; i < 4 || time.Now().Before(deadline); i++ {
		round()
	}
	end := footprintNow(t)
	t.Logf("%d answers, %d switches; at first %v, at last %v", asked.Load(), switches, start, end)
	const heapMore, residentMore = 16 << 20, 96 << 20 // DuckDB keeps what it has once used
	if end.heap > start.heap+heapMore || end.resident > start.resident+residentMore || end.files > start.files+4 || end.goroutines > start.goroutines+4 {
		t.Errorf("grew from %v to %v", start, end)
	}
}

// footprint is what a process holds.
type footprint struct {
	heap, resident    uint64 // bytes
	files, goroutines int
}

func (f footprint) String() string {
	return fmt.Sprintf("%d MiB heap, %d MiB resident, %d files, %d goroutines", f.heap>>20, f.resident>>20, f.files, f.goroutines)
}

func footprintNow(t *testing.T) (f footprint) {
	t.Helper()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	f.heap, f.goroutines = m.HeapAlloc, runtime.NumGoroutine()
	status, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Skip("no /proc on this system")
	}
	var pages, resident uint64
	if _, err := fmt.Sscan(string(status), &pages, &resident); err != nil {
		t.Fatal(err)
	}
	f.resident = resident * uint64(os.Getpagesize())
	open, err := filepath.Glob("/proc/self/fd/*")
	if err != nil {
		t.Fatal(err)
	}
	f.files = len(open)
	return f
}
