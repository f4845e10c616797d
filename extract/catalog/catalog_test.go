package catalog

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

const source = "https://satudata.kemendesa.go.id/dataset/idm/?token=rahasia"

func rules(t testing.TB, pattern, period string) Rules {
	t.Helper()
	p, err := ParsePattern(pattern)
	if err != nil {
		t.Fatal(err)
	}
	return Rules{Pattern: p, Period: period}
}

// show prints entries one a line, so that a failed test reads like the table.
func show(listed []Listed) string {
	var out strings.Builder
	for _, l := range listed {
		at := "-"
		if !l.Modified.IsZero() {
			at = l.Modified.Format(time.RFC3339)
		}
		fmt.Fprintf(&out, "%s | %s | %s | %s\n", l.Period, l.URL, l.Name, at)
	}
	return out.String()
}

func expect(t *testing.T, got []Listed, err error, want string) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if show(got) != strings.TrimLeft(want, "\n") {
		t.Errorf("got\n%swant%s", show(got), want)
	}
}

func TestHTMLIndex(t *testing.T) {
	page := `<!DOCTYPE html><html><head><title>Index of /idm</title></head><body><pre>
<a href="../">Parent</a>
<a href="idm-2024.xlsx">idm-2024.xlsx</a>   2024-11-02 10:22  7.7M
<a href='/dataset/idm/IDM-2023.XLSX#top'>IDM   <b>2023</b></a> 01-Mar-2024 08:00 6M
<a href=idm-2022.xlsx?v=2>2022</a>
<a href="idm-2024.xlsx">again</a>
<a href="idm-99.xlsx">no year</a> <a href="javascript:alert(1)">x</a> <a href="mailto:a@b">m</a> <a name="idm-2020.xlsx">anchor</a>
<!-- <a href="idm-2019.xlsx">old</a> --><script>var a = '<a href="idm-2018.xlsx">';</script>
<a href="https://mirror.go.id/idm-2021.xlsx">Cermin &amp; salinan</a>
</pre></body></html>`
	got, err := HTML(source, []byte(page), rules(t, "idm-{tahun}.xlsx", ""))
	expect(t, got, err, `
2021 | https://mirror.go.id/idm-2021.xlsx | Cermin & salinan | -
2022 | https://satudata.kemendesa.go.id/dataset/idm/idm-2022.xlsx?v=2 | 2022 | -
2023 | https://satudata.kemendesa.go.id/dataset/idm/IDM-2023.XLSX | IDM 2023 | 2024-03-01T08:00:00Z
2024 | https://satudata.kemendesa.go.id/dataset/idm/idm-2024.xlsx | idm-2024.xlsx | 2024-11-02T10:22:00Z
`)
}

func TestHTMLBaseAndPatterns(t *testing.T) {
	page := `<base href="https://cdn.go.id/f/"><a href="2024/r2/desa.csv">x</a><a href="unduh?tahun=2023&id=7">Indeks Desa 2023</a>`
	got, err := HTML(source, []byte(page), rules(t, "{tahun}/r{revisi}/desa.csv", "{tahun}-r{revisi}"))
	expect(t, got, err, "\n2024-r2 | https://cdn.go.id/f/2024/r2/desa.csv | x | -\n")
	got, err = HTML(source, []byte(page), rules(t, "/unduh?tahun={tahun}&*", ""))
	expect(t, got, err, "\n2023 | https://cdn.go.id/f/unduh?tahun=2023&id=7 | Indeks Desa 2023 | -\n")
	got, err = HTML(source, []byte(page), rules(t, "indeks desa {tahun}", ""))
	expect(t, got, err, "\n2023 | https://cdn.go.id/f/unduh?tahun=2023&id=7 | Indeks Desa 2023 | -\n")
	got, err = HTML(source, []byte(page), rules(t, "https://cdn.go.id/f/{tahun}/*/desa.csv", ""))
	expect(t, got, err, "\n2024 | https://cdn.go.id/f/2024/r2/desa.csv | x | -\n")
}

func TestCKAN(t *testing.T) {
	body := `{"success":true,"result":{"resources":[
 {"url":"https://data.go.id/r/1/indeks-desa-membangun-tahun-2024.xlsx","format":"xlsx","name":"IDM 2024","last_modified":"2024-11-02T03:04:05.123456"},
 {"url":"/r/2/file.xlsx","format":"XLSX","name":"indeks-desa-membangun-tahun-2023.xlsx","last_modified":null,"created":"2023-12-01"},
 {"url":"https://data.go.id/r/3/indeks-desa-membangun-tahun-2024.pdf","format":"PDF","name":"pdf"}]}}`
	got, err := CKAN("https://data.go.id/api/3/action/package_show?id=x", []byte(body), []string{"XLSX"}, rules(t, "indeks-desa-membangun-tahun-{tahun}*", ""))
	expect(t, got, err, `
2023 | https://data.go.id/r/2/file.xlsx | indeks-desa-membangun-tahun-2023.xlsx | 2023-12-01T00:00:00Z
2024 | https://data.go.id/r/1/indeks-desa-membangun-tahun-2024.xlsx | IDM 2024 | 2024-11-02T03:04:05Z
`)
}

