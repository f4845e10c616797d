package value

import (
	"errors"
	"strings"
	"testing"
)

func TestDecimal(t *testing.T) {
	tests := []struct {
		text             string
		numbers          Numbers
		opt              Opt
		precision, scale int
		want             int64
		refused          string // part of the error
	}{
		{text: "0.6176", numbers: Plain, precision: 10, scale: 8, want: 61760000},
		{text: "0.6176", precision: 10, scale: 8, want: 61760000},
		{text: "1", numbers: Plain, precision: 10, scale: 8, want: 100000000},
		{text: " -12.50\u00a0", numbers: Plain, precision: 18, scale: 2, want: -1250},
		{text: "+5", numbers: Plain, precision: 3, scale: 0, want: 5},
		{text: "007", numbers: Plain, precision: 3, scale: 0, want: 7},
		{text: "-0", numbers: Plain, precision: 3, scale: 0, want: 0},
		{text: "3.60435201E9", numbers: Plain, precision: 10, scale: 0, want: 3604352010},
		{text: "5E-2", numbers: Plain, precision: 4, scale: 2, want: 5},
		{text: "1e+3", numbers: Plain, precision: 4, scale: 0, want: 1000},
		{text: "0e999", numbers: Plain, precision: 4, scale: 0, want: 0},
		{text: "999999999999999999", numbers: Plain, precision: 18, scale: 0, want: 999999999999999999},
		{text: "9007199254740993", numbers: Plain, precision: 18, scale: 0, want: 9007199254740993},
		{text: "0.76714285714286", numbers: Plain, precision: 16, scale: 14, want: 76714285714286},

		{text: "1.234,5", numbers: ID, precision: 10, scale: 2, want: 123450},
		{text: "1.234", numbers: ID, precision: 10, scale: 2, want: 123400},
		{text: "1 234", numbers: ID, precision: 10, scale: 0, want: 1234},
		{text: "1\u00a0234\u00a0567,25", numbers: ID, precision: 10, scale: 2, want: 123456725},
		{text: "1\u202f234", numbers: EN, precision: 10, scale: 0, want: 1234},
		{text: "0,7543", numbers: ID, precision: 10, scale: 8, want: 75430000},
		{text: "1234,5", numbers: ID, precision: 10, scale: 1, want: 12345},
		{text: "Rp 186.904.433.000", numbers: ID, precision: 18, scale: 2, want: 18690443300000},
		{text: "Rp1.500.000,-", numbers: ID, precision: 18, scale: 2, want: 150000000},
		{text: "rp. 1.500,50", numbers: ID, precision: 18, scale: 2, want: 150050},
		{text: "-Rp 5", numbers: ID, precision: 18, scale: 0, want: -5},
		{text: "(5)", numbers: Plain, precision: 3, scale: 0, want: -5},
		{text: "(Rp 1.000)", numbers: ID, precision: 9, scale: 0, want: -1000},
		{text: "Rp (1.000)", numbers: ID, precision: 9, scale: 0, want: -1000},
		{text: "1,234.5", numbers: EN, precision: 10, scale: 1, want: 12345},
		{text: "23,9 %", numbers: ID, opt: Opt{Percent: true}, precision: 6, scale: 2, want: 2390},
		{text: "23.9%", numbers: Plain, opt: Opt{Percent: true}, precision: 6, scale: 2, want: 2390},
		{text: "0.239", numbers: Plain, opt: Opt{Fraction: true}, precision: 6, scale: 2, want: 2390},
		{text: "1", numbers: Plain, opt: Opt{Fraction: true}, precision: 6, scale: 2, want: 10000},
		{text: "5E-3", numbers: Plain, opt: Opt{Fraction: true}, precision: 6, scale: 2, want: 50},
		{text: "0.23905", numbers: Plain, opt: Opt{Fraction: true}, precision: 6, scale: 2, refused: "more than 2 decimals"},
		{text: "100", numbers: Plain, opt: Opt{Fraction: true}, precision: 6, scale: 2, refused: "more than 4 digits"},

		{text: "0.12345", numbers: Plain, opt: Opt{Round: true}, precision: 6, scale: 4, want: 1235},
		{text: "-0.12345", numbers: Plain, opt: Opt{Round: true}, precision: 6, scale: 4, want: -1235},
		{text: "0.12344999999999999999999999", numbers: Plain, opt: Opt{Round: true}, precision: 6, scale: 4, want: 1234},
		{text: "0.04", numbers: Plain, opt: Opt{Round: true}, precision: 6, scale: 0, want: 0},
		{text: "0.5", numbers: Plain, opt: Opt{Round: true}, precision: 6, scale: 0, want: 1},
		{text: "9.99", numbers: Plain, opt: Opt{Round: true}, precision: 1, scale: 0, refused: "more than 1 digits"},

		{text: "0.12345", numbers: Plain, precision: 6, scale: 4, refused: "more than 4 decimals; declare round: true"},
		{text: "0.12340", numbers: Plain, precision: 6, scale: 4, want: 1234},
		{text: "100", numbers: Plain, precision: 4, scale: 2, refused: "more than 2 digits before"},
		{text: "1000000000000000000", numbers: Plain, precision: 18, scale: 0, refused: "more than 18 digits"},
		{text: "1e400", numbers: Plain, precision: 18, scale: 0, refused: "more than 18 digits"},
		{text: "1e4000", numbers: Plain, precision: 18, scale: 0, refused: "not a number"},
		{text: "1e-400", numbers: Plain, precision: 18, scale: 4, refused: "more than 4 decimals"},

		{text: "1.234", precision: 10, scale: 3, refused: "could be 1234 or 1,234; declare numbers: id or numbers: plain"},
		{text: "12.345", precision: 10, scale: 3, refused: "could be 12345 or 12,345"},
		{text: "1,234", precision: 10, scale: 3, refused: "could be 1234 or 1.234; declare numbers: en"},
		{text: "1.234", numbers: Plain, precision: 10, scale: 3, want: 1234},
		{text: "1.2345", precision: 10, scale: 4, want: 12345},
		{text: "0.706", precision: 10, scale: 3, want: 706},
		{text: "1234.567", precision: 10, scale: 3, want: 1234567},
		{text: "1.234.567", precision: 10, scale: 3, refused: "Indonesian way; declare numbers: id"},
		{text: "0,7543", numbers: Plain, precision: 10, scale: 4, refused: "declare numbers: id"},
		{text: "1,234.5", numbers: ID, precision: 10, scale: 4, refused: "declare numbers: en"},
		{text: "0.7543", numbers: ID, precision: 10, scale: 4, refused: "English way"},
		{text: "1 234", numbers: Plain, precision: 10, scale: 0, refused: "declare numbers"},
		{text: "1\u00a0234", numbers: Plain, precision: 10, scale: 0, refused: "declare numbers"},
		{text: "12.34", numbers: ID, precision: 10, scale: 2, refused: "declare numbers: en"},
		{text: "1.23.456", numbers: ID, precision: 10, scale: 2, refused: "groups of exactly three"},
		{text: "1.234 567", numbers: ID, precision: 10, scale: 2, refused: "groups of exactly three"},
		{text: "1234.567", numbers: ID, precision: 10, scale: 2, refused: "numbers: en"},
		{text: "0.123", numbers: ID, precision: 10, scale: 3, refused: "numbers: en"},
		{text: "1e3", numbers: ID, precision: 10, scale: 3, refused: "numbers: plain"},

		{text: "23.9%", numbers: Plain, precision: 6, scale: 2, refused: "unit: persen"},
		{text: "-(5)", numbers: Plain, precision: 6, scale: 2, refused: "more than one sign"},
		{text: "--5", numbers: Plain, precision: 6, scale: 2, refused: "more than one sign"},
		{text: "", precision: 6, scale: 2, refused: "not a number"},
		{text: " ", precision: 6, scale: 2, refused: "not a number"},
		{text: "-", precision: 6, scale: 2, refused: "not a number"},
		{text: "n/a", precision: 6, scale: 2, refused: "list it under nulls"},
		{text: "NaN", numbers: Plain, precision: 6, scale: 2, refused: "not a number"},
		{text: "Inf", numbers: Plain, precision: 6, scale: 2, refused: "not a number"},
		{text: "-Infinity", numbers: Plain, precision: 6, scale: 2, refused: "not a number"},
		{text: "0x1p-2", numbers: Plain, precision: 6, scale: 2, refused: "not a number"},
		{text: "0x10", numbers: Plain, precision: 6, scale: 2, refused: "not a number"},
		{text: "1_000", numbers: Plain, precision: 6, scale: 2, refused: "underscores"},
		{text: "１２３", numbers: Plain, precision: 6, scale: 2, refused: "digits other than 0-9"},
		{text: "1２", numbers: Plain, precision: 6, scale: 2, refused: "digits other than 0-9"},
		{text: ".5", numbers: Plain, precision: 6, scale: 2, refused: "not a number"},
		{text: "5.", numbers: Plain, precision: 6, scale: 2, refused: "not a number"},
		{text: "1e", numbers: Plain, precision: 6, scale: 2, refused: "not a number"},
		{text: "1.5.", numbers: Plain, precision: 6, scale: 2, refused: "not a number"},
		{text: "5 desa", numbers: Plain, precision: 6, scale: 2, refused: "not a number"},
		{text: "Rp", numbers: ID, precision: 6, scale: 2, refused: "not a number"},
		{text: "dana desa sejak tahun 2020 tidak lagi dicairkan (lokasi desanya di dalam HGU)", numbers: Plain, precision: 6, scale: 2, refused: "not a number"},
		{text: strings.Repeat("1", 100), numbers: Plain, precision: 6, scale: 2, refused: "..."},
		{text: "1", numbers: Plain, precision: 19, scale: 2, refused: "precision of 1 to 18"},
		{text: "1", numbers: Plain, precision: 4, scale: 5, refused: "scale within it"},
	}
	for _, tt := range tests {
		got, err := Decimal([]byte(tt.text), tt.numbers, tt.opt, tt.precision, tt.scale)
		if tt.refused != "" {
			var typed *Error
			if !errors.As(err, &typed) || !strings.Contains(err.Error(), tt.refused) {
				t.Errorf("Decimal(%q, %v) = %d, %v; want an error with %q", tt.text, tt.numbers, got, err, tt.refused)
			}
			continue
		}
		if err != nil || got != tt.want {
			t.Errorf("Decimal(%q, %v, %v, %d, %d) = %d, %v; want %d", tt.text, tt.numbers, tt.opt, tt.precision, tt.scale, got, err, tt.want)
		}
	}
}

