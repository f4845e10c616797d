// Package infer proposes a contract for a workbook, a CSV or a JSON file that no contract knows yet.
//
// It guesses in the open: what it is not sure of stands as a comment in the proposal, and a person reads it before it is used.
package infer

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"sort"
	"strings"

	"github.com/goccy/go-yaml"

	"lumbung/transform"
	"lumbung/transform/container"
	"lumbung/transform/contract"
	"lumbung/transform/value"
)

//go:embed aliases.yaml
var aliasesYAML []byte

// headRows is how far down a heading row is looked for, and sampleRows how
// many rows below it are looked at for formats.
const (
	headRows   = 30
	sampleRows = 300
)

// aliases are the known headings by table and column.
type aliases map[string]map[string][]string

// Options narrow a proposal.
type Options struct {
	Table string // the table to fill; "" tries all
}

// Proposal is a proposed contract.
type Proposal struct {
	Name string
	YAML string
}

// ErrUnknown means that no table's headings were found in the file.
var ErrUnknown = errors.New("no known headings: name the table with --table, or write the contract by hand (docs/contracts.md)")

// attempt takes row at as the heading row, or as the lower of two that joined
// puts together; seen is told of every fit.
type attempt func(rows []transform.PeekedRow, at int, joined []string, seen func(*fit))

// Propose looks at a file and proposes a contract for it.
func Propose(ctx context.Context, p transform.Part, opt Options) (*Proposal, error) {
	format, err := formatOf(p)
	if err != nil {
		return nil, err
	}
	tables, err := contract.BuiltinTables()
	if err != nil {
		return nil, err
	}
	known := aliases{}
	if err := yaml.Unmarshal(aliasesYAML, &known); err != nil {
		return nil, fmt.Errorf("aliases.yaml: %w", err)
	}
	if opt.Table != "" && tables[opt.Table] == nil {
		return nil, fmt.Errorf("no table %q; the tables are %s", opt.Table, strings.Join(tables.Names(), ", "))
	}
	best := &fit{}
	try := func(rows []transform.PeekedRow, at int, joined []string, seen func(*fit)) {
		for name := range known {
			if opt.Table == "" || name == opt.Table {
				f := match(tables[name], known[name], rows, at, joined)
				if joined != nil && f.missing() > 0 { // two lines of prose fit something too
					continue
				}
				if seen(f); f.better(best) {
					best = f
				}
			}
		}
	}
	look := lookAtRows
	if format.Type == "json" {
		look = lookAtDocument
	}
	if err := look(ctx, format, p, try); err != nil {
		return nil, err
	}
	if best.table == nil || best.required == 0 {
		return nil, ErrUnknown
	}
	return best.proposal(p), nil
}

// lookAtRows tries every row near the top of a workbook or CSV file as the
// heading row, and every two rows as headings with groups above them.
func lookAtRows(ctx context.Context, format contract.Format, p transform.Part, try attempt) error {
	rows, err := transform.Peek(ctx, format, p, headRows+sampleRows)
	if err != nil {
		return err
	}
	for i := range rows {
		if rows[i].Number > headRows {
			continue
		}
		first := rows[i].Number
		try(rows, i, nil, func(f *fit) { f.format = formatText(format, f.head.Sheet, fmt.Sprintf("{row: %d}", first)) })
		if i+1 < len(rows) && rows[i+1].Sheet == rows[i].Sheet {
			joined := transform.JoinHeadings([][]string{rows[i].Cells, rows[i+1].Cells})
			try(rows, i+1, joined, func(f *fit) { f.format = formatText(format, f.head.Sheet, fmt.Sprintf("{row: %d, rows: 2}", first)) })
		}
	}
	return nil
}

// formatText spells the format of a workbook or CSV file.
func formatText(format contract.Format, sheet, header string) string {
	if format.Type == "xlsx" {
		return fmt.Sprintf("{type: xlsx, sheet: [%q], header: %s}", sheet, header)
	}
	return fmt.Sprintf("{type: csv, encoding: detect, header: %s} # the delimiter is detected too; name it once you know it", header)
}

func formatOf(p transform.Part) (contract.Format, error) {
	body, err := p.Open()
	if err != nil {
		return contract.Format{}, err
	}
	head := make([]byte, 512)
	n, _ := body.ReadAt(head, 0)
	if err := body.Close(); err != nil {
		return contract.Format{}, err
	}
	switch kind := container.Sniff(head[:n]); kind {
	case "xlsx":
		return contract.Format{Type: "xlsx"}, nil
	case "text", "gzip", "zip":
		return contract.Format{Type: "csv"}, nil
	case "json":
		return contract.Format{Type: "json"}, nil
	default:
		return contract.Format{}, fmt.Errorf("the file is %s; a workbook, a CSV or a JSON file is wanted", kind)
	}
}

