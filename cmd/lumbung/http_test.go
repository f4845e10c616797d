package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"lumbung/answer"
)

const (
	webRelease = `      - {path: rilis/idm-2024.xlsx, period: 2024,`
	webToken   = "rahasia-sekali-0123456789"
)

// portal serves one workbook as a ministry's server would, or fails as one does.
type portal struct {
	t    *testing.T
	file string       // what it serves
	mode atomic.Value // sound, or how it fails
	full atomic.Int64 // answers with the whole body
	same atomic.Int64 // answers 304
}

func (p *portal) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if got := r.Header.Get("Authorization"); got != "Bearer "+webToken {
		p.t.Errorf("%s asked with Authorization %q", r.URL, got)
	}
	body, err := os.ReadFile(p.file)
	if err != nil {
		p.t.Error(err)
	}
	switch p.mode.Load() {
	case "html":
		w.Header().Set("Content-Type", "text/html")
		_, _ = fmt.Fprint(w, "<!doctype html><title>Sedang dalam pemeliharaan</title>")
	case "404":
		http.Error(w, "not for "+r.Header.Get("Authorization")+" at "+r.URL.String(), http.StatusNotFound)
	case "cut": // without a length, so that the transport calls it complete
		w.Header().Set("Content-Type", "application/octet-stream")
		_, _ = w.Write(body[:len(body)/2])
		_ = http.NewResponseController(w).Flush()
	default:
		tag := fmt.Sprintf(`"%x"`, len(body))
		if r.Header.Get("If-None-Match") == tag {
			p.same.Add(1)
		} else {
			p.full.Add(1)
		}
		w.Header().Set("ETag", tag)
		http.ServeContent(w, r, "idm-2024.xlsx", time.Time{}, bytes.NewReader(body))
	}
}

// webProject is the sample, whose IDM 2024 lies behind a URL.
func webProject(t *testing.T) (dir string, p *portal) {
	t.Helper()
	t.Setenv("LUMBUNG_UJI_TOKEN", webToken)
	dir = filepath.Join(t.TempDir(), "desa")
	lumbungCmd(t, "init", dir)
	p = &portal{t: t, file: filepath.Join(dir, "rilis", "idm-2024.xlsx")}
	p.mode.Store("sound")
	srv := httptest.NewServer(p)
	t.Cleanup(srv.Close)
	config := filepath.Join(dir, "lumbung.yaml")
	editText(t, config, webRelease, fmt.Sprintf(`  - name: idm-web
    kind: http
    title: IDM dari portal
    publisher: Kementerian
    allow: ["%s"]
    token_env: LUMBUNG_UJI_TOKEN
    releases:
      - {url: "%s/unduh/idm-2024.xlsx?kunci=lain-rahasia", period: 2024,`, srv.URL, srv.URL))
	return dir, p
}

type runReport struct {
	Outcome string `json:"outcome"`
	Sources []struct {
		Name  string `json:"name"`
		State string `json:"state"`
		Error string `json:"error"`
	} `json:"sources"`
}

func runJSON(t *testing.T, dir string, want int, more ...string) (runReport, string) {
	t.Helper()
	var out, errw bytes.Buffer
	code := execute(context.Background(), append([]string{"run", "--project", dir, "--json"}, more...), &out, &errw)
	if code != want {
		t.Fatalf("exit %d, want %d\n%s\n%s", code, want, &out, &errw)
	}
	assertNoSecret(t, "the run's output", out.String()+errw.String())
	var rep runReport
	if err := json.Unmarshal(out.Bytes(), &rep); err != nil {
		t.Fatalf("%v: %s", err, &out)
	}
	return rep, out.String() + errw.String()
}

// A release behind a URL: fetched once, asked for after that, read again when it changes.
func TestHTTPSource(t *testing.T) {
	dir, p := webProject(t)
	if rep, _ := runJSON(t, dir, exitOK); rep.Outcome != "published" {
		t.Fatalf("first run: %+v", rep)
	}
	before := lumbungCmd(t, "trend", "--project", dir, "--json")
	if rep, _ := runJSON(t, dir, exitOK); rep.Outcome != "unchanged" {
		t.Errorf("second run: %+v", rep)
	}
	if p.full.Load() != 1 || p.same.Load() != 1 {
		t.Errorf("%d whole answers and %d times unchanged, want 1 and 1", p.full.Load(), p.same.Load())
	}
	book, err := excelize.OpenFile(p.file)
	if err != nil {
		t.Fatal(err)
	}
	if err := change(book, false); err != nil {
		t.Fatal(err)
	}
	if err := book.Save(); err != nil {
		t.Fatal(err)
	}
	if rep, _ := runJSON(t, dir, exitOK); rep.Outcome != "published" {
		t.Errorf("after the change: %+v", rep)
	}
	if after := lumbungCmd(t, "trend", "--project", dir, "--json"); after == before {
		t.Error("the figures did not follow the change")
	}
	noSecrets(t, dir)
}

// Whatever a portal does, the last figures stay, the source is called stale and the run ends with 1.
func TestHTTPSourceFails(t *testing.T) {
	dir, p := webProject(t)
	runJSON(t, dir, exitOK)
	figures := lumbungCmd(t, "trend", "--project", dir, "--format", "csv")
	for _, mode := range []string{"html", "404", "cut"} {
		t.Run(mode, func(t *testing.T) {
			p.mode.Store(mode)
			rep, text := runJSON(t, dir, exitFailed)
			stale := false
			for _, s := range rep.Sources {
				if s.Name == "idm-web" {
					stale = s.State == "stale" && s.Error != ""
				}
			}
			if !stale {
				t.Errorf("the source is not stale with a reason: %s", text)
			}
			if got := lumbungCmd(t, "trend", "--project", dir, "--format", "csv"); got != figures {
				t.Errorf("figures changed:\n%s", got)
			}
		})
	}
	noSecrets(t, dir)
}

// assertNoSecret looks for the token and the address's key in a text.
func assertNoSecret(t *testing.T, where, text string) {
	t.Helper()
	for _, secret := range []string{webToken, "lain-rahasia"} {
		if strings.Contains(text, secret) {
			t.Errorf("%s contains %q", where, secret)
		}
	}
}

// noSecrets looks into every file of the data folder, into every table of the
// warehouse, whose files are compressed, and into what the commands print.
func noSecrets(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(filepath.Join(dir, "data"), func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		assertNoSecret(t, path, string(b))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	r, err := answer.Open(t.Context(), filepath.Join(dir, "data"), "")
	if err != nil {
		t.Fatal(err)
	}
	tables, _, err := r.DB.Query(t.Context(), 0, "SHOW TABLES")
	if err != nil || len(tables.Rows) < 20 {
		t.Fatalf("%v: %v", tables, err)
	}
	for _, row := range tables.Rows {
		res, _, err := r.DB.Query(t.Context(), 0, fmt.Sprintf("FROM %q", row[0]))
		if err != nil {
			t.Fatal(err)
		}
		assertNoSecret(t, fmt.Sprint(row[0]), fmt.Sprint(res.Rows))
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	for _, command := range [][]string{{"status"}, {"runs"}, {"runs", "r000001"}, {"plan"}, {"snapshots", "show"}, {"doctor"}} {
		assertNoSecret(t, strings.Join(command, " "), lumbungCmd(t, append(command, "--project", dir)...))
	}
}
