package http

import (
	"slices"
	"strings"
	"sync"
	"time"
)

// BreakerState is what a run hands to the next one about a source that fails.
type BreakerState struct {
	Source    string    `json:"source"`
	Failures  int       `json:"failures"`             // failed tries in a row
	OpenUntil time.Time `json:"open_until,omitempty"` // zero when closed
}

type breakers struct {
	rule Breaker

	mu      sync.Mutex
	states  map[string]*BreakerState
	onTrial map[string]bool
}

func newBreakers(rule Breaker, before []BreakerState) *breakers {
	b := &breakers{rule: rule, states: map[string]*BreakerState{}, onTrial: map[string]bool{}}
	for _, state := range before {
		b.states[state.Source] = &state
	}
	return b
}

// admit says whether a source may be asked now, else for how long not.
// After the cool-down one single try decides whether the breaker closes.
func (b *breakers) admit(source string, now time.Time) (wait time.Duration, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	state := b.states[source]
	if state == nil || state.OpenUntil.IsZero() {
		return 0, true
	}
	if left := state.OpenUntil.Sub(now); left > 0 {
		return left, false
	}
	if b.onTrial[source] {
		return b.rule.Cooldown, false
	}
	b.onTrial[source] = true
	return 0, true
}

type outcome int

const (
	alive   outcome = iota // the source answered, whatever it said
	ailing                 // the source failed
	unknown                // nothing was learnt, such as on cancel
)

func (b *breakers) report(source string, what outcome, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.onTrial, source)
	switch what {
	case alive:
		delete(b.states, source)
	case ailing:
		state := b.states[source]
		if state == nil {
			state = &BreakerState{Source: source}
			b.states[source] = state
		}
		state.Failures++
		if state.Failures >= b.rule.Failures { // also after a failed trial: only an answer resets the count
			state.OpenUntil = now.Add(b.rule.Cooldown)
		}
	}
}

// Breakers returns the sources that failed lately, sorted by name, for Options.Breakers of the next run.
func (c *Client) Breakers() []BreakerState {
	c.breakers.mu.Lock()
	defer c.breakers.mu.Unlock()
	states := make([]BreakerState, 0, len(c.breakers.states))
	for _, state := range c.breakers.states {
		states = append(states, *state)
	}
	slices.SortFunc(states, func(a, b BreakerState) int { return strings.Compare(a.Source, b.Source) })
	return states
}
