// Package journal keeps what happened in each run as lines of JSON, one file a run, for people and for log shippers.
package journal

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// Dir is where the files lie, under the data directory.
const Dir = "logs"

// Event is one line.
type Event struct {
	Time  time.Time `json:"time"`
	Run   string    `json:"run"`
	Event string    `json:"event"`          // run-begin, step, run-end
	Step  int       `json:"step,omitempty"` // its number in the run, from 1

	Name     string     `json:"name,omitempty"` // of a step: extract, stage, model ...
	Subject  string     `json:"subject,omitempty"`
	State    string     `json:"state,omitempty"` // of a step; of a run its outcome
	Started  *time.Time `json:"started,omitempty"`
	Seconds  float64    `json:"seconds,omitempty"`
	Rows     int64      `json:"rows,omitempty"`
	Bytes    int64      `json:"bytes,omitempty"`
	Trigger  string     `json:"trigger,omitempty"`
	Snapshot string     `json:"snapshot,omitempty"`
	Error    string     `json:"error,omitempty"`
}

// Journal is the open file of one run. Its methods may be called by several goroutines.
type Journal struct {
	run  string
	file *os.File

	mu    sync.Mutex
	steps int
	err   error // the first; what follows it is lost
}

var runID = regexp.MustCompile(`^r[0-9]+$`)

// Path is the file of a run. The error is for what is no run's id.
func Path(data, run string) (string, error) {
	if !runID.MatchString(run) {
		return "", fmt.Errorf("run %q: an id such as r000012 is wanted; `lumbung runs` lists them", run)
	}
	return filepath.Join(data, Dir, run+".jsonl"), nil
}

// Create opens the journal of a new run.
func Create(data, run string) (*Journal, error) {
	path, err := Path(data, run)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	return &Journal{run: run, file: f}, nil
}

// Add writes one event. A journal that cannot be written does not stop the
// run; Close says so.
func (j *Journal) Add(e Event) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.err != nil {
		return
	}
	e.Run = j.run
	if e.Event == "step" {
		j.steps++
		e.Step = j.steps
	}
	line, err := json.Marshal(e)
	if err == nil {
		_, err = j.file.Write(append(line, '\n'))
	}
	j.err = err
}

// Close closes the file and returns the first error of all that was written.
func (j *Journal) Close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := errors.Join(j.err, j.file.Close()); err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	return nil
}

// Read returns the events of a run. A last line that a dying process cut is left out.
func Read(data, run string) ([]Event, error) {
	path, err := Path(data, run)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("run %s: no journal: there was no such run, or retention has removed it: %w", run, fs.ErrNotExist)
	}
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	defer func() { _ = f.Close() }()
	var out []Event
	lines := bufio.NewReader(f)
	for n := 1; ; n++ {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return out, nil // what follows the last newline is no event
		}
		if err != nil {
			return nil, fmt.Errorf("journal: %w", err)
		}
		var e Event
		if err := json.Unmarshal(line, &e); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, n, err)
		}
		out = append(out, e)
	}
}

// Prune removes all journals but the youngest few and those of the named runs.
func Prune(data string, youngest int, also map[string]bool) error {
	files, err := os.ReadDir(filepath.Join(data, Dir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	var runs []string
	for _, f := range files {
		if run, ok := strings.CutSuffix(f.Name(), ".jsonl"); ok && runID.MatchString(run) {
			runs = append(runs, run)
		}
	}
	slices.SortFunc(runs, func(a, b string) int { // by number: r999999 is before r1000000
		return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
	})
	for _, run := range runs[:max(0, len(runs)-youngest)] {
		if also[run] {
			continue
		}
		if err := os.Remove(filepath.Join(data, Dir, run+".jsonl")); err != nil {
			return fmt.Errorf("journal: %w", err)
		}
	}
	return nil
}
