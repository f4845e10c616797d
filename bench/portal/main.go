// Command portal serves the files of a folder with ETags, as a ministry's portal would, while a command runs, and says
// at the end how it answered. {} in the command is its address.
//
//	portal .cache/bench/L/rilis sh -c 'echo {}'
package main

import (
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
)

// counter is a server that counts its answers by status.
type counter struct {
	dir   string
	mu    sync.Mutex
	count map[int]int
}

func (c *counter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := filepath.Join(c.dir, filepath.Base(r.URL.Path))
	if info, err := os.Stat(name); err == nil {
		w.Header().Set("ETag", fmt.Sprintf(`"%x-%x"`, info.Size(), info.ModTime().Unix()))
	}
	s := &status{w, http.StatusOK}
	http.ServeFile(s, r, name)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.count[s.code]++
}

// status remembers the status of an answer.
type status struct {
	http.ResponseWriter
	code int
}

func (s *status) WriteHeader(code int) {
	s.code = code
	s.ResponseWriter.WriteHeader(code)
}

func main() {
	log.SetFlags(0)
	if len(os.Args) < 3 {
		log.Fatal("portal DIR COMMAND...")
	}
	if err := run(os.Args[1], os.Args[2:]); err != nil {
		log.Fatal(err)
	}
}

func run(dir string, command []string) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	c := &counter{dir: dir, count: map[int]int{}}
	done := make(chan error)
	go func() { done <- http.Serve(l, c) }()
	for i := range command {
		command[i] = strings.ReplaceAll(command[i], "{}", "http://"+l.Addr().String())
	}
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	err = cmd.Run()
	_ = l.Close()
	<-done // its error is that it was closed
	c.mu.Lock()
	defer c.mu.Unlock()
	fmt.Printf("The portal answered %d times 200, %d times 304.\n\n", c.count[200], c.count[304])
	return err
}
