package xlsx

import (
	"strings"
	"testing"
)

// The words of the fast path are the markup that their comments show.
func TestWords(t *testing.T) {
	for text, have := range map[string]uint64{
		`<row r="`: rowOpen, ` spans="`: spansOpen, `<c r="`: cellOpen, `</v></c>`: valueEnd, `></c>`: cellEnd, `</row>`: rowEnd,
		`><is><t>`: inlineOpen, `</t></is`: inlineShut, ` s="`: styleAttr, ` t="`: typeAttr, `><v>`: valueTag, `str"`: strType,
	} {
		var b [8]byte
		copy(b[:], text)
		if le.Uint64(b[:]) != have {
			t.Errorf("the word of %s is wrong", text)
		}
	}
}

func TestDateFormats(t *testing.T) {
	for code, want := range map[string]bool{
		"dd/mm/yyyy": true, "[$-421]dd\\ mmmm\\ yyyy;@": true, "mmm": true, "yyyy": true, "m/d/yy h:mm": true, "ge\\.m\\.d": true, "[Red]d-mmm": true,
		"General": false, "0.00": false, "#,##0.00": false, "0.00E+00": false, "0%": false, "@": false, "h:mm": false, "mm:ss.0": false, "[h]:mm": false,
		`"hari dan bulan" 0`: false, `0 "mdy`: false, `\d0`: false, "_m0*d": false, "[Magenta]0": false, "[$Rp-421]#,##0": false, `0\ "desa"`: false, "": false,
	} {
		if got := formatLook(code).date; got != want {
			t.Errorf("%q shows a date: %v, want %v", code, got, want)
		}
	}
	dates := ""
	for id := range uint64(60) {
		if isDateID(id) {
			dates += "x"
		} else {
			dates += "."
		}
	}
	if want := strings.Repeat(".", 14) + "xxxx....x....xxxxx..xxx.............xxxxxxxxx."; dates != want {
		t.Errorf("built-in formats that show dates:\n%s, want\n%s", dates, want)
	}
}

func TestPercentFormats(t *testing.T) {
	for code, want := range map[string]bool{"0%": true, "0.00%": true, "[Red]0.0 %;-0.0%": true, `0"%"`: false, `0\%`: false, "0.00": false, "General": false, "_%0": false} {
		if got := formatLook(code).percent; got != want {
			t.Errorf("%q shows per cent: %v, want %v", code, got, want)
		}
	}
}

func TestISODates(t *testing.T) {
	for _, tt := range []struct {
		text, serial string
		from1904     bool
	}{
		{"1900-01-01", "1", false}, {"1900-02-28", "59", false}, {"1900-03-01", "61", false}, {"2024-01-01", "45292", false},
		{"1904-01-01", "0", true}, {"2024-01-01T06:00:00", "43830.25", true}, {"2024-01-01T12:00Z", "", false}, {"1899-12-30", "", false},
		{"1903-12-31", "", true}, {"2024-1-1", "", false}, {"2024-02-30", "", false}, {"", "", false},
	} {
		got, ok := isoSerial(tt.text, tt.from1904)
		if got != tt.serial || ok != (tt.serial != "") {
			t.Errorf("%q from 1904 %v: serial %q, want %q", tt.text, tt.from1904, got, tt.serial)
		}
	}
}

func TestNumbers(t *testing.T) {
	for text, want := range map[string]bool{
		"0": true, "-1": true, "0.70289999999999997": true, "4.1E-2": true, "1e+5": true, ".5": true, "5.": true, "+5": true, "007": true,
		"": false, "-": false, ".": false, "1e": false, "1e+": false, "1,5": false, "1 5": false, "0x1p-2": false, "1_000": false, "NaN": false, "INF": false, "--1": false, "1.2.3": false, "١": false,
	} {
		if got := isNumber([]byte(text)); got != want {
			t.Errorf("%q is a number: %v, want %v", text, got, want)
		}
		// What the fast path takes as a whole, the general way takes too.
		if n := fastNumber(append([]byte(text), make([]byte, pad)...), 0); n == len(text) && !want {
			t.Errorf("the fast path takes %q", text)
		}
	}
}

// Text may be cut anywhere between chunks.
func TestCharsetAcrossPieces(t *testing.T) {
	const text = "ab é 村 𝄞 12345678 \t\r\n z"
	for i := 0; i <= len(text); i++ {
		for j := i; j <= len(text); j++ {
			var c charset
			for n, piece := range []string{text[:i], text[i:j], text[j:]} {
				if err := c.check("part", []byte(piece), n == 2); err != nil {
					t.Fatalf("cut at %d and %d: %v", i, j, err)
				}
			}
		}
	}
	for _, bad := range []string{"a\x00", "\x1f", "\x7f\x80", "é\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xef\xbf\xbe", "村\xe6\x9d", "12345678\x0b2345678"} {
		for i := 0; i <= len(bad); i++ {
			var c charset
			err := c.check("part", []byte(bad[:i]), false)
			if err == nil {
				err = c.check("part", []byte(bad[i:]), true)
			}
			if err == nil {
				t.Errorf("%q cut at %d was taken", bad, i)
			}
		}
	}
}
