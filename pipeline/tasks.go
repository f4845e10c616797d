package pipeline

import (
	"context"
	"errors"

	"golang.org/x/sync/errgroup"
)

// task is a piece of work of a build.
type task struct {
	name  string
	after []string // tasks that must be done first; a name that is no task's waits for nothing
	do    func(context.Context) error
}

// doAll does tasks, at most so many beside one another, until one fails. Of those that nothing holds up the first in the
// list begins.
func doAll(ctx context.Context, atOnce int, tasks []task) error {
	waits, then := make([]int, len(tasks)), make([][]int, len(tasks))
	at := map[string]int{}
	for i, t := range tasks {
		at[t.name] = i
	}
	for i, t := range tasks {
		for _, name := range t.after {
			if j, ok := at[name]; ok {
				waits[i]++
				then[j] = append(then[j], i)
			}
		}
	}
	g, ctx := errgroup.WithContext(ctx)
	done := make(chan int)
	begun := make([]bool, len(tasks))
	for running, left := 0, len(tasks); left > 0; left-- {
		for i := 0; i < len(tasks) && running < atOnce; i++ {
			if begun[i] || waits[i] > 0 {
				continue
			}
			begun[i] = true
			running++
			g.Go(func() error {
				if err := tasks[i].do(ctx); err != nil {
					return err
				}
				select {
				case done <- i:
				case <-ctx.Done():
				}
				return nil
			})
		}
		if running == 0 {
			return errors.New("tasks wait for one another") // models in a circle are refused before
		}
		select {
		case i := <-done:
			running--
			for _, next := range then[i] {
				waits[next]--
			}
		case <-ctx.Done():
			if err := g.Wait(); err != nil {
				return err
			}
			return context.Cause(ctx)
		}
	}
	return g.Wait()
}
