package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lumbung/internal/pgtest"
	"lumbung/internal/s3test"
	"lumbung/internal/servertest"
	"lumbung/internal/trinotest"
	"lumbung/load/postgres"
	"lumbung/pipeline/config"
)

// The sample is built once on both engines: every model has the same rows, every command that takes --engine trino
// prints from Trino what it prints from this machine, and every answer is the same, also after another release.
func TestEngineAnswers(t *testing.T) {
	e := trinotest.Start(t)
	t.Setenv("AWS_ACCESS_KEY_ID", s3test.Access)
	t.Setenv("AWS_SECRET_ACCESS_KEY", s3test.Secret)
	dir := filepath.Join(t.TempDir(), "desa")
	lumbungCmd(t, "init", dir)
	file := filepath.Join(dir, "lumbung.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text = fmt.Appendf(text, "\nengine: trino\ntrino: {url: %q, schema: perintah, store: s3://%s/perintah, endpoint: %q, min_age: 0s}\n", e.URL, trinotest.Bucket, e.S3)
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	lumbungCmd(t, "run", "--project", dir, "--quiet")
	id := strings.TrimSpace(strings.Split(lumbungCmd(t, "query", "--engine", "trino", "--project", dir, "--format", "csv", "SELECT snapshot FROM potret"), "\n")[1])
	cfg, err := config.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Run("models", func(t *testing.T) { modelsAreEqual(t, e, cfg, id) })
	t.Run("commands", func(t *testing.T) { printsFrom(t, dir, id) })
	t.Run("serve", func(t *testing.T) { servesFrom(t, dir, id) })
	t.Run("publish", func(t *testing.T) { publishesFrom(t, dir) })
	t.Run("answers", func(t *testing.T) { answersAreEqual(t, dir, cfg) })
}

// printsFrom wants the same text from both engines.
func printsFrom(t *testing.T, dir, id string) {
	t.Helper()
	for _, args := range [][]string{
		{"trend", "--area", "64.02"},
		{"trend", "--area", "64.02", "--json"},
		{"trend", "--area", "Kutai Kartanegara", "--by", "kecamatan", "--from", "2024", "--format", "csv"},
		{"trend", "--area", "64.02", "--transitions", "--from", "2023", "--to", "2024"},
		{"trend", "--villages", "BERKEMBANG:2023", "MAJU:2024", "--why", "--json", "--as-of", id[:15]},
		{"ask", "Berapa desa tertinggal di Kutai Kartanegara pada 2020?"},
		{"trace", "mart_profil_desa", "64.02.08.2009", "2024", "--json"},
		{"query", "--format", "csv", "SELECT kode_wilayah, skor, tahun, bumdes_aktif FROM mart_profil_desa ORDER BY kode_wilayah, tahun"},
		{"query", "--json", "--limit", "5", "SELECT kode_wilayah, jumlah FROM mart_tren_status ORDER BY kode_wilayah, tahun, status"},
		{"diff", "current", id, "--json"},
		{"audit"},
		{"audit", "audit_rekonsiliasi_ragu"},
		{"audit", "audit_rekonsiliasi_ragu", "--json", "--as-of", id},
		{"quarantine", "list", "--all", "--limit", "0", "--json"},
		{"quarantine", "show", "1"},
	} {
		args = append(args, "--project", dir)
		if here, there := lumbungCmd(t, args...), lumbungCmd(t, append(args, "--engine", "trino")...); here != there || here == "" {
			t.Errorf("%v:\n%.600s\nfrom Trino:\n%.600s", args, here, there)
		}
	}
	var out, errw bytes.Buffer
	if code := execute(context.Background(), []string{"query", "--project", dir, "--engine", "trino", "SELECT 1"}, &out, &errw); code != exitOK || errw.String() != "snapshot: "+id+", on Trino\n" {
		t.Errorf("the snapshot of a query: exit %d, %q", code, errw.String())
	}
	for _, c := range []struct {
		args string
		want string
	}{
		{"trend --as-of 20200101", "none has an id that begins so"},
		{"diff 20200101 current", "what is on this machine is read without --engine trino"},
		{"query DELETE", "only a query is run on Trino"},
		{"audit audit_tidak_ada", `no audit "audit_tidak_ada" in this snapshot`},
		{"quarantine show 999999", "no finding 999999 in this snapshot"},
	} {
		out.Reset()
		errw.Reset()
		args := append(strings.Fields(c.args), "--project", dir, "--engine", "trino")
		if code := execute(context.Background(), args, &out, &errw); code != exitFailed || !strings.Contains(errw.String(), c.want) || out.Len() > 0 {
			t.Errorf("%v: exit %d, %q, %q", args, code, errw.String(), out.String())
		}
	}
}

// publishesFrom wants PostgreSQL to get from Trino what it gets from this machine, to the last row and type, and says
// why a bucket does not.
func publishesFrom(t *testing.T, dir string) {
	t.Helper()
	t.Setenv(urlEnv, pgtest.Start(t))
	publish := func(schema string, args ...string) (res postgres.Result) {
		t.Helper()
		args = append([]string{"publish", "postgres", "--json", "--project", dir, "--schema", schema}, args...)
		if err := json.Unmarshal([]byte(lumbungCmd(t, args...)), &res); err != nil {
			t.Fatal(err)
		}
		return res
	}
	there := publish("dari_trino", "--engine", "trino")
	if there.Tables < 14 || there.Rows < 1000 || there.Copied != there.Tables || there.Verified != there.Tables {
		t.Errorf("from Trino: %+v", there)
	}
	if here := publish("dari_trino"); !here.Already {
		t.Errorf("the same snapshot from this machine: %+v, want nothing to do", here)
	}
	publish("dari_duckdb")
	if again := publish("dari_duckdb", "--engine", "trino"); !again.Already || again.Snapshot != there.Snapshot {
		t.Errorf("the same snapshot from Trino: %+v, want nothing to do", again)
	}
	var out, errw bytes.Buffer
	code := execute(context.Background(), []string{"publish", "s3", "s3://desa", "--project", dir, "--engine", "trino"}, &out, &errw)
	if code != exitUsage || !strings.Contains(errw.String(), "its tables lie on the store of trino: already; read its views, or leave --engine out") {
		t.Errorf("a bucket from Trino: exit %d, %s", code, &errw)
	}
}

// servesFrom wants a dashboard on Trino that says which snapshot it shows.
func servesFrom(t *testing.T, dir, id string) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	address := net.JoinHostPort("127.0.0.1", servertest.FreePort(t))
	up, done := make(written), make(chan int, 1)
	go func() {
		done <- execute(ctx, []string{"serve", "--project", dir, "--engine", "trino", "--listen", address}, up, up)
	}()
	select {
	case <-up:
	case code := <-done:
		t.Fatalf("serve ended with %d", code)
	}
	res, err := http.Get("http://" + address + "/sehat")
	if err != nil {
		t.Fatal(err)
	}
	var body bytes.Buffer
	if _, err := body.ReadFrom(res.Body); err != nil || res.Body.Close() != nil || !strings.Contains(body.String(), `"snapshot":"`+id+`"`) {
		t.Errorf("%s: %s %v", res.Status, &body, err)
	}
	cancel()
	if code := <-done; code != exitOK {
		t.Errorf("serve ended with %d", code)
	}
}

// written is closed by the first line.
type written chan struct{}

func (w written) Write(p []byte) (int, error) {
	select {
	case <-w:
	default:
		close(w)
	}
	return len(p), nil
}
