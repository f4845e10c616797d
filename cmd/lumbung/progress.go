package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"

	"lumbung/pipeline"
)

// reporter shows the steps of a run: one living line on a terminal, log lines elsewhere.
type reporter interface {
	pipeline.Reporter
	close()
}

func (a *app) reporter() reporter {
	f, isFile := a.err.(*os.File)
	switch {
	case a.quiet:
		return silent{}
	case isFile && a.logFormat != "json" && term.IsTerminal(int(f.Fd())):
		return &terminal{w: f, width: func() int { w, _, _ := term.GetSize(int(f.Fd())); return w }, open: map[string]*job{}, now: time.Now}
	default:
		return &lines{a.logger()}
	}
}

type silent struct{}

func (silent) Begin(string, string, string, int64) {}
func (silent) Progress(string, string, int64)      {}
func (silent) End(pipeline.Step)                   {}
func (silent) close()                              {}

// lines writes one log line for each step that did something.
type lines struct{ log *slog.Logger }

// Run puts the run's id on every line.
func (l *lines) Run(id string) { l.log = l.log.With("run", id) }

func (l *lines) Begin(string, string, string, int64) {}
func (l *lines) Progress(string, string, int64)      {}
func (l *lines) close()                              {}

func (l *lines) End(s pipeline.Step) {
	level, attrs := slog.LevelInfo, []any{"step", s.Name}
	if s.Subject != "" {
		attrs = append(attrs, "subject", s.Subject)
	}
	attrs = append(attrs, "state", s.State, "rows", s.Rows, "seconds", fmt.Sprintf("%.3f", s.Seconds))
	if s.Error != "" {
		level = slog.LevelWarn
		attrs = append(attrs, "error", s.Error)
	}
	l.log.Log(context.Background(), level, "step", attrs...)
}

// job is a step at work.
type job struct {
	name, unit  string
	total, done int64
	start       time.Time
}

// terminal keeps one line at the bottom of a terminal up to date.
type terminal struct {
	w     io.Writer
	width func() int
	now   func() time.Time

	mu   sync.Mutex
	open map[string]*job
	last time.Time
	n    int
}

// redraw is how often the line may change.
const redraw = 100 * time.Millisecond

func (t *terminal) Begin(name, subject, unit string, total int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.open[name+subject] = &job{name: strings.TrimSpace(name + " " + subject), unit: unit, total: total, start: t.now()}
	t.draw(false)
}

func (t *terminal) Progress(name, subject string, done int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if j := t.open[name+subject]; j != nil {
		j.done = done
	}
	t.draw(false)
}

func (t *terminal) End(s pipeline.Step) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.open, s.Name+s.Subject)
	t.n++
	if s.Error != "" {
		t.clear()
		fmt.Fprintf(t.w, "%s %s: %s\n", s.Name, s.Subject, s.Error)
	}
	t.draw(false)
}

func (t *terminal) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.clear()
}

func (t *terminal) clear() { fmt.Fprint(t.w, "\r\x1b[K") }

func (t *terminal) draw(force bool) {
	now := t.now()
	if !force && now.Sub(t.last) < redraw {
		return
	}
	t.last = now
	var oldest *job
	for _, j := range t.open {
		if oldest == nil || j.start.Before(oldest.start) || j.start.Equal(oldest.start) && j.name < oldest.name {
			oldest = j
		}
	}
	if oldest == nil {
		return
	}
	text := fmt.Sprintf("[%d] %s", t.n, oldest.describe(now))
	if more := len(t.open) - 1; more > 0 {
		text += fmt.Sprintf(" (+%d)", more)
	}
	if w := t.width(); w > 4 && len(text) > w-1 {
		text = text[:w-1]
	}
	t.clear()
	fmt.Fprint(t.w, text)
}

// describe spells a job with amount, rate and, when its size is known, the time left.
func (j *job) describe(now time.Time) string {
	text := j.name
	if j.unit == "" || j.done == 0 {
		return text
	}
	text += fmt.Sprintf(" %s %s", amount(j.done, j.unit), j.unit)
	elapsed := now.Sub(j.start)
	if elapsed < time.Second {
		return text
	}
	rate := float64(j.done) / elapsed.Seconds()
	text += fmt.Sprintf(", %s/s", amount(int64(rate), j.unit))
	if j.total > j.done && rate > 0 {
		left := time.Duration(float64(j.total-j.done)/rate) * time.Second
		text += fmt.Sprintf(", %d %%, %s left", j.done*100/j.total, left)
	}
	return text
}

func amount(n int64, unit string) string {
	if unit == "bytes" && n >= 1<<20 {
		return fmt.Sprintf("%.1f M", float64(n)/(1<<20))
	}
	return thousands(n)
}
