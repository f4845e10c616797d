package schedule

import "time"

// Reload puts other jobs in place of the present ones, from the next instant
// on. It never runs instants of the past: a job that is new, or whose line or
// zone changed, starts now. Runs that are going on end by themselves, and hold
// off later ones of the same name. With an error the present jobs stay.
func (d *Daemon) Reload(jobs []Job) error {
	d.tell(d.notify.Reloading())
	defer func() { d.tell(d.notify.Ready()) }()
	now := d.clock.Now()
	rules, err := parseJobs(jobs, now)
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	present := map[string]*entry{}
	for _, e := range d.entries {
		present[e.job.Name] = e
	}
	kept := map[*entry]bool{}
	for i, job := range jobs {
		e := present[job.Name]
		if e == nil {
			e = newEntry(job, rules[i], now)
			d.entries = append(d.entries, e)
		} else {
			e.replace(job, rules[i], now)
		}
		kept[e] = true
	}
	for _, e := range d.entries {
		e.removed = !kept[e]
	}
	d.wake()
	return nil
}

// replace gives an entry its new job. Its time goes on only when it means the
// same instants as before.
func (e *entry) replace(job Job, rule Rule, now time.Time) {
	if e.removed || e.job.Spec != job.Spec || e.job.Timezone != job.Timezone {
		e.cursor = now
	}
	e.job, e.rule = job, rule
	e.draw()
}
