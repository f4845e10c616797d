package schedule

import "time"

// Stuck is how long a daemon that works leaves the clock alone at most: three
// sleeps, which is what slow answers of the ledger may cost.
const Stuck = 3 * wakeEvery

// State is what a daemon knows of itself.
type State struct {
	Turned time.Time // when it last looked at the clock
	Jobs   []JobState
}

// JobState is one job of a daemon.
type JobState struct {
	Name    string    `json:"name"`
	Next    time.Time `json:"next"`
	Running time.Time `json:"running,omitzero"` // the instant whose run goes on
}

// State returns the state after the last waking. It waits for nothing.
func (d *Daemon) State() State { return *d.state.Load() }

// publish makes the state readable; the caller holds the lock.
func (d *Daemon) publish(now time.Time) {
	st := &State{Turned: now}
	for _, e := range d.entries {
		if e.removed {
			continue
		}
		j := JobState{Name: e.job.Name, Next: e.rule.Next(now)}
		if e.active != nil {
			j.Running = e.active.instant
		}
		st.Jobs = append(st.Jobs, j)
	}
	d.state.Store(st)
}
