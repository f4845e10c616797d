package main

import (
	"sync"
	"time"

	"lumbung/pipeline/schedule"
)

// swiftClock passes the time of a daemon that sleeps, and stands still while a
// run goes on. The daemon sleeps a minute at most; longer timers watch over a run.
type swiftClock struct {
	mu      sync.Mutex
	now     time.Time
	running int
	frozen  bool
}

const longestSleep = time.Minute

func (c *swiftClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *swiftClock) NewTimer(d time.Duration) schedule.Timer {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := swiftTimer{make(chan time.Time, 1), func() {}}
	switch {
	case d > longestSleep:
		c.running++
		t.stop = func() {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.running--
		}
	case c.running == 0 && !c.frozen:
		c.now = c.now.Add(d)
		t.fires <- c.now
	}
	return t
}

// freeze holds the clock until the next leap.
func (c *swiftClock) freeze() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.frozen = true
}

func (c *swiftClock) leap(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now, c.frozen = c.now.Add(d), false
}

type swiftTimer struct {
	fires chan time.Time
	stop  func()
}

func (t swiftTimer) C() <-chan time.Time { return t.fires }
func (t swiftTimer) Stop() bool          { t.stop(); return true }