// fit is how one table matches one row taken as the heading row.
type fit struct {
	table    *contract.Table
	format   string // of the contract
	document bool   // heads are paths
	head     transform.PeekedRow
	leaves   []string // of two heading rows the texts of the lower; nil for one row
	below    []transform.PeekedRow
	columns  map[string]int      // table column -> cell
	froms    map[string][]string // table column -> headings for the contract, the file's own first
	required int                 // required columns that are there
	years    bool                // headings carry years
}

func (f *fit) better(o *fit) bool {
	if o.table == nil {
		return f.required > 0
	}
	if f.missing() != o.missing() {
		return f.missing() < o.missing()
	}
	if len(f.columns) != len(o.columns) {
		return len(f.columns) > len(o.columns)
	}
	if (f.leaves == nil) != (o.leaves == nil) {
		return f.leaves == nil
	}
	if f.table.Name != o.table.Name {
		return f.table.Name < o.table.Name
	}
	return false
}

// missing counts the required columns that nothing fills.
func (f *fit) missing() int {
	n := 0
	for _, c := range f.table.Columns {
		if _, ok := f.columns[c.Name]; c.Required && !ok && c.Name != "tahun" {
			n++
		}
	}
	return n
}

var brackets = regexp.MustCompile(`\s*\([^)]*\)`)

// bare is a heading without what stands in brackets, for comparing.
func bare(s string) string { return value.Heading(brackets.ReplaceAllString(s, "")) }

var yearInHeading = regexp.MustCompile(`(^| )((?:19|20)\d\d)($| )`)

func match(t *contract.Table, known map[string][]string, rows []transform.PeekedRow, at int, joined []string) *fit {
	f := &fit{table: t, head: rows[at], document: rows[at].Number == 0, columns: map[string]int{}, froms: map[string][]string{}}
	if joined != nil {
		f.head.Cells, f.leaves = joined, rows[at].Cells
	}
	for _, r := range rows[at+1:] {
		if r.Sheet == f.head.Sheet {
			f.below = append(f.below, r)
		}
	}
	taken := map[int]bool{}
	for _, c := range t.Columns {
		for _, alias := range known[c.Name] {
			i := f.find(alias)
			if i < 0 || taken[i] {
				continue
			}
			taken[i] = true
			f.columns[c.Name] = i
			f.froms[c.Name] = f.spellings(f.head.Cells[i], alias, known[c.Name])
			if c.Required {
				f.required++
			}
			break
		}
	}
	return f
}

// find is the cell whose heading an alias stands for, -1 for none or for
// several, between which nobody can choose here. Below a group the heading alone
// will do ("Program | KPM"); a year may be the group ("2020 | IKS").
func (f *fit) find(alias string) int {
	years := strings.Contains(alias, "{tahun}")
	whole := func(i int) bool { return headingFits(f.head.Cells[i], alias) }
	below := func(i int) bool {
		if i >= len(f.leaves) || f.leaves[i] == "" {
			return false
		}
		if years {
			group, _ := strings.CutSuffix(f.head.Cells[i], f.leaves[i])
			return headingFits(f.leaves[i]+" "+group, alias)
		}
		return headingFits(f.leaves[i], alias)
	}
	for _, fits := range []func(int) bool{whole, below} {
		found, several := -1, false
		for i, h := range f.head.Cells {
			if h != "" && fits(i) {
				if several = found >= 0; !several {
					found = i
				}
			}
		}
		if several && !years && !f.document {
			return -1
		}
		if found >= 0 {
			return found
		}
	}
	return -1
}

func headingFits(heading, alias string) bool {
	h := bare(heading)
	if strings.Contains(alias, "{tahun}") {
		return yearInHeading.MatchString(h) && yearInHeading.ReplaceAllString(h, "${1}9999${3}") == bare(strings.ReplaceAll(alias, "{tahun}", "9999"))
	}
	return h == bare(alias)
}

// spellings lists the file's own heading first, then the other known ones.
func (f *fit) spellings(heading, alias string, known []string) []string {
	own := heading
	if strings.Contains(alias, "{tahun}") {
		f.years = true
		own = regexp.MustCompile(`(?:19|20)\d\d`).ReplaceAllString(heading, "{tahun}")
	}
	out := []string{own}
	for _, k := range known {
		if bare(k) != bare(own) && strings.Contains(k, "{tahun}") == strings.Contains(own, "{tahun}") {
			out = append(out, k)
		}
	}
	return out
}

