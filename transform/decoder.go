package transform

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"github.com/apache/arrow/go/v17/arrow/memory"

	"lumbung/transform/contract"
	"lumbung/transform/row"
)

// progressEvery is how many records pass between two reports of progress.
const progressEvery = 8192

// Skip rules that every contract has.
const (
	skipEmptyYear = "tahun-kosong" // a multi-year sheet has nothing for this village in this year
)

// val is one converted value of the record at hand.
type val struct {
	set bool
	i   int64  // all types but text: coefficient, code, days, 0/1
	s   string // text types
}

// decoder reads the parts of one release. It is used by one goroutine.
type decoder struct {
	ctx    context.Context
	job    *Job
	c      *contract.Contract
	result Result

	rows     *rowBuilder
	findings *findings
	keys     keySet

	errorsBy     map[string]int64
	firstError   map[string]string
	skippedParts int

	// the part at hand
	cur   *Part
	open  *opened
	sheet string
	names []string // shared-string index -> normalised text
	group map[string]string

	// the record at hand
	vals   []val
	year   int
	broken bool
	flags  []string
	raw    []byte // scratch of joined texts
	get    contract.Getter
}

func newDecoder(ctx context.Context, job *Job) *decoder {
	if job.Alloc == nil {
		job.Alloc = memory.DefaultAllocator
	}
	c := job.Contract
	d := &decoder{
		ctx: ctx, job: job, c: c,
		result:   Result{SkippedBy: map[string]int64{}, Findings: map[string]int64{}},
		rows:     newRowBuilder(job.Alloc, c.Table),
		findings: newFindings(job.Alloc),
		keys:     newKeySet(c),
		errorsBy: map[string]int64{}, firstError: map[string]string{},
		vals: make([]val, len(c.Table.Columns)),
	}
	d.get = d.number // made once: a method value is an allocation
	return d
}

func (d *decoder) release() {
	d.rows.b.Release()
	d.findings.b.Release()
}

func (d *decoder) finish() error {
	if err := d.rows.flush(d.job.Sink); err != nil {
		return err
	}
	for i := range d.c.Rules {
		if why := d.unchecked(&d.c.Rules[i]); why != "" {
			d.result.Unchecked = append(d.result.Unchecked, d.c.Rules[i].Name+": "+why)
		}
	}
	return d.findings.flush(d.job.Sink)
}

func (d *decoder) part(p *Part) error {
	d.cur, d.names = p, nil
	if err := d.partName(p); err != nil {
		return err
	}
	o, err := open(d.ctx, d.c, p)
	if err != nil {
		return err
	}
	defer o.close()
	d.open, d.sheet = o, o.Sheet()
	d.result.Drift = append(d.result.Drift, o.bind.drift...)
	d.keys.startPart(p.Name)
	if err := d.records(o); err != nil {
		return err
	}
	if o.skipped != nil {
		if name, ok := o.skipped(); ok {
			d.result.Counts.In++
			d.skip(name)
			d.skippedParts++
		}
	}
	d.result.Layouts = append(d.result.Layouts, d.layout(o))
	return nil
}

// partName reads what the part's name says, by the contract's pattern.
func (d *decoder) partName(p *Part) error {
	d.group = map[string]string{"periode": strconv.Itoa(d.job.Period)}
	if d.c.PartRE == nil {
		return nil
	}
	m := matchTail(d.c.PartRE, p.Name)
	if m == nil {
		return refuse(p, "", "part", "correct the contract's part pattern, or the file's name",
			fmt.Errorf("the name does not fit %q", d.c.Part))
	}
	for i, name := range d.c.PartRE.SubexpNames() {
		if name != "" {
			d.group[name] = m[i]
		}
	}
	return nil
}

// matchTail matches the whole name or what follows one of its slashes, so
// that a pattern need not know in which folder a source keeps its files.
func matchTail(re *regexp.Regexp, name string) []string {
	for {
		if m := re.FindStringSubmatch(name); m != nil {
			return m
		}
		i := strings.IndexByte(name, '/')
		if i < 0 {
			return nil
		}
		name = name[i+1:]
	}
}

