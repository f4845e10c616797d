// Command profile runs a project once, from nothing or with -keep on what it has, and writes a CPU and a heap profile of the run.
//
//	profile -project .cache/bench/L -cpu cpu.pprof -heap heap.pprof
//
// What DuckDB does shows up as one cgo call; the steps' times and what the peak of memory was when each ended, which it
// prints, divide that further. The CPU time of a step is what the process took since another step had ended: right where
// one comes after the other, as models, audits and exports do with -threads 1; of stage only the sum means something.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"runtime/pprof"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"lumbung/pipeline"
)

func main() {
	project := flag.String("project", ".", "project to run; its data folder is deleted first")
	keep := flag.Bool("keep", false, "leave the data folder: the run of one more release")
	cpu := flag.String("cpu", "cpu.pprof", "file for the CPU profile")
	heap := flag.String("heap", "", "file for the profile of all allocations")
	threads := flag.Int("threads", 1, "how many models and exports may run beside one another; 0 for what lumbung.yaml says")
	flag.Parse()
	if err := run(*project, *cpu, *heap, *threads, *keep); err != nil {
		log.Fatal(err)
	}
}

func run(project, cpu, heap string, threads int, keep bool) error {
	if !keep {
		if err := os.RemoveAll(filepath.Join(project, "data")); err != nil {
			return err
		}
	}
	f, err := os.Create(cpu)
	if err != nil {
		return err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return err
	}
	ctx := context.Background()
	p, err := pipeline.Open(ctx, project, time.Now)
	if err != nil {
		return err
	}
	if threads > 0 {
		p.Config.DuckDB.Threads = threads
	}
	start := time.Now()
	peaks := &peaks{at: map[string]string{}, cpu: map[string]float64{}, last: cpuSeconds()}
	res, err := p.Run(ctx, pipeline.Options{Report: peaks})
	if err != nil {
		return err
	}
	pprof.StopCPUProfile()
	fmt.Printf("%s in %.2f s\n", res.Outcome, time.Since(start).Seconds())
	slices.SortFunc(res.Steps, func(a, b pipeline.Step) int { return int((b.Seconds - a.Seconds) * 1e6) })
	sum := map[string]float64{}
	for _, s := range res.Steps {
		sum[s.Name] += s.Seconds
	}
	for _, s := range res.Steps[:min(60, len(res.Steps))] {
		fmt.Printf("  %-8s %-28s %6.2f s, CPU %5.2f s  %8d rows  peak then %s\n", s.Name, s.Subject, s.Seconds, peaks.cpu[s.Name+" "+s.Subject], s.Rows, peaks.at[s.Name+s.Subject])
	}
	for _, name := range []string{"extract", "stage", "load", "model", "audit", "export", "publish"} {
		fmt.Printf("  all %-8s %6.2f s, CPU %5.2f s\n", name, sum[name], peaks.cpu[name])
	}
	fmt.Printf("  all together CPU %5.2f s\n", cpuSeconds())
	if heap == "" {
		return p.Close()
	}
	h, err := os.Create(heap)
	if err != nil {
		return err
	}
	if err := pprof.Lookup("allocs").WriteTo(h, 0); err != nil {
		return err
	}
	return p.Close()
}

// peaks notes the peak of the process' memory at the end of each step and the CPU time since the last, and shows no progress.
type peaks struct {
	mu   sync.Mutex
	at   map[string]string
	cpu  map[string]float64 // by name, and by name and subject
	last float64
}

func (*peaks) Begin(step, subject, unit string, total int64) {}
func (*peaks) Progress(step, subject string, done int64)     {}

func (p *peaks) End(s pipeline.Step) {
	status, _ := os.ReadFile("/proc/self/status") // "" where the system has no such file
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	line, _, _ := strings.Cut(after, "\n")
	p.mu.Lock()
	defer p.mu.Unlock()
	p.at[s.Name+s.Subject] = strings.TrimSpace(line)
	now := cpuSeconds()
	p.cpu[s.Name] += now - p.last
	p.cpu[s.Name+" "+s.Subject] += now - p.last
	p.last = now
}

// cpuSeconds is what the process has taken so far.
func cpuSeconds() float64 {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // zeros where it fails, which shows
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}
