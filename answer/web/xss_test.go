package web

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// polyglots are texts that break out of one context or another where they are not escaped.
func polyglots() []string {
	return []string{
		`"><script>alert(1)</script>`, `'><img src=x onerror=alert(1)>`, `</title><script>alert(1)</script>`, `</textarea><svg onload=alert(1)>`, `javascript:alert(1)`, `JaVaScRiPt:alert(1)//`,
		"java\nscript:alert(1)", ` javascript:alert(1)`, `data:text/html,<script>alert(1)</script>`, `vbscript:msgbox(1)`, `--><script>alert(1)</script>`, `]]><script>alert(1)</script>`,
		`{{.Body}}`, `{{template "isi"}}`, `${alert(1)}`, `" onmouseover="alert(1)`, `' autofocus onfocus='alert(1)`, "` onload=`alert(1)", `<svg><animate onbegin=alert(1)>`, `<math href="javascript:alert(1)">`,
		`<base href="//evil.example/">`, `<form action="//evil.example">`, `<iframe srcdoc="<script>alert(1)</script>">`, `<meta http-equiv=refresh content="0;url=//evil.example">`, `<link rel=stylesheet href=//evil.example>`,
		`<style>*{background:url(//evil.example)}</style>`, `\"><script>alert(1)</script>`, `%22%3E%3Cscript%3Ealert(1)%3C/script%3E`, `&lt;script&gt;alert(1)&lt;/script&gt;`, `&#x3c;script&#x3e;`, "\u2028</script><script>alert(1)",
		"\x00<script>alert(1)</script>", "+ADw-script+AD4-alert(1)+ADw-/script+AD4-", "\u202e</h1><h1>", `jaVasCript:/*-/*` + "`" + `/*\` + "`" + `/*'/*"/**/(/* */oNcliCk=alert() )//%0D%0A%0d%0a//</stYle/</titLe/</teXtarEa/</scRipt/--!>\x3csVg/<sVg/oNloAd=alert()//>\x3e`,
		`" style="position:fixed`, `x" href="//evil.example`, `url(#x);}*{}`, `//evil.example/x`, `<a href="javascript:alert(1)">x</a>`, `<noscript><p title="</noscript><img src=x onerror=alert(1)>">`,
	}
}

// everyView is one call of each view, as the router makes it.
func (s *Server) everyView() map[string]func() (view, *http.Request) {
	call := func(v view, query string, parts ...string) func() (view, *http.Request) {
		return func() (view, *http.Request) {
			r := httptest.NewRequest(http.MethodGet, "http://localhost/x?"+query, nil)
			for i := 0; i < len(parts); i += 2 {
				r.SetPathValue(parts[i], parts[i+1])
			}
			return v, r
		}
	}
	return map[string]func() (view, *http.Request){
		"area": call(s.area, "", "kode", "64.02"), "kecamatan area": call(s.area, "", "kode", "64.02.08"), "province": call(s.area, "", "kode", "64"), "village": call(s.area, "", "kode", "64.02.08.2009"),
		"moves": call(s.moves, "pita=1", "kode", "64.02"), "districts": call(s.districts, "", "kode", "64.02"), "programmes": call(s.programmes, "", "kode", "64.02"), "check": call(s.check, ""),
		"quality": call(s.quality, ""), "runs": call(s.runs, ""), "search": call(s.search, "q=sumber+sari"), "number": call(s.number, "buka=64.02.08.2009", "kode", "64.02", "tahun", "2024", "status", "berkembang"),
		"change": call(s.change, "", "kode", "64.02", "tahun", "2020", "status", "tertinggal"), "moved": call(s.moved, "", "kode", "64.02", "dari", "2023", "ke", "2024", "status_dari", "berkembang", "status_ke", "maju"),
		"row": call(s.row, "", "kode", "64.02.08.2009", "tahun", "2019"), "indicator": call(s.indicator, "", "kode", "64.02.08.2009", "tahun", "2024", "nomor", "50"),
		"programme": call(s.programmeNumber, "", "kode", "64.02.08", "tahun", "2024"), "slices": call(s.slices, "", "mart", "mart_tren_status"),
	}
}

