package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"
)

// campaignSeed is where every random choice of the campaigns comes from,
// together with the number of the round: a round can be repeated alone.
const campaignSeed = 20261124

// figures are what a round counts, by name.
type figures map[string]int

// campaign is a test that can be made as long as one likes. `make test` runs a
// short form; with LUMBUNG_CAMPAIGN=DIR it goes on where it stood when it was
// last stopped, and LUMBUNG_MINUTES bounds how long it runs this time.
type campaign struct {
	name   string
	total  int
	beside int // rounds at the same time
}

// state is how far a campaign has come.
type state struct {
	Seed    uint64  `json:"seed"`
	Done    int     `json:"done"`
	Figures figures `json:"figures"`
	Seconds float64 `json:"seconds"`
}

// run runs the rounds that are left, logs the figures of all and returns them.
func (c campaign) run(t *testing.T, round func(t *testing.T, i int) figures) figures {
	t.Helper()
	st, until := c.load(t), deadline(t)
	start, before := time.Now(), st.Seconds
	for st.Done < c.total && !t.Failed() && (until.IsZero() || time.Now().Before(until)) {
		n := min(max(1, c.beside), c.total-st.Done)
		var mu sync.Mutex
		t.Run(strconv.Itoa(st.Done), func(t *testing.T) {
			for i := st.Done; i < st.Done+n; i++ {
				t.Run(fmt.Sprintf("round %d", i), func(t *testing.T) {
					if n > 1 {
						t.Parallel()
					}
					got := round(t, i)
					mu.Lock()
					defer mu.Unlock()
					for name, count := range got {
						st.Figures[name] += count
					}
				})
			}
		})
		if t.Failed() {
			break
		}
		st.Done += n
		st.Seconds = before + time.Since(start).Seconds()
		c.save(t, st)
	}
	t.Logf("campaign %s: seed %d, %d of %d rounds, %.0f s", c.name, st.Seed, st.Done, c.total, st.Seconds)
	for _, name := range slices.Sorted(maps.Keys(st.Figures)) {
		t.Logf("campaign %s: %s: %d", c.name, name, st.Figures[name])
	}
	return st.Figures
}

// file is where the state is kept, "" for nowhere.
func (c campaign) file() string {
	dir := os.Getenv("LUMBUNG_CAMPAIGN")
	if dir == "" {
		return ""
	}
	return filepath.Join(dir, c.name+".json")
}

func (c campaign) load(t *testing.T) state {
	t.Helper()
	st := state{Seed: campaignSeed, Figures: figures{}}
	if c.file() == "" {
		return st
	}
	text, err := os.ReadFile(c.file())
	if errors.Is(err, fs.ErrNotExist) {
		return st
	}
	if err == nil {
		err = json.Unmarshal(text, &st)
	}
	if err != nil {
		t.Fatal(err)
	}
	if st.Seed != campaignSeed {
		t.Fatalf("%s is of seed %d: remove it to begin again", c.file(), st.Seed)
	}
	return st
}

func (c campaign) save(t *testing.T, st state) {
	t.Helper()
	if c.file() == "" {
		return
	}
	text, err := json.Marshal(st)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(c.file()), 0o755)
	}
	if err == nil {
		err = os.WriteFile(c.file()+".new", text, 0o644)
	}
	if err == nil {
		err = os.Rename(c.file()+".new", c.file())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// size is how many rounds to run: the short form unless the environment says.
func size(t *testing.T, env string, short int) int {
	t.Helper()
	text := os.Getenv(env)
	if text == "" {
		return short
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("%s=%s is not a number of rounds", env, text)
	}
	return n
}

func deadline(t *testing.T) time.Time {
	t.Helper()
	text := os.Getenv("LUMBUNG_MINUTES")
	if text == "" {
		return time.Time{}
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatalf("LUMBUNG_MINUTES=%s: %v", text, err)
	}
	return time.Now().Add(time.Duration(n * float64(time.Minute)))
}

// one counts a yes.
func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}
