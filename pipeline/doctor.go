package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"lumbung/internal/disk"
	"lumbung/load/snapshot"
	"lumbung/pipeline/config"
	"lumbung/pipeline/ledger"
	"lumbung/pipeline/schedule"
)

// Symptom is one thing that Doctor looked at.
type Symptom struct {
	Check string `json:"check"`
	State string `json:"state"` // ok, warn, bad
	Found string `json:"found"`
	Do    string `json:"do,omitempty"`
}

// The states of a symptom.
const (
	SymptomOK   = "ok"
	SymptomWarn = "warn" // works, and somebody should look at it
	SymptomBad  = "bad"  // the next run, or a reader, fails because of it
)

const (
	// buildsThatFit is how many builds of the published size should fit on the
	// disk: the new snapshot, its spill files, and one more.
	buildsThatFit = 3
	// fewFiles is a limit of open files below which a run may fail (measured: 32 fail).
	fewFiles = 256
	// longRun is how long a run may hold the lock before it looks stuck: the schedule's default deadline.
	longRun = 12 * time.Hour
)

// doctor gathers symptoms.
type doctor struct {
	cfg   *config.Config
	now   time.Time
	found []Symptom
}

func (d *doctor) note(check, state, do, format string, args ...any) {
	if state == SymptomOK {
		do = ""
	}
	d.found = append(d.found, Symptom{check, state, strings.TrimSpace(fmt.Sprintf(format, args...)), do})
}

// Doctor looks at a project without reading its data: configuration,
// storage, disk, limits, ledger, lock, snapshot, sources, schedule. It makes and changes
// nothing but the lock's file. See Verify for every byte.
func Doctor(ctx context.Context, dir string, clock func() time.Time) []Symptom {
	d := &doctor{now: clock()}
	cfg, err := config.Load(dir)
	if err != nil {
		d.note("configuration", SymptomBad, "correct what it names; `lumbung init` writes an example", "%v", err)
		return d.found
	}
	d.cfg = cfg
	d.note("configuration", SymptomOK, "", "%d sources, %d contracts", len(cfg.Sources), len(cfg.Known))
	d.limits()
	d.storage(ctx)
	if _, err := os.Stat(cfg.DataDir()); errors.Is(err, fs.ErrNotExist) {
		d.note("data", SymptomWarn, "`lumbung run`", "%s is not there: nothing has run yet", cfg.DataDir())
		return d.found
	}
	d.folder()
	d.lock()
	bytes := d.snapshot(ctx)
	d.space(bytes)
	if d.ledger(ctx) {
		d.history(ctx, dir, clock)
	}
	return d.found
}

func (d *doctor) limits() {
	var files syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files); err == nil && files.Cur < fewFiles {
		d.note("open files", SymptomWarn, "raise it: ulimit -n, or LimitNOFILE in the service", "limit of %d", files.Cur)
	}
}

func (d *doctor) storage(ctx context.Context) {
	shared, err := d.cfg.Remote()
	if err == nil && shared == nil {
		return
	}
	if err == nil {
		_, err = shared.Has(ctx, workFile)
	}
	if err != nil {
		d.note("storage", SymptomBad, "correct what it names; the bucket and its credentials are those of AWS_* in the environment", "%v", err)
		return
	}
	d.note("storage", SymptomOK, "", "%s answers", d.cfg.Storage)
}

func (d *doctor) folder() {
	data := d.cfg.DataDir()
	info, err := os.Stat(data)
	switch {
	case err != nil:
		d.note("data", SymptomBad, "look at the disk and the permissions", "%v", err)
	case !info.IsDir():
		d.note("data", SymptomBad, "move it away", "%s is no folder", data)
	case info.Mode().Perm()&0o002 != 0:
		d.note("data", SymptomWarn, "chmod o-w "+data, "anyone may write into %s", data)
	default:
		d.note("data", SymptomOK, "", "%s", data)
	}
}

func (d *doctor) lock() {
	lock, err := disk.Acquire(filepath.Join(d.cfg.DataDir(), "run.lock"), d.now)
	var held *disk.LockedError
	switch {
	case errors.As(err, &held) && !held.Holder.Start.IsZero() && d.now.Sub(held.Holder.Start) > longRun:
		d.note("run", SymptomWarn, "look whether it still works; stop it if not", "%v", err)
	case errors.As(err, &held):
		d.note("run", SymptomOK, "", "one is going on: process %d", held.Holder.PID)
	case err != nil:
		d.note("run", SymptomBad, "let this user write into the data folder", "%v", err)
	default:
		if err := lock.Release(); err != nil {
			d.note("run", SymptomBad, "look at the disk", "%v", err)
		}
	}
}

