package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"lumbung/load/snapshot"
	"lumbung/pipeline/ledger"
)

// server answers each path by a function that a test may change.
type server struct {
	*httptest.Server
	mu    sync.Mutex
	paths map[string]http.HandlerFunc
	asked map[string]int
}

func newServer(t *testing.T) *server {
	t.Helper()
	s := &server{paths: map[string]http.HandlerFunc{}, asked: map[string]int{}}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		answer := s.paths[r.URL.Path]
		s.asked[r.URL.Path]++
		s.mu.Unlock()
		if answer == nil {
			http.NotFound(w, r)
			return
		}
		answer(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *server) set(path string, answer http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.paths[path] = answer
}

func (s *server) count(path string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked[path]
}

// total is how many requests there were; no address is asked twice.
func (s *server) total(t *testing.T) int {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	sum := 0
	for path, n := range s.asked {
		if sum += n; n != 1 {
			t.Errorf("%s was asked %d times", path, n)
		}
	}
	return sum
}

// dated serves bytes with the time of their last change.
func dated(body []byte, modified time.Time) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "", modified, bytes.NewReader(body))
	}
}

// always is a server that knows no conditions.
func always(answer http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r.Header.Del("If-Modified-Since")
		answer(w, r)
	}
}

func answered(kind, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Content-Length", fmt.Sprint(len(body)))
		_, _ = fmt.Fprint(w, body)
	}
}

func sampleFile(t *testing.T, dir, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// remoteProject is the sample with one more source; old is taken out of lumbung.yaml.
func remoteProject(t *testing.T, old, source string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "desa")
	lumbungCmd(t, "init", dir)
	config := filepath.Join(dir, "lumbung.yaml")
	if old != "" {
		editText(t, config, old, "")
	}
	editText(t, config, "retention:", source+"retention:")
	return dir
}

// portalProject is the sample with its index of 2024 at an address of a server.
func portalProject(t *testing.T, s *server, path string) string {
	t.Helper()
	return remoteProject(t, line2024, fmt.Sprintf(`  - name: idm-web
    kind: http
    allow: ["%s"]
    retries: 0
    releases:
      - {url: "%s%s", period: 2024, contracts: [idm-2024]}
`, s.URL, s.URL, path))
}

// changedBook is the workbook with one note changed.
func changedBook(t *testing.T, file string) []byte {
	t.Helper()
	return editedBook(t, file, func(f *excelize.File) error { return change(f, false) })
}

