package web

import (
	"context"
	"errors"
)

// errBusy means that the queue before a gate is full.
var errBusy = errors.New("too many requests wait for the same kind of query; try again shortly")

// gate lets a few requests in at a time and a few more wait.
type gate struct {
	inside  chan struct{}
	waiting chan struct{}
}

func newGate(inside, waiting int) *gate {
	return &gate{make(chan struct{}, inside), make(chan struct{}, inside+waiting)}
}

// enter waits for a place; leave gives it back. It is errBusy when the queue is full.
func (g *gate) enter(ctx context.Context) (leave func(), err error) {
	select {
	case g.waiting <- struct{}{}:
	default:
		return nil, errBusy
	}
	select {
	case g.inside <- struct{}{}:
		return func() { <-g.inside; <-g.waiting }, nil
	case <-ctx.Done():
		<-g.waiting
		return nil, ctx.Err()
	}
}