func TestJSONPaths(t *testing.T) {
	nested := `{"data":[{"files":[{"f":{"u":"a-2024.csv"},"n":"A","t":"2024-01-02"}]},{"files":[]},{"files":[{"f":{"u":"a-2023.csv"}}]}]}`
	got, err := JSON(source, []byte(nested), JSONPaths{Rows: "data[*].files[*]", URL: "f.u", Name: "n", Modified: "t"}, rules(t, "a-{tahun}.csv", ""))
	expect(t, got, err, `
2023 | https://satudata.kemendesa.go.id/dataset/idm/a-2023.csv |  | -
2024 | https://satudata.kemendesa.go.id/dataset/idm/a-2024.csv | A | 2024-01-02T00:00:00Z
`)
	got, err = JSON(source, []byte(`["/x/2024.json"]`), JSONPaths{Rows: "[*]", URL: "@"}, rules(t, "{tahun}.json", ""))
	expect(t, got, err, "\n2024 | https://satudata.kemendesa.go.id/x/2024.json |  | -\n")
}

// TestNotBelieved lists the answers after which what was listed before stays.
func TestNotBelieved(t *testing.T) {
	rule := rules(t, "idm-{tahun}.xlsx", "")
	html := func(body string) error { _, err := HTML(source, []byte(body), rule); return err }
	ckan := func(body string) error { _, err := CKAN(source, []byte(body), nil, rule); return err }
	list := func(body string) error {
		_, err := JSON(source, []byte(body), JSONPaths{Rows: "data[*]", URL: "url"}, rule)
		return err
	}
	bad := rules(t, "idm-*.xlsx", "")
	_, noPart := HTML(source, []byte(`<a href="idm-2024.xlsx">`), bad)
	for name, c := range map[string]struct {
		err  error
		want Kind
	}{
		"page without links":     {html("<html><title>Data</title></html>"), KindEmpty},
		"page with other links":  {html(`<a href="x.pdf">x</a>`), KindEmpty},
		"empty page":             {html(""), KindShape},
		"plain text":             {html("sedang sibuk"), KindShape},
		"error page":             {html(`<html><title>503 Service Unavailable</title><a href="/">home</a></html>`), KindErrorPage},
		"maintenance page":       {html(`<h1>Situs dalam pemeliharaan</h1>`), KindErrorPage},
		"login page":             {html(`<title>Masuk - Satu Data</title><form></form>`), KindErrorPage},
		"huge attribute":         {html(`<a href="` + strings.Repeat("x", 2<<20) + `">`), KindShape},
		"period needs a part":    {noPart, KindShape},
		"CKAN no resources":      {ckan(`{"success":true,"result":{"resources":[]}}`), KindEmpty},
		"CKAN failure":           {ckan(`{"success":false,"error":{"message":"Not found"}}`), KindErrorPage},
		"CKAN other shape":       {ckan(`{"result":[]}`), KindShape},
		"CKAN entry is a number": {ckan(`{"result":{"resources":[1]}}`), KindShape},
		"CKAN as HTML":           {ckan("<html>"), KindErrorPage},
		"JSON error":             {list(`{"error":true,"message":"x"}`), KindErrorPage},
		"JSON cut":               {list(`{"data":[{"url":"idm-2024.xlsx"}`), KindShape},
		"JSON tail":              {list(`{"data":[]} x`), KindShape},
		"JSON no rows member":    {list(`{"rows":[]}`), KindShape},
		"JSON rows no array":     {list(`{"data":{}}`), KindShape},
		"JSON entry without url": {list(`{"data":[{"x":1}]}`), KindShape},
		"JSON empty":             {list(`{"data":[]}`), KindEmpty},
	} {
		if KindOf(c.err) != c.want {
			t.Errorf("%s: got %v, want kind %s", name, c.err, c.want)
		}
		if c.err != nil && strings.Contains(c.err.Error(), "rahasia") {
			t.Errorf("%s: the error shows the query: %v", name, c.err)
		}
	}
}

func TestCompare(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2024, 1, n, 0, 0, 0, 0, time.UTC) }
	before := []Listed{{URL: "a", Modified: day(1)}, {URL: "b", Modified: day(1)}, {URL: "c"}}
	changes, err := Compare(source, before, []Listed{{URL: "a", Modified: day(2)}, {URL: "b"}, {URL: "d"}})
	if err != nil || len(changes.Added) != 1 || changes.Added[0].URL != "d" || len(changes.Changed) != 1 || changes.Changed[0].URL != "a" || len(changes.Gone) != 1 || changes.Gone[0].URL != "c" {
		t.Errorf("%+v, %v", changes, err)
	}
	if _, err := Compare(source, before, []Listed{{URL: "a"}}); KindOf(err) != KindShrunk {
		t.Errorf("two of three gone: %v", err)
	}
	if _, err := Compare(source, nil, before); err != nil {
		t.Errorf("first time: %v", err)
	}
}

func TestPatternErrors(t *testing.T) {
	for _, text := range []string{"", "a{", "a{}", "{tahun}{tahun}", "{a b}", "{TAHUN}", "{a*}"} {
		if _, err := ParsePattern(text); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}

func FuzzHTML(f *testing.F) {
	rule := rules(f, "{nama}-{tahun}.xlsx", "")
	f.Add(`<a href="idm-2024.xlsx">x</a> 2024-01-01`)
	f.Add(`<base href="//x"><script><a href=`)
	f.Fuzz(func(t *testing.T, body string) {
		listed, err := HTML(source, []byte(body), rule)
		var fault *Error
		if err != nil && !errors.As(err, &fault) {
			t.Errorf("an error without kind: %v", err)
		}
		for _, l := range listed {
			if !strings.HasPrefix(l.URL, "http") || l.Period == "" {
				t.Errorf("listed %+v", l)
			}
		}
	})
}
