// Command compare runs programs in turn, several rounds, and prints a Markdown table of what each took: medians and
// spread of wall time, CPU time and peak memory of the whole process, as the operating system counts them.
//
//	compare -rounds 5 'ours=rm -rf DIR/data ;; bin/lumbung run ...' 'excelize=bin/bench-excelize FILE'
//
// What stands before ;; is run first and not counted. The first is the yardstick: the others' medians are also given as multiples of its own.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"runtime"
	"sort"
	"strings"
	"syscall"
	"time"
)

type peer struct {
	name           string
	prepare        string // run before each round, not counted
	command        string
	wall, cpu, rss []float64 // seconds, seconds, MiB
}

func main() {
	rounds := flag.Int("rounds", 5, "counted rounds")
	warm := flag.Bool("warm", true, "one round more, at first, that is not counted")
	flag.Parse()
	var peers []*peer
	for _, a := range flag.Args() {
		name, command, ok := strings.Cut(a, "=")
		if !ok {
			log.Fatalf("%q: NAME=COMMAND is wanted", a)
		}
		p := &peer{name: name, command: command}
		if prepare, rest, ok := strings.Cut(command, ";;"); ok {
			p.prepare, p.command = prepare, strings.TrimSpace(rest)
		}
		peers = append(peers, p)
	}
	first := 0
	if *warm {
		first = -1
	}
	for i := first; i < *rounds; i++ {
		for _, p := range peers {
			if err := p.run(i >= 0); err != nil {
				log.Fatalf("%s: %v", p.name, err)
			}
		}
	}
	print(peers, *rounds)
}

func (p *peer) run(count bool) error {
	if out, err := exec.Command("sh", "-c", p.prepare).CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s: %s", err, p.prepare, out)
	}
	cmd := exec.Command("sh", "-c", "exec "+p.command)
	cmd.Stderr = os.Stderr
	start := time.Now()
	if err := cmd.Run(); err != nil {
		return err
	}
	if !count {
		return nil
	}
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	p.wall = append(p.wall, time.Since(start).Seconds())
	p.cpu = append(p.cpu, (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds())
	p.rss = append(p.rss, float64(usage.Maxrss)/1024)
	return nil
}

func print(peers []*peer, rounds int) {
	load, _ := os.ReadFile("/proc/loadavg")
	fmt.Printf("%d rounds in turn, %d cores, load %s, %s\n\n", rounds, runtime.NumCPU(), strings.Join(strings.Fields(string(load))[:1], ""), runtime.Version())
	fmt.Println("| | wall s (min-max) | CPU s (min-max) | peak MiB | wall | CPU |")
	fmt.Println("|---|---|---|---|---|---|")
	for _, p := range peers {
		fmt.Printf("| %s | %s | %s | %.0f | %.1fx | %.1fx |\n", p.name, spread(p.wall), spread(p.cpu), median(p.rss),
			median(p.wall)/median(peers[0].wall), median(p.cpu)/median(peers[0].cpu))
	}
	fmt.Println()
}

func median(v []float64) float64 {
	s := append([]float64(nil), v...)
	sort.Float64s(s)
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}

func spread(v []float64) string {
	s := append([]float64(nil), v...)
	sort.Float64s(s)
	return fmt.Sprintf("%.2f (%.2f-%.2f)", median(v), s[0], s[len(s)-1])
}
