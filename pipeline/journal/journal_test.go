package journal

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestJournal(t *testing.T) {
	data := t.TempDir()
	j, err := Create(data, "r000007")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 24, 2, 10, 0, 0, time.UTC)
	j.Add(Event{Time: at, Event: "run-begin", Trigger: "schedule"})
	var steps sync.WaitGroup
	for range 20 {
		steps.Go(func() {
			j.Add(Event{Time: at, Event: "step", Name: "stage", Subject: "a\nb\x1b[31m", State: "ok", Rows: 7})
		})
	}
	steps.Wait()
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	path, _ := Path(data, "r000007")
	b, err := os.ReadFile(path)
	if err != nil || strings.Count(string(b), "\n") != 21 || strings.ContainsRune(string(b), '\x1b') {
		t.Errorf("one line an event, no control characters: %q (%v)", b, err)
	}
	if err := os.WriteFile(path, append(b, `{"time":"20`...), 0o644); err != nil { // a process that died in a write
		t.Fatal(err)
	}
	events, err := Read(data, "r000007")
	if err != nil || len(events) != 21 {
		t.Fatalf("%d events (%v)", len(events), err)
	}
	seen := map[int]bool{}
	for _, e := range events[1:] {
		seen[e.Step] = true
		if e.Run != "r000007" || e.Subject != "a\nb\x1b[31m" {
			t.Errorf("%+v", e)
		}
	}
	if len(seen) != 20 || !seen[1] || !seen[20] {
		t.Errorf("steps are not numbered 1 to 20: %v", seen)
	}
}

func TestPrune(t *testing.T) {
	data := t.TempDir()
	for _, run := range []string{"r000009", "r000010", "r999999", "r1000000"} {
		j, err := Create(data, run)
		if err != nil {
			t.Fatal(err)
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
	}
	foreign := filepath.Join(data, Dir, "catatan.txt")
	if err := os.WriteFile(foreign, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := Prune(data, 2, map[string]bool{"r000009": true}); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(filepath.Join(data, Dir))
	if err != nil || len(left) != 4 || left[1].Name() != "r000009.jsonl" || left[2].Name() != "r1000000.jsonl" || left[3].Name() != "r999999.jsonl" {
		t.Errorf("left are %v (%v), want the two youngest, the named one and the foreign file", left, err)
	}
	for _, id := range []string{"", "../r1", "r1/../../x", "R1", "r"} {
		if _, err := Read(data, id); err == nil {
			t.Errorf("%q was taken for a run", id)
		}
	}
	if _, err := Read(data, "r000001"); err == nil {
		t.Error("a missing journal was read")
	}
}
