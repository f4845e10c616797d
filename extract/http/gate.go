package http

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// gate holds requests to one host back: by number at once, by rate, and until an instant that the host asked for.
type gate struct {
	slots   chan struct{}
	limiter *rate.Limiter
	until   time.Time // guarded by Limits.mu
}

// Limits are the gates of hosts. Clients that share one keep the limits per
// host together; the client that first asks a host sets them.
type Limits struct {
	mu    sync.Mutex
	gates map[string]*gate
}

// NewLimits makes limits for clients to share.
func NewLimits() *Limits { return &Limits{gates: map[string]*gate{}} }

func (c *Client) gateOf(host string) *gate {
	c.limits.mu.Lock()
	defer c.limits.mu.Unlock()
	g, ok := c.limits.gates[host]
	if !ok {
		limit := rate.Inf
		if c.options.RatePerHost > 0 {
			limit = rate.Limit(c.options.RatePerHost)
		}
		g = &gate{slots: make(chan struct{}, c.options.ConcurrencyPerHost), limiter: rate.NewLimiter(limit, 1)}
		c.limits.gates[host] = g
	}
	return g
}

// enter waits for a place; leave gives it back.
func (c *Client) enter(ctx context.Context, host string) (leave func(), err error) {
	g := c.gateOf(host)
	select {
	case g.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if err := c.options.Clock.Wait(ctx, c.delay(g)); err != nil {
		<-g.slots
		return nil, err
	}
	return func() { <-g.slots }, nil
}

func (c *Client) delay(g *gate) time.Duration {
	now := c.options.Clock.Now()
	wait := g.limiter.ReserveN(now, 1).DelayFrom(now)
	c.limits.mu.Lock()
	defer c.limits.mu.Unlock()
	return max(wait, g.until.Sub(now))
}

// hold keeps all requests to a host back that asked for it by Retry-After.
func (c *Client) hold(host string, d time.Duration) {
	g := c.gateOf(host)
	c.limits.mu.Lock()
	defer c.limits.mu.Unlock()
	if until := c.options.Clock.Now().Add(d); until.After(g.until) {
		g.until = until
	}
}