// editedBook is the workbook as it is after an edit; the file stays.
func editedBook(t *testing.T, file string, edit func(*excelize.File) error) []byte {
	t.Helper()
	book, err := excelize.OpenFile(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = book.Close() }()
	if err := edit(book); err != nil {
		t.Fatal(err)
	}
	out, err := book.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// stateOf wants a source to be in a state, with a reason that has the text.
func stateOf(t *testing.T, rep runReport, name, state, reason string) {
	t.Helper()
	for _, s := range rep.Sources {
		if s.Name != name {
			continue
		}
		if s.State != state || !strings.Contains(s.Error, reason) {
			t.Errorf("%s is %s: %q; want %s and %q", name, s.State, s.Error, state, reason)
		}
		return
	}
	t.Errorf("no source %s in %+v", name, rep.Sources)
}

// releases are "source-period@revision" of what is published.
func releases(t *testing.T, dir, source string) string {
	t.Helper()
	var found []string
	for line := range strings.Lines(lumbungCmd(t, "query", "--project", dir, "--format", "csv",
		"SELECT DISTINCT rilis_id FROM dim_rilis WHERE rilis_id LIKE '"+source+"-%' ORDER BY 1")) {
		found = append(found, strings.TrimSpace(line))
	}
	return strings.Join(found[1:], " ")
}

const (
	line2023 = `      - {path: rilis/idm-2023.xlsx, period: 2023, contracts: [idm-2023], nature: resmi, origin: "kristonova/Visualisasi-Indeks-Desa-Membangun--IDM--2024", title: "IDM 2023, buku kerja kementerian"}` + "\n"
	line2024 = `      - {path: rilis/idm-2024.xlsx, period: 2024, contracts: [idm-2024], nature: resmi, origin: "kristonova/Visualisasi-Indeks-Desa-Membangun--IDM--2024", title: "IDM 2024, hasil pemutakhiran"}` + "\n"
)

// localRumusan is the sample's own source of the same answers.
const localRumusan = `  - name: rumusan
    kind: files
    title: Rumusan IDM per desa
    publisher: "Kementerian Desa, PDT dan Transmigrasi"
    releases:
      - {path: "rumusan/desa/{kode}/{tahun}.json", period: "{tahun}", contracts: [rumusan, rumusan-indikator], nature: resmi, origin: "andifahruddinakas/api-idm", title: "Jawaban API rumusan"}
`

// localIndicators would be used in place of the API's answers for 2024.
const localIndicators = `  - name: indikator
    kind: files
    title: Skor 50 indikator IDM
    publisher: "Kementerian Desa, PDT dan Transmigrasi"
    releases:
      - {path: indikator/idm-2024-indikator.json, period: 2024, contracts: [indikator], nature: resmi, origin: "kristonova/Visualisasi-Indeks-Desa-Membangun--IDM--2024", title: "IDM 2024, skor indikator"}
`

// servedFor wants a stale release of a source in the published snapshot, and the rule that refused the newer one.
func servedFor(t *testing.T, dir, source, rule string) {
	t.Helper()
	snap, err := snapshot.Open(t.Context(), filepath.Join(dir, "data"), "")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = snap.Close() }()
	for _, in := range snap.Manifest.Inputs {
		if in.Sumber == source && (!in.Stale || in.Refused != rule) {
			t.Errorf("%s: stale %v, refused by %q, want %q", in.Rilis, in.Stale, in.Refused, rule)
		}
	}
}

// A server whose file is older than the published one, then breaks, then is sound again.
func TestServerGoesBack(t *testing.T) {
	s := newServer(t)
	dir := portalProject(t, s, "/idm-2024.xlsx")
	now, before := time.Now().Add(-time.Hour), time.Now().Add(-48*time.Hour)
	body := sampleFile(t, dir, "rilis/idm-2024.xlsx")
	other := changedBook(t, filepath.Join(dir, "rilis", "idm-2024.xlsx"))
	s.set("/idm-2024.xlsx", dated(body, now))
	if plan := lumbungCmd(t, "plan", "--project", dir); !strings.Contains(plan, "never fetched before") || s.count("/idm-2024.xlsx") != 0 {
		t.Errorf("a plan fetches nothing and says why:\n%s", plan)
	}
	runJSON(t, dir, exitOK)
	if plan := lumbungCmd(t, "plan", "--project", dir); !strings.Contains(plan, "asked whether it changed since") {
		t.Errorf("plan:\n%s", plan)
	}
	s.set("/idm-2024.xlsx", always(dated(other, before)))
	rep, _ := runJSON(t, dir, exitFailed)
	stateOf(t, rep, "idm-web", "stale", "Last-Modified went back")
	servedFor(t, dir, "idm-web", "older")
	s.set("/idm-2024.xlsx", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "rusak", http.StatusInternalServerError) })
	rep, _ = runJSON(t, dir, exitFailed)
	stateOf(t, rep, "idm-web", "stale", "500")
	servedFor(t, dir, "idm-web", "")
	s.set("/idm-2024.xlsx", dated(editedBook(t, filepath.Join(dir, "rilis", "idm-2024.xlsx"), func(f *excelize.File) error { return f.SetSheetName(f.GetSheetName(0), "Lain") }), time.Now()))
	runJSON(t, dir, exitFailed)
	servedFor(t, dir, "idm-web", "sheet")
	runJSON(t, dir, exitOK, "--source", "idm")
	servedFor(t, dir, "idm-web", "sheet")
	s.set("/idm-2024.xlsx", dated(other, time.Now()))
	if rep, _ = runJSON(t, dir, exitOK); rep.Outcome != "published" {
		t.Errorf("the new release: %+v", rep)
	}
	if got := releases(t, dir, "idm-web"); got != "idm-web-2024@3" {
		t.Errorf("published are %q, want revision 3", got)
	}
	// The old file comes back under a new date: the hash knows it.
	s.set("/idm-2024.xlsx", dated(body, time.Now().Add(time.Hour)))
	rep, _ = runJSON(t, dir, exitFailed)
	stateOf(t, rep, "idm-web", "stale", "--allow-older")
	servedFor(t, dir, "idm-web", "older")
	rep, _ = runJSON(t, dir, exitOK, "--allow-older")
	if got := releases(t, dir, "idm-web"); rep.Outcome != "published" || got != "idm-web-2024@4" {
		t.Errorf("allowed: %s, published are %q", rep.Outcome, got)
	}
}

