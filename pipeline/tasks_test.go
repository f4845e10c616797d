package pipeline

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
)

// Random graphs: each task comes after what it waits for, never more than the limit at once, and none waits for a
// neighbour that it has no need of.
func TestTasksInOrder(t *testing.T) {
	for seed := range uint64(200) {
		rnd := rand.New(rand.NewPCG(seed, 0))
		atOnce, n := 1+rnd.IntN(4), 1+rnd.IntN(30)
		var mu sync.Mutex
		done, running := map[string]bool{}, 0
		var tasks []task
		for i := range n {
			after := []string{"not a task"}
			for j := range i {
				if rnd.IntN(5) == 0 {
					after = append(after, fmt.Sprint(j))
				}
			}
			name := fmt.Sprint(i)
			tasks = append(tasks, task{name, after, func(context.Context) error {
				mu.Lock()
				running++
				for _, a := range after[1:] {
					if !done[a] {
						t.Errorf("seed %d: %s before %s", seed, name, a)
					}
				}
				if running > atOnce {
					t.Errorf("seed %d: %d at once, %d allowed", seed, running, atOnce)
				}
				mu.Unlock()
				mu.Lock()
				defer mu.Unlock()
				running--
				done[name] = true
				return nil
			}})
		}
		rnd.Shuffle(n, func(i, j int) { tasks[i], tasks[j] = tasks[j], tasks[i] })
		if err := doAll(context.Background(), atOnce, tasks); err != nil || len(done) != n {
			t.Fatalf("seed %d: %d of %d done, %v", seed, len(done), n, err)
		}
	}
}

// What is ready is not held up by a task that waits: "slow" ends only when "free", far behind it in the list, was done.
func TestTaskThatIsReadyBegins(t *testing.T) {
	free := make(chan struct{})
	nothing := func(context.Context) error { return nil }
	err := doAll(context.Background(), 2, []task{
		{"slow", nil, func(ctx context.Context) error {
			select {
			case <-free:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}},
		{"waits", []string{"slow"}, nothing},
		{"waits too", []string{"slow"}, nothing},
		{"free", nil, func(context.Context) error { close(free); return nil }},
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestTaskThatFails(t *testing.T) {
	broken := errors.New("broken")
	var begun []string
	err := doAll(context.Background(), 1, []task{
		{"a", nil, func(context.Context) error { begun = append(begun, "a"); return nil }},
		{"b", []string{"a"}, func(context.Context) error { begun = append(begun, "b"); return broken }},
		{"c", []string{"b"}, func(context.Context) error { begun = append(begun, "c"); return nil }},
	})
	if !errors.Is(err, broken) || !slices.Equal(begun, []string{"a", "b"}) {
		t.Errorf("%v after %v, want the error of b after a and b", err, begun)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	err = doAll(ctx, 1, []task{{"a", nil, func(ctx context.Context) error { return ctx.Err() }}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled build: %v", err)
	}
	circle := []task{{"a", []string{"b"}, nil}, {"b", []string{"a"}, nil}}
	if err := doAll(context.Background(), 1, circle); err == nil || !strings.Contains(err.Error(), "wait for one another") {
		t.Errorf("a circle: %v", err)
	}
}
