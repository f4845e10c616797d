package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"lumbung/internal/crash"
	"lumbung/pipeline"
)

// However many shards there are, in whatever order they run, two of them
// twice and three killed while others are at work: what is staged is byte by
// byte what a run decodes by itself, and the run afterwards decodes nothing.
func TestShardsStageWhatARunWould(t *testing.T) {
	bin, landed := program(t), filepath.Join(t.TempDir(), "desa")
	lumbungCmd(t, "init", landed)
	lumbungCmd(t, "stage", "--land", "--project", landed, "--quiet")
	alone := filepath.Join(t.TempDir(), "desa")
	copyTree(t, landed, alone)
	lumbungCmd(t, "run", "--project", alone, "--quiet")
	want := stagedFiles(t, alone, "*")
	for _, n := range []int{1, 4, 16} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "desa")
			copyTree(t, landed, dir)
			stageInShards(t, bin, dir, n)
			lumbungCmd(t, "stage", "--status", "--project", dir)
			if got := stagedFiles(t, dir, "[0-9a-f]*"); !maps.Equal(got, want) {
				t.Errorf("%d staged files, a run makes %d, or they differ", len(got), len(want))
			}
			assertRunDecodesNothing(t, dir)
			if got := stagedFiles(t, dir, "*"); !maps.Equal(got, want) {
				t.Error("the run changed staged files, or left something of the dead shards")
			}
		})
	}
}

// stageInShards runs all shards, two at a time.
func stageInShards(t *testing.T, bin, dir string, n int) {
	t.Helper()
	type job struct {
		shard int
		dieAt crash.Point
	}
	rng := rand.New(rand.NewPCG(campaignSeed, uint64(n)))
	var jobs []job
	for _, point := range []crash.Point{crash.StageWritten, crash.StageRenamed, crash.StageWritten} {
		jobs = append(jobs, job{len(jobs) % n, point})
	}
	for i := range n + 2 {
		jobs = append(jobs, job{shard: i % n})
	}
	dead := len(jobs) - n - 2
	rng.Shuffle(n+2, func(i, j int) { jobs[dead+i], jobs[dead+j] = jobs[dead+j], jobs[dead+i] })
	queue := make(chan job)
	var g sync.WaitGroup
	for range 2 {
		g.Go(func() {
			for j := range queue {
				args := []string{"stage", "--shard", fmt.Sprintf("%d/%d", j.shard, n), "--project", dir, "--quiet"}
				if j.dieAt != "" {
					if !dies(t, bin, args, "LUMBUNG_CRASH="+string(j.dieAt)) {
						t.Errorf("shard %d/%d came never to %s", j.shard, n, j.dieAt)
					}
				} else if out, err := exec.Command(bin, args...).CombinedOutput(); err != nil {
					t.Errorf("shard %d/%d: %v\n%s", j.shard, n, err, out)
				}
			}
		})
	}
	for _, j := range jobs {
		queue <- j
	}
	close(queue)
	g.Wait()
}

// stagedFiles are the files of staged units, by name; units "*" are also those that the dead left unfinished.
func stagedFiles(t *testing.T, dir, units string) map[string]string {
	t.Helper()
	out := map[string]string{}
	names, err := filepath.Glob(filepath.Join(dir, "data", "stage", units, "*"))
	if err != nil || len(names) == 0 {
		t.Fatalf("%d files, %v", len(names), err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		rel, err := filepath.Rel(dir, name)
		if err != nil {
			t.Fatal(err)
		}
		out[rel] = string(text)
	}
	return out
}

func assertRunDecodesNothing(t *testing.T, dir string) {
	t.Helper()
	var res pipeline.Result
	if err := json.Unmarshal([]byte(lumbungCmd(t, "run", "--project", dir, "--json", "--quiet")), &res); err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, st := range res.Steps {
		if st.Name != "stage" {
			continue
		}
		if found++; st.State != "cached" {
			t.Errorf("%s: %s", st.Subject, st.State)
		}
	}
	if res.Outcome != pipeline.Published || found == 0 {
		t.Errorf("%s, %d stage steps", res.Outcome, found)
	}
}