// A catalogue lists one year, then two, then fails in several ways; nothing is ever removed on its word.
func TestCatalogue(t *testing.T) {
	s := newServer(t)
	dir := remoteProject(t, line2023+line2024, fmt.Sprintf(`  - name: idm-katalog
    kind: catalog
    url: "%s/indeks.html"
    list: {as: html}
    allow: ["%s"]
    retries: 0
    releases:
      - {pattern: "idm-2023*.xlsx", period: 2023, contracts: [idm-2023], title: "IDM 2023"}
      - {pattern: "idm-2024*.xlsx", period: 2024, contracts: [idm-2024], title: "IDM 2024"}
`, s.URL, s.URL))
	editText(t, filepath.Join(dir, "lumbung.yaml"), `      - {pattern: "idm-2024*.xlsx", period: 2024, contracts: [idm-2024], title: "IDM 2024"}`+"\n", "")
	s.set("/unduh/idm-2023.xlsx", dated(sampleFile(t, dir, "rilis/idm-2023.xlsx"), time.Now().Add(-time.Hour)))
	s.set("/unduh/idm-2024.xlsx", dated(sampleFile(t, dir, "rilis/idm-2024.xlsx"), time.Now().Add(-time.Hour)))
	page := func(links ...string) string {
		out := "<!doctype html><html><body><h1>Unduhan</h1>"
		for _, l := range links {
			out += `<p><a href="/unduh/` + l + `">` + l + `</a></p>`
		}
		return out + "</body></html>"
	}
	s.set("/indeks.html", answered("text/html", page("idm-2023.xlsx", "syarat.pdf")))
	runJSON(t, dir, exitOK)
	if got := releases(t, dir, "idm-katalog"); got != "idm-katalog-2023@1" {
		t.Errorf("published are %q", got)
	}
	editText(t, filepath.Join(dir, "lumbung.yaml"), `title: "IDM 2023"}`+"\n", `title: "IDM 2023"}`+"\n"+`      - {pattern: "idm-2024*.xlsx", period: 2024, contracts: [idm-2024], title: "IDM 2024"}`+"\n")
	s.set("/indeks.html", answered("text/html", page("idm-2024.xlsx", "idm-2023.xlsx")))
	if rep, _ := runJSON(t, dir, exitOK); rep.Outcome != "published" {
		t.Errorf("a new year: %+v", rep)
	}
	both := "idm-katalog-2023@1 idm-katalog-2024@1"
	if got := releases(t, dir, "idm-katalog"); got != both {
		t.Errorf("published are %q", got)
	}
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		reason string
	}{
		"empty":       {answered("text/html", page()), "empty"},
		"maintenance": {answered("text/html", "<html><h1>503 Service Unavailable</h1></html>"), "error-page"},
		"not found":   {http.NotFound, "404"},
	} {
		s.set("/indeks.html", c.answer)
		rep, out := runJSON(t, dir, exitFailed)
		stateOf(t, rep, "idm-katalog", "stale", c.reason)
		if got := releases(t, dir, "idm-katalog"); got != both {
			t.Errorf("%s: published are %q\n%s", name, got, out)
		}
	}
	if plan := lumbungCmd(t, "plan", "--project", dir); !strings.Contains(plan, "it has listed 2 files so far") {
		t.Errorf("plan:\n%s", plan)
	}
}