// proposal writes the contract.
func (f *fit) proposal(p transform.Part) *Proposal {
	name := strings.Trim(regexp.MustCompile(`[^a-z0-9]+`).ReplaceAllString(strings.ToLower(strings.TrimSuffix(path.Base(p.Name), path.Ext(p.Name))), "-"), "-")
	var b strings.Builder
	fmt.Fprintf(&b, "# Proposed from %s; read it before you use it.\ncontract: %s\nversion: 1\ntitle: %q\ntable: %s\n", path.Base(p.Name), name, path.Base(p.Name), f.table.Name)
	fmt.Fprintf(&b, "format: %s\n", f.format)
	locale, note := f.locale()
	fmt.Fprintf(&b, "numbers: %s%s\n", locale, note)
	if dates := f.dates(); len(dates) > 0 {
		fmt.Fprintf(&b, "dates: [%s]\n", strings.Join(dates, ", "))
	}
	b.WriteString("columns:\n")
	f.writeColumns(&b, locale)
	f.writeRest(&b)
	return &Proposal{Name: name, YAML: b.String()}
}

func (f *fit) writeColumns(b *strings.Builder, numbers string) {
	for _, c := range f.table.Columns {
		i, ok := f.columns[c.Name]
		switch {
		case ok:
			from := make([]string, len(f.froms[c.Name]))
			for j, h := range f.froms[c.Name] {
				from[j] = fmt.Sprintf("%q", h)
			}
			extra := ""
			if c.Type.Kind == contract.Decimal && f.percent(i) {
				extra = ", unit: persen"
			}
			note := ""
			if f.tooFine(&c, i, numbers) {
				extra, note = extra+", round: true", " # some have more decimals than the column: rounded half up"
			}
			fmt.Fprintf(b, "  - {column: %q, from: [%s]%s}%s\n", c.Name, strings.Join(from, ", "), extra, note)
		case c.Name == "tahun" && f.years:
			b.WriteString("  - {column: tahun, value: \"{tahun}\"}\n")
		case c.Name == "tahun":
			b.WriteString("  - {column: tahun, value: \"{periode}\"} # no heading says the year: the release's period is taken\n")
		case c.Required:
			fmt.Fprintf(b, "  # column %s is required and no heading was recognised: %s\n", c.Name, c.Description)
		}
	}
	var unused []string
	for i, h := range f.head.Cells {
		used := false
		for _, at := range f.columns {
			used = used || at == i
		}
		if h != "" && !used {
			unused = append(unused, h)
		}
	}
	sort.Strings(unused)
	what := "heading"
	if f.document {
		what = "path"
	}
	for _, h := range unused {
		fmt.Fprintf(b, "  # %s %q fills no column\n", what, h)
	}
}

// percent says whether a column holds per cents: its heading says so, or cells do.
func (f *fit) percent(at int) bool {
	return strings.Contains(f.head.Cells[at], "%") || slices.ContainsFunc(f.below, func(r transform.PeekedRow) bool {
		return at < len(r.Percent) && r.Percent[at] || at < len(r.Cells) && perCent.MatchString(r.Cells[at])
	})
}

var perCent = regexp.MustCompile(`^-?\d[\d.,]* ?%$`)

var footer = regexp.MustCompile(`(?i)^(total|jumlah|grand total|sumber)\b`)

// writeRest adds rules and skip rules that the rows suggest.
func (f *fit) writeRest(b *strings.Builder) {
	var rules []string
	if f.table.Name == "indeks" {
		rules = append(rules, "  - {name: rumus-idm, check: idm_formula}", "  - {name: status-skor, check: idm_status, severity: warning}")
	}
	if at, ok := f.columns["kode_desa"]; ok && f.table.Scheme == "kemendagri" {
		rules = append(rules, "  - {name: kode-dikenal, check: area_known, column: kode_desa, severity: warning} # BPS codes have ten digits too: only the code list tells them apart")
		_ = at
	}
	if len(rules) > 0 {
		fmt.Fprintf(b, "rules:\n%s\n", strings.Join(rules, "\n"))
	}
	if f.document {
		return
	}
	b.WriteString("skip:\n  - {name: baris-kosong, when: blank}\n")
	first := f.firstTextColumn()
	for _, r := range f.below {
		if first >= 0 && first < len(r.Cells) && footer.MatchString(r.Cells[first]) {
			fmt.Fprintf(b, "  - {name: kaki, from: %q, matches: \"(?i)^(total|jumlah|grand total|sumber)\"}\n", f.head.Cells[first])
			return
		}
	}
}

// firstTextColumn is the leftmost used column, in which footers stand.
func (f *fit) firstTextColumn() int {
	first := -1
	for _, at := range f.columns {
		if first < 0 || at < first {
			first = at
		}
	}
	return first
}