// snapshot looks at what is published and returns its size in bytes.
func (d *doctor) snapshot(ctx context.Context) int64 {
	snap, err := snapshot.Open(ctx, d.cfg.DataDir(), "")
	if errors.Is(err, snapshot.ErrNone) {
		d.note("published", SymptomWarn, "`lumbung run`", "nothing yet")
		return 0
	}
	if err != nil {
		d.note("published", SymptomBad, "`lumbung verify --repair`", "%v", err)
		return 0
	}
	defer func() { _ = snap.Close() }()
	m, err := loadModels()
	switch {
	case snap.Fallback != nil:
		d.note("published", SymptomBad, "`lumbung verify --repair`", "%s is served instead of what current names: %v", snap.ID(), snap.Fallback.Reason)
	case snap.Manifest.Created.After(d.now.Add(time.Minute)):
		d.note("published", SymptomWarn, "set the clock", "%s is from the future", snap.ID())
	case err != nil:
		d.note("published", SymptomBad, "install lumbung again", "%v", err)
	case snap.Manifest.Tool != m.tool():
		d.note("published", SymptomWarn, "`lumbung run` builds it again", "%s was built by %s, this is %s", snap.ID(), snap.Manifest.Tool, m.tool())
	default:
		d.note("published", SymptomOK, "", "%s, %d days old", snap.ID(), int(d.now.Sub(snap.Manifest.Created).Hours()/24))
	}
	return snap.Manifest.Bytes()
}

func (d *doctor) space(published int64) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(d.cfg.DataDir(), &st); err != nil {
		d.note("disk", SymptomBad, "look at the disk", "%v", err)
		return
	}
	free := int64(st.Bavail) * st.Bsize
	state := SymptomOK
	if free < buildsThatFit*published {
		state = SymptomWarn
	}
	d.note("disk", state, "free space, or keep fewer snapshots (retention)", "%d MB free, a snapshot has %d MB", free>>20, published>>20)
}

// ledger says whether the ledger can be used.
func (d *doctor) ledger(ctx context.Context) bool {
	led, err := ReadLedger(ctx, d.cfg)
	if errors.Is(err, fs.ErrNotExist) {
		d.note("ledger", SymptomWarn, "`lumbung ledger rebuild`, or `lumbung run` for a project that has never run", "there is none")
		return false
	}
	if err == nil {
		err = led.Close()
	}
	if err != nil {
		d.note("ledger", SymptomBad, "as it says", "%v", err)
		return false
	}
	d.note("ledger", SymptomOK, "", "sound")
	return true
}

// history looks at what the ledger says of runs, sources and the schedule.
func (d *doctor) history(ctx context.Context, dir string, clock func() time.Time) {
	p, err := Open(ctx, dir, clock)
	if err != nil {
		d.note("project", SymptomBad, "as it says", "%v", err)
		return
	}
	st, err := p.Status(ctx)
	if err != nil {
		d.note("project", SymptomBad, "`lumbung verify`", "%v", err)
	} else {
		d.lastRun(st)
		d.sources(st)
		d.schedule(ctx, p)
	}
	if err := p.Close(); err != nil {
		d.note("ledger", SymptomBad, "look at the disk", "%v", err)
	}
}

func (d *doctor) lastRun(st Status) {
	if len(st.Runs) == 0 {
		return
	}
	last := st.Runs[0]
	switch last.Outcome {
	case ledger.Failed, ledger.Refused, ledger.Interrupted:
		first, _, _ := strings.Cut(last.Error, "\n")
		d.note("last run", SymptomWarn, "`lumbung runs "+last.ID+"`", "%s %s: %s", last.ID, last.Outcome, first)
	default:
		d.note("last run", SymptomOK, "", "%s %s", last.ID, last.Outcome)
	}
}

func (d *doctor) sources(st Status) {
	for _, s := range st.Sources {
		switch {
		case s.State == StateStale || s.State == StateRefused:
			d.note("source "+s.Name, SymptomWarn, "correct what it names and run again", "%s since %s: %s", s.State, since(s.LastOK), s.Error)
		case s.State != "" && s.Late:
			d.note("source "+s.Name, SymptomWarn, "look whether the publisher has something new", "nothing good since %s, which is longer than `every`", since(s.LastOK))
		}
	}
}

func since(t time.Time) string {
	if t.IsZero() {
		return "ever"
	}
	return t.Local().Format("2006-01-02 15:04")
}

// schedule names jobs with an instant that is due and that nobody took. A
// daemon or timer leaves no such instant behind: it enters also what it missed.
func (d *doctor) schedule(ctx context.Context, p *Project) {
	for _, job := range d.cfg.Schedule {
		check := "job " + job.Name
		rule, err := schedule.Parse(job.Cron, d.cfg.Timezone)
		if err != nil {
			d.note(check, SymptomBad, "correct the line", "%v", err)
			continue
		}
		last, ran, err := Claims{p.Ledger}.LastClaim(ctx, job.Name)
		if err != nil {
			d.note(check, SymptomBad, "`lumbung verify`", "%v", err)
			continue
		}
		if !ran {
			d.note(check, SymptomOK, "", "no daemon or timer has run it yet")
			continue
		}
		due := rule.Next(last)
		if !due.IsZero() && due.Before(d.now.Add(-punctual)) {
			d.note(check, SymptomWarn, "start `lumbung schedule`, or the timer that calls `lumbung run --scheduled`",
				"nobody took the run of %s", since(due))
			continue
		}
		d.note(check, SymptomOK, "", "last run due %s", since(last))
	}
}
