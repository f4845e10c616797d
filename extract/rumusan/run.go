package rumusan

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode"

	"lumbung/extract/http"
)

// Stop says why a run ended.
type Stop string

const (
	StopDone     Stop = "done"     // nothing more is due
	StopBudget   Stop = "budget"   // Options.Budget questions were asked
	StopDeadline Stop = "deadline" // the context's deadline is near
	StopBreaker  Stop = "breaker"  // the API fails again and again
	StopCanceled Stop = "canceled" // the caller stopped
)

// Report counts what a run did.
type Report struct {
	Stop     Stop `json:"stop"`
	Due      int  `json:"due"` // questions due at the start
	Asked    int  `json:"asked"`
	Answered int  `json:"answered"`
	Missing  int  `json:"missing"`
	Failed   int  `json:"failed"`
	Bundles  int  `json:"bundles"`
}

// Collector asks the API.
type Collector struct {
	fetcher Fetcher
	options Options
}

// New makes a collector that asks through the fetcher.
func New(fetcher Fetcher, options Options) *Collector {
	return &Collector{fetcher: fetcher, options: options.withDefaults()}
}

// result is the outcome of one question.
type result struct {
	entry  Entry
	answer *Answer
	stop   Stop // not "": nothing was learnt about the village
}

// Run asks what is due until the budget, the deadline or the work ends. It calls take, from one goroutine at a time, with
// bundles of answers and refusals; a bundle of refusals alone has no bytes. Entries count
// from the moment that take returns nil, so that a run killed at any point goes on from there. An error of take ends the run.
func (c *Collector) Run(ctx context.Context, codes []string, years []int, known []Entry, take func(context.Context, Bundle) error) (Report, error) {
	if err := errors.Join(checkCodes(codes), checkYears(years)); err != nil {
		return Report{}, err
	}
	questions := Plan(codes, years, known, c.options.Refresh, c.options.Clock.Now())
	report := Report{Due: len(questions), Stop: StopDone}
	if len(questions) > c.options.Budget {
		questions, report.Stop = questions[:c.options.Budget], StopBudget
	}
	before := make(map[Question]Entry, len(known))
	for _, entry := range known {
		before[Question{entry.Kode, entry.Tahun}] = entry
	}
	// Bundles are handed over even when asking had to stop, hence two contexts.
	asking, stop := c.askingContext(ctx)
	defer stop()
	results := c.ask(asking, questions, before)
	packer := &packer{size: c.options.BundleSize, take: take, report: &report}
	var failed error
	stopped := false
	for r := range results {
		if r.stop != "" {
			if !stopped { // what follows is only the echo of our own stop
				report.Stop = r.stop
			}
			stopped = true
			stop()
			continue
		}
		report.Asked++
		if failed == nil {
			failed = packer.add(context.WithoutCancel(ctx), r)
		}
		if failed != nil {
			stop()
		}
	}
	if failed == nil {
		failed = packer.flush(context.WithoutCancel(ctx))
	}
	if failed != nil {
		return report, fmt.Errorf("rumusan: bundle: %w", failed)
	}
	if ctx.Err() != nil && report.Stop == StopCanceled {
		return report, fmt.Errorf("rumusan: %w", context.Cause(ctx))
	}
	return report, nil
}

// askingContext ends Reserve before the caller's deadline.
func (c *Collector) askingContext(ctx context.Context) (context.Context, context.CancelFunc) {
	if deadline, ok := ctx.Deadline(); ok {
		return context.WithDeadline(ctx, deadline.Add(-c.options.Reserve))
	}
	return context.WithCancel(ctx)
}

// ask spreads the questions over workers. The channel closes when all have ended.
func (c *Collector) ask(ctx context.Context, questions []Question, before map[Question]Entry) <-chan result {
	results := make(chan result)
	next := make(chan Question)
	var workers sync.WaitGroup
	for range min(c.options.Concurrency, max(len(questions), 1)) {
		workers.Go(func() {
			for q := range next {
				results <- c.one(ctx, q, before[q])
			}
		})
	}
	go func() {
		defer close(results)
		defer workers.Wait()
		defer close(next)
		for _, q := range questions {
			select {
			case next <- q:
			case <-ctx.Done():
				results <- result{stop: stopOf(ctx)}
				return
			}
		}
	}()
	return results
}

func stopOf(ctx context.Context) Stop {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return StopDeadline
	}
	return StopCanceled
}

// one asks one question and makes the entry to remember.
func (c *Collector) one(ctx context.Context, q Question, was Entry) result {
	if ctx.Err() != nil {
		return result{stop: stopOf(ctx)}
	}
	sink := &buffer{}
	_, err := c.fetcher.Fetch(ctx, http.Request{
		URL: fmt.Sprintf("%s/%s/%d", c.options.Base, q.Kode, q.Tahun), Source: c.options.Source, Auth: c.options.Auth,
		Accept: "application/json", Unconditional: true, Check: check(q), ErrorBody: 4 << 10, KeepAlive: true,
	}, sink)
	now := c.options.Clock.Now()
	entry := Entry{Kode: q.Kode, Tahun: q.Tahun, Asked: now, Times: was.Times + 1}
	if err != nil {
		return c.refused(ctx, entry, err)
	}
	r, err := parseReply(sink.data)
	switch {
	case err != nil: // cannot be: the check has read it
		return result{entry: c.later(entry, Failed, err.Error(), c.options.FailedAgain)}
	case r.Error:
		return result{entry: c.later(entry, Missing, c.message(r), c.options.MissingAgain)}
	}
	entry.State, entry.SHA256 = Answered, sum(sink.data)
	return result{entry: entry, answer: &Answer{Kode: q.Kode, Tahun: q.Tahun, Body: sink.data}}
}

// refused tells apart what the API says about a village from what ails the API.
func (c *Collector) refused(ctx context.Context, entry Entry, err error) result {
	var fault *http.Error
	if !errors.As(err, &fault) {
		return result{entry: c.later(entry, Failed, "error", c.options.FailedAgain)}
	}
	switch {
	case ctx.Err() != nil:
		return result{stop: stopOf(ctx)}
	case fault.Class == http.ClassBreaker:
		return result{stop: StopBreaker}
	case fault.Class == http.ClassGiveUp:
		return result{stop: StopDeadline}
	}
	if fault.Status == 400 || fault.Status == 404 {
		if r, perr := parseReply(fault.Body); perr == nil && r.Error {
			return result{entry: c.later(entry, Missing, c.message(r), c.options.MissingAgain)}
		}
	}
	return result{entry: c.later(entry, Failed, string(fault.Class)+statusText(fault.Status), c.options.FailedAgain)}
}

func statusText(status int) string {
	if status == 0 {
		return ""
	}
	return fmt.Sprintf(" %d", status)
}

// later sets the date of the next question; each refusal doubles the pause.
func (c *Collector) later(entry Entry, state State, message string, pause time.Duration) Entry {
	for range min(entry.Times-1, 16) {
		pause = min(2*pause, c.options.MaxAgain)
	}
	entry.State, entry.Message, entry.AskAgain = state, message, entry.Asked.Add(pause)
	return entry
}

// message is the API's text, made fit for a ledger: short, printable, without a credential that it may echo.
func (c *Collector) message(r reply) string {
	const most = 200
	text := r.Message
	if secret := c.options.Auth.Secret.Reveal(); secret != "" {
		text = strings.ReplaceAll(text, secret, "redacted")
	}
	text = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, text)
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "")
	}
	return text
}
