package json

import (
	"sort"
	"strconv"
	"strings"
)

// places remembers where records stand, so that Ref can name them: one entry
// for each innermost container of records (about 30 bytes and its pointer), and
// for records that are entries of an object their names.
type places struct {
	starts []placeStart
	text   []byte // pointers of the containers
	names  []byte // names of the records' entries
	ends   []int  // ends[i] is the end of the name of record i+1
	line   int    // of the document that is being read
	shift  int    // line - record number, as long as documents come one per line
}

type placeStart struct {
	record  int // first record
	line    int // its document's line
	pointer int // start in text
	inside  bool
}

// document notes that a document begins on the line.
func (p *places) document(record, line int) {
	p.line = line
	if len(p.starts) > 0 && p.shift == line-record && !p.starts[len(p.starts)-1].inside {
		return
	}
	p.shift = line - record
	p.starts = append(p.starts, placeStart{record: record, line: line, pointer: len(p.text)})
}

// container notes the pointer of an array or object of records.
func (p *places) container(record int, pointer string) {
	p.starts = append(p.starts, placeStart{record: record, line: p.line, pointer: len(p.text), inside: true})
	p.text = append(p.text, pointer...)
}

// entry notes the name of the next record.
func (p *places) entry(name []byte) {
	p.names = append(p.names, name...)
	p.ends = append(p.ends, len(p.names))
}

func (p *places) name(record int) string {
	start := 0
	if record > 1 {
		start = p.ends[record-2]
	}
	return escape(string(p.names[start:p.ends[record-1]]))
}

func (p *places) pointer(i int) string {
	end := len(p.text)
	if i+1 < len(p.starts) {
		end = p.starts[i+1].pointer
	}
	return string(p.text[p.starts[i].pointer:end])
}

// Ref names the cell as a JSON pointer with the real indices, such as
// /kec/13/ds/8/2; for NDJSON the line stands before it ("line 17 /skor"). A
// value shared by several rows is named where it stands. It knows every record
// that has been read so far, including rows still held back; for others it says
// "record N".
func (r *Reader) Ref(number, col int) string {
	if number < 1 || number > r.count || col < 0 || col >= len(r.plan.columns) {
		return "record " + strconv.Itoa(number)
	}
	i := sort.Search(len(r.places.starts), func(i int) bool { return r.places.starts[i].record > number }) - 1
	start := r.places.starts[i]
	pointer := r.places.pointer(i)
	if r.plan.stars == 0 {
		pointer = steps(r.plan.rows)
	} else if last := r.lastStar(); r.plan.rows[last].kind == entry {
		pointer += "/" + r.places.name(number) + steps(r.plan.rows[last+1:])
	} else {
		pointer += "/" + index(number-start.record) + steps(r.plan.rows[last+1:])
	}
	pointer = r.plan.columns[col].within(pointer)
	if !r.lines {
		return pointer
	}
	line := start.line
	if !start.inside {
		line += number - start.record
	}
	return strings.TrimSpace("line " + strconv.Itoa(line) + " " + pointer)
}

func (r *Reader) lastStar() int {
	last := len(r.plan.rows) - 1
	for !r.plan.rows[last].star() {
		last--
	}
	return last
}

// within turns the record's pointer into that of the column.
func (c column) within(record string) string {
	if c.key {
		return record
	}
	end := 0
	for range c.base {
		next := strings.IndexByte(record[end+1:], '/')
		if next < 0 {
			end = len(record)
			break
		}
		end += 1 + next
	}
	return record[:end] + steps(c.steps[c.base:])
}

func steps(all []step) string {
	var out strings.Builder
	for _, s := range all {
		out.WriteByte('/')
		if s.kind == element {
			out.WriteString(index(s.index))
		} else {
			out.WriteString(escape(s.name))
		}
	}
	return out.String()
}

// pointer is the way to the value that is being read, as far as the frames know it.
func (r *Reader) pointer() string {
	var out strings.Builder
	for i := range r.frames {
		f := &r.frames[i]
		if !f.began {
			break
		}
		out.WriteByte('/')
		switch {
		case f.keys == nil:
			out.WriteString(index(f.index))
		case f.keys.n > 0:
			out.WriteString(escape(string(f.keys.last())))
		}
	}
	return out.String()
}
