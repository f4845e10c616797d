// Command latency starts a server, asks it the same thing again and again, one request after the other, and prints the
// median and the 99th percentile of how long answers took, and the server's CPU time for each, all in milliseconds.
//
//	latency -n 1000 -path /unduh/64.02/tren.json bin/lumbung serve --project DIR --listen 127.0.0.1:0
//
// The server's first line of output is its address.
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"
)

// warm is how many answers are not counted.
const warm = 50

func main() {
	n := flag.Int("n", 1000, "requests, after some that are not counted")
	path := flag.String("path", "/", "what to ask for")
	flag.Parse()
	if err := run(*n, *path, flag.Args()); err != nil {
		log.Fatal(err)
	}
}

func run(n int, path string, command []string) error {
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	var took []time.Duration
	var size int
	line, err := bufio.NewReader(out).ReadString('\n')
	if err == nil {
		took, size, err = ask(strings.TrimSuffix(strings.TrimSpace(line), "/")+path, n)
	}
	if err = errors.Join(err, cmd.Process.Signal(syscall.SIGTERM), cmd.Wait()); err != nil {
		return fmt.Errorf("%v: %w", command, err)
	}
	cpu := (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()) / time.Duration(n+warm)
	fmt.Printf("| lumbung serve, %s, %d bytes | %.1f | %.1f | %.1f |\n", path, size, ms(took[n/2]), ms(took[n*99/100]), ms(cpu))
	return nil
}

// ask returns the times of n answers, shortest first, and the bytes of one.
func ask(url string, n int) (took []time.Duration, size int, err error) {
	for i := range warm + n {
		start := time.Now()
		res, err := http.Get(url)
		if err != nil {
			return nil, 0, err
		}
		body, err := io.ReadAll(res.Body)
		if err = errors.Join(err, res.Body.Close()); err != nil {
			return nil, 0, err
		}
		if res.StatusCode != http.StatusOK {
			return nil, 0, fmt.Errorf("%s: %s: %.200s", url, res.Status, body)
		}
		if size = len(body); i >= warm {
			took = append(took, time.Since(start))
		}
	}
	slices.Sort(took)
	return took, size, nil
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
