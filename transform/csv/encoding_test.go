package csv

import (
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"
)

func encode16(text string, big bool) string {
	var out strings.Builder
	for _, u := range utf16.Encode([]rune(text)) {
		if big {
			out.Write([]byte{byte(u >> 8), byte(u)})
		} else {
			out.Write([]byte{byte(u), byte(u >> 8)})
		}
	}
	return out.String()
}

func TestEncodings(t *testing.T) {
	const text = "kode;nama\n1;Café “≤”\n2;\"Ž\n€\"\n"
	want := []string{"1: kode|nama", "2: 1|Café “≤”", "3: 2|Ž\n€"}
	const western = "kode;nama\n1;Caf\xe9 \x93x\x94\n2;\"\x8e\n\x80\"\n"
	wantWestern := []string{"1: kode|nama", "2: 1|Café “x”", "3: 2|Ž\n€"}
	smile := encode16("a;b\n1;😀\n", false)
	tests := []struct {
		name, text, declared, found string
		want                        []string
	}{
		{"UTF-8", text, "utf-8", "utf-8", want},
		{"UTF-8 by default", text, "", "utf-8", want},
		{"UTF-8 detected", text, "detect", "utf-8", want},
		{"UTF-8 with mark detected", "\uFEFF" + text, "detect", "utf-8", want},
		{"Windows-1252", western, "windows-1252", "windows-1252", wantWestern},
		{"Windows-1252 detected", western, "detect", "windows-1252", wantWestern},
		{"UTF-16 LE", encode16("\uFEFF"+text, false), "utf-16", "utf-16le", want},
		{"UTF-16 BE", encode16("\uFEFF"+text, true), "utf-16", "utf-16be", want},
		{"UTF-16 with two marks", encode16("\uFEFF\uFEFF"+text, true), "utf-16", "utf-16be", want},
		{"UTF-16 detected", encode16("\uFEFF"+text, false), "detect", "utf-16le", want},
		{"UTF-16 LE without mark", encode16(text, false), "utf-16", "utf-16le", want},
		{"UTF-16 BE without mark", encode16(text, true), "utf-16", "utf-16be", want},
		{"surrogate pair", smile, "utf-16", "utf-16le", []string{"1: a|b", "2: 1|😀"}},
		{"ASCII detected", "a;b\n", "detect", "utf-8", []string{"1: a|b"}},
		{"nothing detected", "", "detect", "utf-8", nil},
		{"nothing as UTF-16", "", "utf-16", "utf-16le", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, in := range []io.Reader{strings.NewReader(tt.text), iotest.OneByteReader(strings.NewReader(tt.text))} {
				rows, r, err := all(in, Config{Delimiter: ';', Encoding: tt.declared})
				if err != nil {
					t.Fatal(err)
				}
				sameRows(t, rows, tt.want...)
				if _, got := r.Detected(); got != tt.found {
					t.Errorf("encoding %s, want %s", got, tt.found)
				}
			}
		})
	}
}

// All 251 characters of Windows-1252, against the table of the Unicode consortium's names that matter here.
func TestWindows1252Characters(t *testing.T) {
	for c, want := range map[byte]rune{0x80: '€', 0x85: '…', 0x8A: 'Š', 0x91: '‘', 0x92: '’', 0x95: '•', 0x96: '–', 0x99: '™', 0x9F: 'Ÿ', 0xA0: '\u00a0', 0xE9: 'é', 0xFF: 'ÿ', 'A': 'A'} {
		if got := rune1252(c); got != want {
			t.Errorf("byte 0x%02X is %q, want %q", c, got, want)
		}
	}
	for _, c := range []byte{0x81, 0x8D, 0x8F, 0x90, 0x9D} {
		_, _, err := all(strings.NewReader("a\nxy"+string([]byte{c})+"\n"), Config{Encoding: "windows-1252"})
		wantRefused(t, err, "line 2, column 3: a byte has no character in Windows-1252")
	}
}

func TestEncodingsRefused(t *testing.T) {
	tests := []struct{ name, text, declared, want string }{
		{"mixed", "a;b\né;1\nx\xe9;2\n", "detect", "mixes encodings: UTF-8 on line 2, other bytes on line 3"},
		{"UTF-8 mark, bytes that are not", "\uFEFFa\nx\xe9\n", "detect", "line 2, column 2: a byte is not valid UTF-8"},
		{"UTF-8 mark declared as Windows-1252", "\uFEFFa\n", "windows-1252", "declare encoding: utf-8"},
		{"UTF-16 mark declared as Windows-1252", "\xff\xfea\x00", "windows-1252", "declare encoding: utf-16"},
		{"UTF-8 mark declared as UTF-16", "\uFEFFab", "utf-16", "declare encoding: utf-8"},
		{"text declared as UTF-16", "abcdef", "utf-16", "does not look like UTF-16"},
		{"half a character", encode16("\uFEFFab", false) + "c", "utf-16", "ends within a character"},
		{"half a pair", encode16("\uFEFFa\n", false) + "\x3d\xd8a\x00b\x00", "utf-16", "line 2, column 1: half of a surrogate pair"},
		{"half a pair at the end", encode16("\uFEFFa\n", false) + "\x3d\xd8", "utf-16", "ends within a character"},
		{"NUL in UTF-16", encode16("\uFEFFa\x00b", false), "utf-16", "NUL"},
		{"UTF-16 read as UTF-8", encode16("ab\n", false), "utf-8", "declare encoding: utf-16"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, in := range []io.Reader{strings.NewReader(tt.text), iotest.OneByteReader(strings.NewReader(tt.text))} {
				_, _, err := all(in, Config{Delimiter: ';', Encoding: tt.declared})
				wantRefused(t, err, tt.want)
			}
		})
	}
	if _, err := Open(strings.NewReader(""), Config{Encoding: "latin1"}); err == nil || !strings.Contains(err.Error(), "not known") {
		t.Errorf("encoding latin1: %v", err)
	}
	in := iotest.OneByteReader(strings.NewReader(strings.Repeat("x", 1000)))
	if _, err := Open(in, Config{Encoding: "detect", Limits: Limits{Held: 999}}); err == nil || !strings.Contains(err.Error(), "declare encoding") {
		t.Errorf("limit of detect: %v", err)
	}
}
