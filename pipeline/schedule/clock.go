package schedule

import "time"

// Clock tells the time and waits. The daemon reads time through it only.
type Clock interface {
	Now() time.Time
	NewTimer(d time.Duration) Timer
}

// Timer is the part of time.Timer that the daemon uses.
type Timer interface {
	C() <-chan time.Time
	Stop() bool
}

// SystemClock is the machine's clock.
type SystemClock struct{}

// Now is the wall clock. The monotonic reading is dropped: it stands still
// while the machine sleeps, so differences would leave the night out.
func (SystemClock) Now() time.Time { return time.Now().Round(0) }

// NewTimer waits on the monotonic clock, which stands still in sleep.
func (SystemClock) NewTimer(d time.Duration) Timer { return systemTimer{time.NewTimer(d)} }

type systemTimer struct{ timer *time.Timer }

func (t systemTimer) C() <-chan time.Time { return t.timer.C }
func (t systemTimer) Stop() bool          { return t.timer.Stop() }
