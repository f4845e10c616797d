package csv

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"lumbung/transform/row"
)

func TestRecords(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
		unended    bool
	}{
		{"plain", "a,b\n1,2\n", []string{"1: a|b", "2: 1|2"}, false},
		{"no last line break", "a,b\n1,2", []string{"1: a|b", "2: 1|2"}, true},
		{"CRLF, LF and CR", "a,b\r\n1,2\n3,4\r5,6\r\n", []string{"1: a|b", "2: 1|2", "3: 3|4", "4: 5|6"}, false},
		{"doubled quotes", `a,b` + "\n" + `"Soka""an","""x"""` + "\n", []string{"1: a|b", `2: Soka"an|"x"`}, false},
		{"delimiter in quotes", "a,b\n\"I, II, III\",2\n", []string{"1: a|b", "2: I, II, III|2"}, false},
		{"line breaks in quotes", "a,b\n\"KOTA BANGUN\nSEBERANG\",\"x\r\ny\"\n3,4\n", []string{"1: a|b", "2: KOTA BANGUN\nSEBERANG|x\r\ny", "5: 3|4"}, false},
		{"empty fields", "a,b,c\n,,\n\"\",,x\n", []string{"1: a|b|c", "2: ||", "3: ||x"}, false},
		{"ragged", "a,b\n1\n1,2,3\n1,2\n", []string{"1: a|b", "2!: 1", "3!: 1|2|3", "4: 1|2"}, false},
		{"unquoted commas", "no,nama\n1,LAMBANG SARI I, II, III\n", []string{"1: no|nama", "2!: 1|LAMBANG SARI I| II| III"}, false},
		{"blank lines", "\na,b\n\n1,2\n\n\n", []string{"1: ", "2: a|b", "3: ", "4: 1|2", "5: ", "6: "}, false},
		{"header repeated", "a,b\n1,2\na,b\n3,4\n", []string{"1: a|b", "2: 1|2", "3: a|b", "4: 3|4"}, false},
		{"comments are rows", "#x,y\n1,2\n", []string{"1: #x|y", "2: 1|2"}, false},
		{"blanks are kept", " a , b\n", []string{"1:  a | b"}, false},
		{"other characters", "né,≤\n😀,\u00a0\n", []string{"1: né|≤", "2: 😀|\u00a0"}, false},
		{"mark", "\uFEFFa,b\n", []string{"1: a|b"}, false},
		{"two marks", "\uFEFF\uFEFFa,b\n", []string{"1: a|b"}, false},
		{"mark before quotes", "\uFEFF\"a\",b\n", []string{"1: a|b"}, false},
		{"empty file", "", nil, false},
		{"a mark and nothing", "\uFEFF", nil, false},
		{"quoted end of file", "a,\"b\"", []string{"1: a|b"}, true},
		{"trailing delimiter", "a,b,", []string{"1: a|b|"}, true},
		{"quotes within fields", "RAAS,RA\"AS\n5\" pipa,\"\"\"\"\n", []string{"1: RAAS|RA\"AS", "2: 5\" pipa|\""}, false},
		{"blank before a quote", "a, \"b,c\"\n", []string{"1: a| \"b|c\""}, false},
		{"delimiter drift", "a,b,c\n1,2,3\n4;5;6\n", []string{"1: a|b|c", "2: 1|2|3", "3!: 4;5;6"}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, in := range []io.Reader{strings.NewReader(tt.text), iotest.OneByteReader(strings.NewReader(tt.text)), iotest.DataErrReader(strings.NewReader(tt.text))} {
				rows, r, err := all(in, Config{Delimiter: ','})
				if err != nil {
					t.Fatal(err)
				}
				sameRows(t, rows, tt.want...)
				if r.Unended() != tt.unended {
					t.Errorf("Unended() = %v", r.Unended())
				}
			}
		})
	}
}

func TestKindsAndRefs(t *testing.T) {
	r, err := Open(strings.NewReader("a,,\"\"\n"), Config{Delimiter: ','})
	if err != nil {
		t.Fatal(err)
	}
	got, err := r.Read()
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []row.Kind{row.Text, row.Empty, row.Empty, row.Empty} {
		if got.Cell(i).Kind != want {
			t.Errorf("cell %d is %v, want %v", i, got.Cell(i).Kind, want)
		}
	}
	for col, want := range map[int]string{0: "A1204", 7: "H1204", 25: "Z1204", 26: "AA1204", 701: "ZZ1204", 702: "AAA1204", 16383: "XFD1204"} {
		if ref := r.Ref(1204, col); ref != want {
			t.Errorf("Ref(1204, %d) = %q, want %q", col, ref, want)
		}
	}
	if r.Sheet() != "" {
		t.Error("a text file has a sheet")
	}
	for range 2 {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := r.Read(); err == nil {
		t.Error("Read after Close gave a row")
	}
}

func TestFieldsDeclared(t *testing.T) {
	rows, _, err := all(strings.NewReader("a,b\n1,2,3\n"), Config{Delimiter: ',', Fields: 3})
	if err != nil {
		t.Fatal(err)
	}
	sameRows(t, rows, "1!: a|b", "2: 1|2|3")
}

func TestDamageRefused(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"quote never closed", "a,b\n1,2\n3,\"4\n5,6\n7,8\n", "line 3: the quote that a field begins with on this line is never closed"},
		{"quote never closed after line breaks", "a\n\"x\ny\",\"z\n", "line 3: the quote"},
		{"quote at the very end", "a,\"", "line 1: the quote"},
		{"odd quotes at the end", "a,\"b\"\"", "line 1: the quote"},
		{"text after a quote", "a,b\n\"x\"y,2\n", "line 2, column 4: text stands after a closing quote"},
		{"blank after a quote", "a,b\n\"x\" ,2\n", "line 2, column 4: text stands after"},
		{"NUL", "a,b\n1,\x002\n", "line 2, column 3: found the character NUL"},
		{"NUL in quotes", "a,b\n1,\"2\n\x00\"\n", "line 3, column 1: found the character NUL"},
		{"Windows-1252 in UTF-8", "a,b\nx,caf\xe9\n", "line 2, column 6: a byte is not valid UTF-8; declare encoding"},
		{"the same in quotes", "a,b\n\"x\nca\xe9\",1\n", "line 3, column 3: a byte is not valid"},
		{"cut within a character", "a,b\nx,caf\xc3", "line 2, column 6: a byte is not valid"},
		{"surrogate", "a\n\xed\xa0\x80\n", "line 2, column 1: a byte is not valid"},
		{"UTF-16 mark", "\xff\xfea\x00", "declare encoding: utf-16"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := all(strings.NewReader(tt.text), Config{Delimiter: ','})
			wantRefused(t, err, tt.want)
			_, _, err = all(iotest.OneByteReader(strings.NewReader(tt.text)), Config{Delimiter: ','})
			wantRefused(t, err, tt.want)
		})
	}
}