// CKAN's package_show and a portal's own JSON list the same files: one release a year, found by format and name.
func TestJSONCatalogues(t *testing.T) {
	s := newServer(t)
	for name, c := range map[string]struct{ list, path, body string }{
		"ckan": {`{as: ckan, formats: [XLSX]}`, "/api/3/action/package_show?id=idm", `{"success": true, "result": {"resources": [
			{"url": "%[1]s/unduh/idm-2023.xlsx", "format": "xlsx", "name": "IDM 2023", "last_modified": "2024-03-01T08:00:00.123"},
			{"url": "/unduh/idm-2024.xlsx", "format": "XLSX", "name": "IDM 2024", "created": "2024-11-02"},
			{"url": "%[1]s/unduh/idm-2024.pdf", "format": "PDF", "name": "IDM 2024"}]}}`},
		"json": {`{as: json, rows: "data[*].berkas[*]", url: tautan, label: nama, modified: diubah}`, "/katalog.json", `{"data": [
			{"berkas": [{"tautan": "unduh/idm-2023.xlsx", "nama": "IDM 2023", "diubah": "2024-03-01"}]},
			{"berkas": [{"tautan": "unduh/idm-2024.xlsx", "nama": "IDM 2024"}, {"tautan": "unduh/panduan.pdf", "nama": "Panduan"}]}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			dir := remoteProject(t, line2023+line2024, fmt.Sprintf(`  - name: portal
    kind: catalog
    url: "%s%s"
    list: %s
    allow: ["%s"]
    retries: 0
    releases:
      - {pattern: "idm-2023.xlsx", period: 2023, contracts: [idm-2023]}
      - {pattern: "idm-2024.xlsx", period: 2024, contracts: [idm-2024]}
`, s.URL, c.path, c.list, s.URL))
			index, _, _ := strings.Cut(c.path, "?")
			for _, book := range []string{"idm-2023.xlsx", "idm-2024.xlsx"} {
				s.set("/unduh/"+book, dated(sampleFile(t, dir, "rilis/"+book), time.Now().Add(-time.Hour)))
			}
			s.set(index, answered("application/json", strings.ReplaceAll(c.body, "%[1]s", s.URL)))
			runJSON(t, dir, exitOK)
			const both = "portal-2023@1 portal-2024@1"
			if got := releases(t, dir, "portal"); got != both || s.count("/unduh/idm-2024.pdf")+s.count("/unduh/panduan.pdf") != 0 {
				t.Errorf("published are %q", got)
			}
			if rep, _ := runJSON(t, dir, exitOK); rep.Outcome != "unchanged" {
				t.Errorf("the same again: %+v", rep)
			}
			for what, body := range map[string]string{
				"an error in JSON": `{"success": false, "error": {"message": "Not found"}}`,
				"nothing listed":   `{"success": true, "result": {"resources": []}, "data": []}`,
				"cut":              c.body[:len(c.body)/2],
			} {
				s.set(index, answered("application/json", body))
				rep, _ := runJSON(t, dir, exitFailed)
				stateOf(t, rep, "portal", "stale", "")
				if got := releases(t, dir, "portal"); got != both {
					t.Errorf("%s: published are %q", what, got)
				}
			}
			s.set(index, answered("application/json", strings.ReplaceAll(c.body, "%[1]s", s.URL)))
			rep, _ := runJSON(t, dir, exitOK)
			stateOf(t, rep, "portal", "unchanged", "")
		})
	}
}

// A portal that keeps failing is left alone for a while, over the ends of runs too.
func TestBreakerIsCarriedOver(t *testing.T) {
	s := newServer(t)
	dir := portalProject(t, s, "/idm-2024.xlsx")
	body := sampleFile(t, dir, "rilis/idm-2024.xlsx")
	s.set("/idm-2024.xlsx", always(dated(body, time.Now().Add(-time.Hour))))
	runJSON(t, dir, exitOK)
	s.set("/idm-2024.xlsx", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "rusak", http.StatusInternalServerError) })
	ctx := context.Background()
	led, err := ledger.Open(ctx, filepath.Join(dir, "data", "ledger.db"), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = led.Close() }()
	breaker := func() ledger.Breaker {
		t.Helper()
		all, err := led.Breakers(ctx)
		if err != nil || len(all) > 1 {
			t.Fatalf("%+v (%v)", all, err)
		}
		return append(all, ledger.Breaker{})[0]
	}
	for failed := 1; failed <= 2; failed++ {
		runJSON(t, dir, exitFailed)
		if b := breaker(); b.Source != "idm-web" || b.Failures != failed || !b.OpenUntil.IsZero() {
			t.Fatalf("after %d failed runs: %+v", failed, b)
		}
	}
	if err := led.RecordBreakers(ctx, "idm-web", []ledger.Breaker{{Source: "idm-web", Failures: 7}}); err != nil {
		t.Fatal(err)
	}
	runJSON(t, dir, exitFailed)
	if b := breaker(); b.Failures != 8 || !b.OpenUntil.After(time.Now()) {
		t.Fatalf("after the eighth failure: %+v", b)
	}
	asked := s.count("/idm-2024.xlsx")
	rep, _ := runJSON(t, dir, exitFailed)
	stateOf(t, rep, "idm-web", "stale", "breaker-open")
	if plan := lumbungCmd(t, "plan", "--project", dir); s.count("/idm-2024.xlsx") != asked || !strings.Contains(plan, "wait") {
		t.Errorf("asked %d times more; plan:\n%s", s.count("/idm-2024.xlsx")-asked, plan)
	}
	if err := led.RecordBreakers(ctx, "idm-web", []ledger.Breaker{{Source: "idm-web", Failures: 8, OpenUntil: time.Now().Add(-time.Second)}}); err != nil {
		t.Fatal(err)
	}
	s.set("/idm-2024.xlsx", always(dated(body, time.Now().Add(-time.Hour))))
	runJSON(t, dir, exitOK)
	if b := breaker(); b.Source != "" || s.count("/idm-2024.xlsx") != asked+1 {
		t.Errorf("after an answer: %+v, asked %d times more", b, s.count("/idm-2024.xlsx")-asked)
	}
}

// The API is asked for the villages of the code list, a budget at a time.
func TestRumusanSource(t *testing.T) {
	s := newServer(t)
	dir := remoteProject(t, localRumusan, fmt.Sprintf(`  - name: rumusan-api
    kind: rumusan
    url: "%s/rumusan"
    years: [2024]
    areas: ["64.02.08"]
    budget: 5
    allow: ["%s"]
    retries: 0
    releases:
      - {period: "{tahun}", contracts: [rumusan, rumusan-indikator], nature: resmi, title: "Rumusan {tahun}"}
`, s.URL, s.URL))
	editText(t, filepath.Join(dir, "lumbung.yaml"), localIndicators, "")
	files, err := filepath.Glob(filepath.Join(dir, "rumusan", "desa", "*", "2024.json"))
	if err != nil || len(files) < 5 {
		t.Fatalf("%d answers in the sample (%v)", len(files), err)
	}
	for n := 2001; n < 2100; n++ { // what the API says about villages that it does not know
		s.set(fmt.Sprintf("/rumusan/640208%d/2024", n), answered("application/json", `{"status":400,"error":true,"message":"Data tidak ditemukan"}`))
	}
	for _, f := range files {
		kode := filepath.Base(filepath.Dir(f))
		s.set("/rumusan/"+kode+"/2024", answered("application/json", string(sampleFile(t, filepath.Dir(f), "2024.json"))))
	}
	var before int
	for run := 1; ; run++ {
		rep, out := runJSON(t, dir, exitOK)
		asked := s.total(t)
		if asked == before {
			if rep.Outcome != "unchanged" {
				t.Errorf("nothing was due and the run %s", rep.Outcome)
			}
			break
		}
		if asked-before > 5 || run > 10 {
			t.Fatalf("run %d: %d questions, the budget is 5\n%s", run, asked-before, out)
		}
		before = asked
	}
	got := strings.Fields(lumbungCmd(t, "query", "--project", dir, "--format", "csv",
		"SELECT count(*) AS n FROM dim_sumber WHERE rilis_id LIKE 'rumusan-api-%' AND bagian LIKE 'desa/%'"))[1]
	if got != fmt.Sprint(len(files)) {
		t.Errorf("%s villages in the end, the API has %d", got, len(files))
	}
	// A number leads back to the answer inside its bundle.
	kode := filepath.Base(filepath.Dir(files[0]))
	dotted := kode[:2] + "." + kode[2:4] + "." + kode[4:6] + "." + kode[6:]
	trace := lumbungCmd(t, "trace", "mart_prioritas", dotted, "2024", "1", "--project", dir, "--json")
	for _, want := range []string{`"bagian": "desa/` + kode + `/2024.json"`, `"kolom": "skor"`, `"sel": "/mapData/ROW/`} {
		if !strings.Contains(trace, want) {
			t.Errorf("the trace lacks %s:\n%.3000s", want, trace)
		}
	}
	if plan := lumbungCmd(t, "plan", "--project", dir); !strings.Contains(plan, fmt.Sprintf("%d villages have answered", len(files))) {
		t.Errorf("plan:\n%s", plan)
	}
	if out := lumbungCmd(t, "verify", "--project", dir); !strings.Contains(out, ": 0 damaged") {
		t.Error(out)
	}
}

// A cut download goes on where it was cut in the next run.
func TestDownloadGoesOn(t *testing.T) {
	s := newServer(t)
	dir := portalProject(t, s, "/a/idm-2024.xlsx")
	body := sampleFile(t, dir, "rilis/idm-2024.xlsx")
	var ranges []string
	whole := func(w http.ResponseWriter, r *http.Request) {
		ranges = append(ranges, r.Header.Get("Range"))
		w.Header().Set("ETag", `"tetap"`)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
	}
	s.set("/a/idm-2024.xlsx", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"tetap"`)
		w.Header().Set("Accept-Ranges", "bytes")
		w.Header().Set("Content-Length", fmt.Sprint(len(body)))
		_, _ = w.Write(body[:len(body)*3/4])
	})
	rep, _ := runJSON(t, dir, exitFailed)
	stateOf(t, rep, "idm-web", "refused", "incomplete")
	s.set("/a/idm-2024.xlsx", whole)
	runJSON(t, dir, exitOK)
	if len(ranges) != 1 || !strings.HasPrefix(ranges[0], "bytes=") || strings.HasPrefix(ranges[0], "bytes=0-") {
		t.Errorf("asked for %q, want one request for the rest", ranges)
	}
	left, err := os.ReadDir(filepath.Join(dir, "data", "unduh"))
	if err != nil || len(left) != 0 {
		t.Errorf("left in data/unduh: %v (%v)", left, err)
	}
}

// Sources behind different addresses are asked at the same time: each of these two waits for the other.
func TestSourcesInParallel(t *testing.T) {
	s := newServer(t)
	source := func(name string) string {
		return fmt.Sprintf("  - {name: %s, kind: http, allow: [\"%s\"], retries: 0, releases: [{url: \"%s/%s.csv\", period: 2024, contracts: [blt], methodology: \"-\"}]}\n", name, s.URL, s.URL, name)
	}
	dir := remoteProject(t, "", source("blt-a")+source("blt-b"))
	body := string(sampleFile(t, dir, "kegiatan/blt.csv"))
	var both sync.WaitGroup
	both.Add(2)
	meet := func(w http.ResponseWriter, r *http.Request) {
		both.Done()
		both.Wait()
		answered("text/csv", body)(w, r)
	}
	s.set("/blt-a.csv", meet)
	s.set("/blt-b.csv", meet)
	done := make(chan struct{})
	go func() {
		defer close(done)
		runJSON(t, dir, exitOK)
	}()
	select {
	case <-done:
	case <-time.After(time.Minute):
		t.Fatal("one source waited for the other to end")
	}
}