// Whatever text the data holds, a page has the elements and attributes that it has with a harmless text.
func TestNoTextOfTheDataBecomesMarkup(t *testing.T) {
	src := sources(t)
	s := dashboard(t, project.dataDir, func(o *Options) {
		o.Sources = src
		o.Runs = func(context.Context) ([]Run, error) { return []Run{{ID: "r1", Outcome: "failed", Error: "e"}}, nil }
	})
	rendered := 0
	for name, call := range s.everyView() {
		v, r := call()
		p := viewOf(t, s, v, r)
		poison(reflect.ValueOf(p).Elem(), "qqq")
		harmless := shape(t, name, render(t, s, p))
		for _, text := range polyglots() {
			rendered++
			poison(reflect.ValueOf(p).Elem(), text)
			if got := shape(t, name, render(t, s, p)); got != harmless {
				t.Errorf("%s: %q changes the page's elements", name, text)
			}
		}
	}
	t.Logf("%d pages rendered", rendered)
}

func viewOf(t *testing.T, s *Server, v view, r *http.Request) *page {
	t.Helper()
	q, err := s.begin(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	defer s.end(q)
	p, err := v(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func render(t *testing.T, s *Server, p *page) []byte {
	t.Helper()
	body, err := s.render(p)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// poison sets every exported text below v, and copies what lies behind interfaces.
func poison(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.String:
		if v.CanSet() && v.Type().Name() != "Lang" {
			v.SetString(text)
		}
	case reflect.Pointer:
		if !v.IsNil() && v.Type().Elem().PkgPath() != "time" {
			poison(v.Elem(), text)
		}
	case reflect.Interface:
		if !v.IsNil() {
			if v.Elem().Kind() == reflect.Pointer {
				poison(v.Elem(), text)
				return
			}
			c := reflect.New(v.Elem().Type()).Elem()
			c.Set(v.Elem())
			poison(c, text)
			v.Set(c)
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			poison(v.Index(i), text)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() && v.Field(i).Type().PkgPath() != "time" {
				poison(v.Field(i), text)
			}
		}
	}
}

// shape is a page without its texts: elements and the names of their attributes. It fails on any
// address that runs code or leaves the dashboard.
func shape(t *testing.T, name string, body []byte) string {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.ElementNode {
			b.WriteString("<" + n.Data)
			for _, a := range n.Attr {
				b.WriteString(" " + a.Key)
				if strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "srcdoc" {
					t.Errorf("%s: attribute %s=%q", name, a.Key, a.Val)
				}
				low := strings.ToLower(strings.TrimSpace(a.Val))
				if (a.Key == "href" || a.Key == "src" || a.Key == "action") && (strings.HasPrefix(low, "javascript:") || strings.HasPrefix(low, "vbscript:") || strings.HasPrefix(low, "data:")) {
					t.Errorf("%s: %s=%q", name, a.Key, a.Val)
				}
			}
			b.WriteString(">")
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(root)
	return b.String()
}

// What a visitor types comes back as text only.
func TestNoTextOfTheAddressBecomesMarkup(t *testing.T) {
	h := dashboard(t, project.dataDir, nil).Handler()
	for _, text := range polyglots() {
		for _, path := range []string{"/cari?q=", "/64.02?x=", "/asal/mart_tren_status/64.02/2019/tertinggal?urut=", "/64.02?potret=", "/asal/mart_tren_status/64.02/2019/tertinggal?buka=", "/unduh/64.02/"} {
			r := httptest.NewRequest(http.MethodGet, "http://localhost/", nil)
			r.URL.Path, r.URL.RawQuery = path, ""
			if at, query, ok := strings.Cut(path, "?"); ok {
				r.URL.Path = at
				values := r.URL.Query()
				values.Set(strings.TrimSuffix(query, "="), text)
				r.URL.RawQuery = values.Encode()
			} else {
				r.URL.Path += strings.ReplaceAll(text, "/", "")
			}
			res, body := ask(t, h, r)
			if res.StatusCode >= 500 {
				t.Errorf("%s with %q: %s", path, text, res.Status)
			}
			if strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
				if s := shape(t, path, []byte(body)); strings.Count(s, "<script") != 1 && res.StatusCode != 302 && res.StatusCode != 307 && res.StatusCode != 301 {
					t.Errorf("%s with %q: %d scripts", path, text, strings.Count(s, "<script"))
				}
			}
		}
	}
}
