package value

import (
	"strings"
	"testing"
	"time"
)

func formats(t *testing.T, texts ...string) []Format {
	t.Helper()
	var all []Format
	for _, text := range texts {
		f, err := ParseFormat(text)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, f)
	}
	return all
}

func day(days int32) string {
	return time.Unix(int64(days)*86400, 0).UTC().Format(time.DateOnly)
}

func TestDate(t *testing.T) {
	tests := []struct {
		text    string
		formats string // joined by |
		want    string
		refused string
	}{
		{"17/08/1945", "dd/mm/yyyy", "1945-08-17", ""},
		{"5/3/2024", "dd/mm/yyyy", "2024-03-05", ""},
		{"2024-02-29", "yyyy-mm-dd", "2024-02-29", ""},
		{"1970-01-01", "yyyy-mm-dd", "1970-01-01", ""},
		{"1969-12-31", "yyyy-mm-dd", "1969-12-31", ""},
		{"20240131", "yyyymmdd", "2024-01-31", ""},
		{"31.12.2023", "dd.mm.yyyy", "2023-12-31", ""},
		{"1 Januari 2024", "d mmmm yyyy", "2024-01-01", ""},
		{"17\u00a0AGUSTUS  2024", "d mmmm yyyy", "2024-08-17", ""},
		{"17 Agt. 2024", "d mmm yyyy", "2024-08-17", ""},
		{"17 Agu 2024", "d mmm yyyy", "2024-08-17", ""},
		{"3 Desember 2020", "d mmmm yyyy", "2020-12-03", ""},
		{"3 Nopember 2020", "d mmmm yyyy", "2020-11-03", ""},
		{"October 3, 2020", "mmmm d, yyyy", "2020-10-03", ""},
		{"03-Mei-2021", "dd-mmm-yyyy", "2021-05-03", ""},
		{"44197", "serial", "2021-01-01", ""},
		{"44197.0", "serial", "2021-01-01", ""},
		{"2021-01-05", "dd/mm/yyyy|yyyy-mm-dd", "2021-01-05", ""},
		{"05/05/2021", "dd/mm/yyyy|mm/dd/yyyy", "2021-05-05", ""},
		{"25/12/2021", "mm/dd/yyyy|dd/mm/yyyy", "2021-12-25", ""},

		{"03/04/2021", "dd/mm/yyyy|mm/dd/yyyy", "", "one day as dd/mm/yyyy and another as mm/dd/yyyy"},
		{"29/02/2023", "dd/mm/yyyy", "", "calendar does not have"},
		{"31/04/2023", "dd/mm/yyyy", "", "calendar does not have"},
		{"2023-13-01", "yyyy-mm-dd", "", "calendar does not have"},
		{"00/01/2023", "dd/mm/yyyy", "", "calendar does not have"},
		{"01/01/0024", "dd/mm/yyyy", "", "calendar does not have"},
		{"01/01/24", "dd/mm/yyyy", "", "not a date; declared: dd/mm/yyyy"},
		{"1 Jenuari 2024", "d mmmm yyyy", "", "not a date"},
		{"2024-01-31x", "yyyy-mm-dd", "", "not a date"},
		{"2024131", "yyyymmdd", "", "not a date"},
		{"", "yyyy-mm-dd", "", "not a date"},
		{"44197.5", "serial", "", "time of day"},
		{"60", "serial", "", "29 February 1900"},
		{"1", "", "", "no date format"},
	}
	for _, tt := range tests {
		var fs []Format
		if tt.formats != "" {
			fs = formats(t, strings.Split(tt.formats, "|")...)
		}
		got, err := Date([]byte(tt.text), fs)
		if tt.refused != "" {
			if err == nil || !strings.Contains(err.Error(), tt.refused) {
				t.Errorf("Date(%q, %s) = %s, %v; want an error with %q", tt.text, tt.formats, day(got), err, tt.refused)
			}
			continue
		}
		if err != nil || day(got) != tt.want {
			t.Errorf("Date(%q, %s) = %s, %v; want %s", tt.text, tt.formats, day(got), err, tt.want)
		}
	}
}

func TestMonthNames(t *testing.T) {
	names := []string{
		"Januari January Jan", "Februari February Pebruari Feb", "Maret March Mar", "April Apr", "Mei May", "Juni June Jun",
		"Juli July Jul", "Agustus August Agu Agt Aug", "September Sept Sep", "Oktober October Okt Oct",
		"November Nopember Nov Nop", "Desember December Des Dec",
	}
	for i, list := range names {
		for name := range strings.FieldsSeq(list) {
			if got, _, ok := monthName([]byte(name)); !ok || got != i+1 {
				t.Errorf("month of %q = %d, %v; want %d", name, got, ok, i+1)
			}
		}
	}
}

func TestParseFormatRefuses(t *testing.T) {
	for _, text := range []string{"", "dd/mm", "dd/mm/yy", "dd/mm/yyyy hh", "dd/dd/yyyy", "yyyy", "ddd/mm/yyyy", "seriall"} {
		if f, err := ParseFormat(text); err == nil {
			t.Errorf("ParseFormat(%q) = %v, want an error", text, f)
		}
	}
	if got := formats(t, "d mmmm yyyy")[0].String(); got != "d mmmm yyyy" {
		t.Errorf("String() = %q", got)
	}
}

func TestSerial(t *testing.T) {
	tests := []struct {
		text     string
		date1904 bool
		want     string // "" = refused
	}{
		{"1", false, "1900-01-01"},
		{"59", false, "1900-02-28"},
		{"60", false, ""},
		{"61", false, "1900-03-01"},
		{"25569", false, "1970-01-01"},
		{"45292", false, "2024-01-01"},
		{"4.5292E4", false, "2024-01-01"},
		{"2958465", false, "9999-12-31"},
		{"2958466", false, ""},
		{"0", false, ""},
		{"-1", false, ""},
		{"0", true, "1904-01-01"},
		{"43830", true, "2024-01-01"},
		{"60", true, "1904-03-01"},
		{"2957003", true, "9999-12-31"},
		{"2957004", true, ""},
		{"-1", true, ""},
		{"45292.25", false, ""},
		{"kemarin", false, ""},
	}
	for _, tt := range tests {
		got, err := Serial([]byte(tt.text), tt.date1904)
		if (err != nil) != (tt.want == "") || err == nil && day(got) != tt.want {
			t.Errorf("Serial(%q, %v) = %s, %v; want %q", tt.text, tt.date1904, day(got), err, tt.want)
		}
	}
}