func (d *decoder) records(o *opened) error {
	for {
		r, err := o.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return refuse(d.cur, d.sheet, "container", "the file is damaged or cut; fetch it again", err)
		}
		if err := d.row(o, r); err != nil {
			return err
		}
	}
}

// row turns one source row into one record, or one for each year of the headings.
func (d *decoder) row(o *opened, r *row.Row) error {
	if name := d.skipRule(o, r); name != "" {
		d.result.Counts.In++
		d.skip(name)
		return nil
	}
	if len(o.bind.years) == 0 {
		return d.record(o, r, 0)
	}
	for _, y := range o.bind.years {
		if len(o.bind.years) > 1 && d.yearEmpty(o, r, y) {
			d.result.Counts.In++
			d.skip(skipEmptyYear)
			continue
		}
		if err := d.record(o, r, y); err != nil {
			return err
		}
	}
	return nil
}

func (d *decoder) skip(rule string) {
	d.result.Counts.Skipped++
	d.result.SkippedBy[rule]++
}

func (d *decoder) skipRule(o *opened, r *row.Row) string {
	for i := range d.c.Skip {
		s := &d.c.Skip[i]
		if s.When == "blank" {
			if blank(r) {
				return s.Name
			}
			continue
		}
		if s.RE.MatchString(d.text(r.Cell(o.bind.skips[i]))) {
			return s.Name
		}
	}
	return ""
}

func blank(r *row.Row) bool {
	for _, c := range r.Cells {
		if c.Kind != row.Empty && strings.TrimSpace(string(c.Text)) != "" {
			return false
		}
	}
	return true
}

func (d *decoder) yearEmpty(o *opened, r *row.Row, year int) bool {
	for i := range o.bind.sources {
		if col, ok := o.bind.sources[i].years[year]; ok && r.Cell(col).Kind != row.Empty {
			return false
		}
	}
	return true
}

// record converts, checks and stores one record; a digits column makes many of it.
func (d *decoder) record(o *opened, r *row.Row, year int) error {
	d.year, d.broken, d.flags = year, false, d.flags[:0]
	clear(d.vals)
	if r.Ragged {
		d.fail(r, 0, -1, "ragged", fmt.Sprintf("the record has %d fields, another number than the first", len(r.Cells)),
			"look for a delimiter or a quote inside a field")
	}
	if o.unended != nil && o.unended() {
		d.note(r, len(r.Cells)-1, -1, "unended", contract.SeverityWarning, "the file ends with this record and without a line break, so its last value may be cut",
			"compare the record with the source; end the file with a line break if it is whole")
	}
	digits := -1
	for i := range d.c.Columns {
		switch {
		case d.c.Columns[i].Digits != "":
			digits = i
		case d.c.Columns[i].Lookup == nil:
			d.column(o, r, i)
		}
	}
	d.areas(r)
	if digits >= 0 {
		return d.unpivotDigits(o, r, digits)
	}
	return d.store(o, r, 1)
}

// store applies the row rules and puts the record where it belongs.
func (d *decoder) store(o *opened, r *row.Row, n int64) error {
	d.rules(r)
	if !d.broken {
		if first := d.keys.claim(d.vals, r.Number); first != "" {
			column, at := d.placeOf(d.keys.cols[0], r)
			d.fail(r, at, column, "key", "the key "+d.key()+" stands already in "+first,
				"the first row is loaded; correct or remove one of them")
		}
	}
	d.result.Counts.In += n
	if d.result.Counts.In%progressEvery < n && d.job.Progress != nil {
		d.job.Progress(d.result.Counts.In)
	}
	if d.broken {
		d.result.Counts.Quarantined += n
	} else {
		d.result.Counts.Loaded += n
		if len(d.flags) > 0 {
			d.result.Warned += n
		}
		d.rows.add(d, r.Number)
	}
	if d.rows.n >= rowBatch {
		if err := d.rows.flush(d.job.Sink); err != nil {
			return err
		}
		if err := d.ctx.Err(); err != nil {
			return err
		}
	}
	if d.findings.n >= findingBatch {
		return d.findings.flush(d.job.Sink)
	}
	return nil
}