func TestInteger(t *testing.T) {
	tests := []struct {
		text    string
		numbers Numbers
		want    int64
		refused string
	}{
		{"6402012001", Plain, 6402012001, ""},
		{"3.60435201E9", Plain, 3604352010, ""},
		{"12.0", Plain, 12, ""},
		{"61.358", ID, 61358, ""},
		{"9007199254740993", Plain, 9007199254740993, ""},
		{"12.5", Plain, 0, "not a whole number"},
		{"61.358", Undeclared, 0, "could be 61358"},
		{"1e400", Plain, 0, "more than 18 digits"},
		{"5%", Plain, 0, "ends with %"},
	}
	for _, tt := range tests {
		got, err := Integer([]byte(tt.text), tt.numbers)
		if tt.refused != "" {
			if err == nil || !strings.Contains(err.Error(), tt.refused) {
				t.Errorf("Integer(%q, %v) = %d, %v; want an error with %q", tt.text, tt.numbers, got, err, tt.refused)
			}
			continue
		}
		if err != nil || got != tt.want {
			t.Errorf("Integer(%q, %v) = %d, %v; want %d", tt.text, tt.numbers, got, err, tt.want)
		}
	}
}

func TestYear(t *testing.T) {
	for text, want := range map[string]int16{"2024": 2024, " 2019 ": 2019, "2024.0": 2024, "1900": 1900, "2100": 2100} {
		if got, err := Year([]byte(text)); err != nil || got != want {
			t.Errorf("Year(%q) = %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"1899", "2101", "24", "20245", "2.024", "tahun", "", "2024.5"} {
		if got, err := Year([]byte(text)); err == nil {
			t.Errorf("Year(%q) = %d, want an error", text, got)
		}
	}
}

func TestParseNumbers(t *testing.T) {
	for word, want := range map[string]Numbers{"": Undeclared, "plain": Plain, "id": ID, "en": EN} {
		got, err := ParseNumbers(word)
		if err != nil || got != want || got.String() != word {
			t.Errorf("ParseNumbers(%q) = %v, %v", word, got, err)
		}
	}
	if _, err := ParseNumbers("de"); err == nil {
		t.Error(`ParseNumbers("de") gave no error`)
	}
}