// endless is a line that never ends.
type endless struct {
	text string
	left int64
	read int64
}

func (e *endless) Read(p []byte) (int, error) {
	if e.left <= 0 {
		return 0, io.EOF
	}
	n := int(min(int64(len(p)), e.left))
	for i := 0; i < n; i += copy(p[i:n], e.text) {
	}
	e.left -= int64(n)
	e.read += int64(n)
	return n, nil
}

func TestLimits(t *testing.T) {
	tests := []struct{ name, head, text, want string }{
		{"one field of 1 GB", "a,b\n", "x", "line 2: a record is longer than the reader's limit"},
		{"many fields in 1 GB", "a,b\n", "xxxxxxxxx,", "line 2: a record has more fields"},
		{"1 GB in quotes", "a,b\n\n1,\"", "x\n", "line 3: the quote that a field begins with on this line is never closed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rest := &endless{text: tt.text, left: 1 << 30}
			_, _, err := all(io.MultiReader(strings.NewReader(tt.head), rest), Config{Delimiter: ','})
			wantRefused(t, err, tt.want)
			if rest.read > 16<<20 {
				t.Errorf("read %d bytes before refusing", rest.read)
			}
		})
	}
	cfg := Config{Delimiter: ',', Limits: Limits{Field: 10, Record: 100}}
	_, _, err := all(strings.NewReader("a,b\n1,12345678901\n"), cfg)
	wantRefused(t, err, "line 2: a field is longer")
	if rows, _, err := all(strings.NewReader("a,b\n1,1234567890\n"), cfg); err != nil || len(rows) != 2 {
		t.Errorf("%v, %v", rows, err)
	}
}

func TestInputFails(t *testing.T) {
	broken := errors.New("disk on fire")
	for _, text := range []string{"", "a,b", "a,b\n", "a,\"b"} {
		for _, encoding := range []string{"utf-8", "windows-1252"} {
			_, r, err := all(io.MultiReader(strings.NewReader(text), iotest.ErrReader(broken)), Config{Delimiter: ',', Encoding: encoding})
			if !errors.Is(err, broken) {
				t.Errorf("%q as %s: %v, want the input's error", text, encoding, err)
				continue
			}
			if _, again := r.Read(); !errors.Is(again, broken) {
				t.Errorf("%q: the second Read says %v", text, again)
			}
		}
	}
}

func TestDelimiterFound(t *testing.T) {
	tests := []struct {
		text string
		want byte
	}{
		{"kode,nama\n1,A\n", ','},
		{"kode;nama;skor\n1;A;0,5\n2;B;0,7\n", ';'},
		{"kode\tnama\n1\tA, B\n2\tC\n", '\t'},
		{"kode|nama\n1|A,B\n2|C\n", '|'},
		{"kode\n1\n2\n", ','},
		{"", ','},
		{"\n\nkode;nama\n1;A\n", ';'},
		{"no;nama\n1;\"A,B\"\n2;\"C,D\"\n", ';'},
		{"no,nama\n1,\"A;B\nC;D\"\n", ','},
		{"kode,nama\n1,A,B\n2;3\n", ','},
		{"kode;nama", ';'},
		{"kode,nama\n1,RA\"AS;x\n2,\"A\"\"S;y\"\n", ','},
	}
	for _, tt := range tests {
		_, r, err := all(strings.NewReader(tt.text), Config{})
		if err != nil {
			t.Errorf("%q: %v", tt.text, err)
			continue
		}
		if got, encoding := r.Detected(); got != tt.want || encoding != "utf-8" {
			t.Errorf("%q: %q, %s; want %q", tt.text, got, encoding, tt.want)
		}
	}
	for _, text := range []string{"a;b,c\n1;2,3\n", "a;b,c,d\n1,2\n3;4;5;6\n"} {
		if _, err := Open(strings.NewReader(text), Config{}); err == nil || !strings.Contains(err.Error(), "declare delimiter") {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := Open(strings.NewReader(""), Config{Delimiter: '"'}); err == nil {
		t.Error("a quote was taken as delimiter")
	}
}

// A sample that the window cuts must not count the cut record.
func TestDelimiterOfLongFile(t *testing.T) {
	text := strings.Repeat("a;b;"+strings.Repeat("x", 3000)+"\n", 200)
	if _, r, err := all(strings.NewReader(text), Config{}); err != nil {
		t.Error(err)
	} else if got, _ := r.Detected(); got != ';' {
		t.Errorf("found %q", got)
	}
}
