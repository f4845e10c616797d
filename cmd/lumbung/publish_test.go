package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/minio/minio-go/v7"

	"lumbung/internal/pgtest"
	"lumbung/internal/s3test"
	"lumbung/internal/servertest"
	"lumbung/load/postgres"
	"lumbung/load/s3"
)

// lumbungCmd runs a command line in this process and wants success.
func lumbungCmd(t *testing.T, args ...string) string {
	t.Helper()
	var out, errw bytes.Buffer
	if code := execute(context.Background(), args, &out, &errw); code != exitOK {
		t.Fatalf("lumbung %v: exit %d\n%s\n%s", args, code, &out, &errw)
	}
	return out.String()
}

// The sample, published to a real server, gives the figures that the marts have.
func TestPublishPostgres(t *testing.T) {
	port := servertest.FreePort(t)
	url := pgtest.StartTCP(t, port).URL // JDBC knows no sockets
	t.Setenv(urlEnv, url)
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, "CREATE ROLE pembaca LOGIN PASSWORD '"+pgtest.Password+"'"); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "desa")
	lumbungCmd(t, "init", dir)
	lumbungCmd(t, "run", "--project", dir, "--quiet")
	var res postgres.Result
	if err := json.Unmarshal([]byte(lumbungCmd(t, "publish", "postgres", "--role", "pembaca", "--project", dir, "--json")), &res); err != nil {
		t.Fatal(err)
	}
	if res.Tables < 14 || res.Verified != res.Tables || res.Copied != res.Tables {
		t.Errorf("result %+v", res)
	}
	var before, after, villages int
	err = conn.QueryRow(ctx, `SELECT
		(SELECT jumlah FROM lumbung.mart_tren_status WHERE kode_wilayah = '64.02' AND tahun = 2019 AND status = 'TERTINGGAL'),
		(SELECT jumlah FROM lumbung.mart_tren_status WHERE kode_wilayah = '64.02' AND tahun = 2020 AND status = 'TERTINGGAL'),
		(SELECT count(*) FROM lumbung.mart_profil_desa WHERE tahun = 2024)`).Scan(&before, &after, &villages)
	if err != nil {
		t.Fatal(err)
	}
	if before != 53 || after != 21 || villages != 193 {
		t.Errorf("tertinggal %d -> %d, %d villages; want 53 -> 21, 193", before, after, villages)
	}
	var comment string
	if err := conn.QueryRow(ctx, "SELECT col_description('lumbung.mart_tren_status'::regclass, 6)").Scan(&comment); err != nil || comment == "" {
		t.Errorf("column jumlah has no comment: %q, %v", comment, err)
	}
	if err := json.Unmarshal([]byte(lumbungCmd(t, "publish", "postgres", "--project", dir, "--json")), &res); err != nil || !res.Already {
		t.Errorf("the second publish: %+v, %v", res, err)
	}
	t.Run("SQLAlchemy", func(t *testing.T) { readWithSQLAlchemy(t, conn.Config().Host, port, res.Tables) })
	t.Run("JDBC", func(t *testing.T) {
		readWithJDBC(t, "jdbc:postgresql://127.0.0.1:"+port+"/postgres?user=pembaca&password="+pgtest.Password)
	})
}

// readWithJDBC reads as BI tools on Java do, as the read-only role: examples/bi/Periksa.java lists marts with their
// comments, finds the figures, and is refused an update.
func readWithJDBC(t *testing.T, url string) {
	driver, err := filepath.Glob(filepath.Join("..", "..", ".cache", "tools", "postgresql-*.jar"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := exec.LookPath("javac"); err != nil || len(driver) == 0 {
		servertest.Missing(t, "no JDK, or no JDBC driver of PostgreSQL: make deps")
	}
	out, err := exec.Command("java", "-cp", driver[0], filepath.Join("..", "..", "examples", "bi", "Periksa.java"), url).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{`(?m)^PostgreSQL \d+`, `(?m)^mart_tren_status: Villages per status`, `(?m)^jumlah int8: Villages; zero rows`, `(?m)^2019 53$`, `(?m)^2020 21$`,
		`(?m)^refused: ERROR: permission denied for view mart_tren_status`} {
		if !regexp.MustCompile(want).Match(out) {
			t.Errorf("nothing matches %s:\n%s", want, out)
		}
	}
	if bad := regexp.MustCompile(`(?m)^mart_\w+: (null)?$`).FindAll(out, -1); bad != nil {
		t.Errorf("marts without a comment: %q", bad)
	}
}

// readWithSQLAlchemy reads as BI tools do, as the read-only role: examples/bi/periksa.py finds tables, comments and
// types by itself and fails when the role may write.
func readWithSQLAlchemy(t *testing.T, host, port string, tables int) {
	python := filepath.Join("..", "..", ".venv", "bin", "python")
	if out, err := exec.Command(python, "-c", "import sqlalchemy, psycopg").CombinedOutput(); err != nil {
		why := fmt.Sprintf("no Python with SQLAlchemy and psycopg (%v %s): make .venv/stamp", err, out)
		if os.Getenv("CI") == "true" {
			t.Fatal(why)
		}
		t.Skip(why)
	}
	cmd := exec.Command(python, filepath.Join("..", "..", "examples", "bi", "periksa.py"), "lumbung")
	cmd.Env = append(os.Environ(), "PGHOST="+host, "PGPORT="+port, "PGUSER=pembaca", "PGDATABASE=postgres")
	var errw bytes.Buffer
	cmd.Stderr = &errw
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, &errw)
	}
	var found struct {
		Views                []string
		WithoutComment       []string `json:"without_comment"`
		TableComment         string   `json:"table_comment"`
		ColumnComment        string   `json:"column_comment"`
		Types                map[string]string
		Tertinggal, Villages map[string]int
	}
	if err := json.Unmarshal(out, &found); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if len(found.Views) != tables || len(found.WithoutComment) > 0 {
		t.Errorf("%d tables were published; found %v, without comment %v", tables, found.Views, found.WithoutComment)
	}
	if !strings.HasPrefix(found.TableComment, "Villages per status") || !strings.HasPrefix(found.ColumnComment, "Villages; zero rows") {
		t.Errorf("comments %q and %q", found.TableComment, found.ColumnComment)
	}
	want := map[string]string{"kode_wilayah": "TEXT", "tahun": "SMALLINT", "skor": "NUMERIC(10, 8)", "status_sama": "BOOLEAN"}
	if !maps.Equal(found.Types, want) {
		t.Errorf("types %v, want %v", found.Types, want)
	}
	if counts := map[string]int{"2019": 53, "2020": 21, "2023": 0, "2024": 0}; !maps.Equal(found.Tertinggal, counts) {
		t.Errorf("tertinggal %v, want %v", found.Tertinggal, counts)
	}
	if counts := map[string]int{"2019": 53, "2020": 21}; !maps.Equal(found.Villages, counts) {
		t.Errorf("villages that are tertinggal %v, want %v", found.Villages, counts)
	}
}

func TestPublishNeedsAConnectionString(t *testing.T) {
	t.Setenv(urlEnv, "")
	var out, errw bytes.Buffer
	if code := execute(context.Background(), []string{"publish", "postgres"}, &out, &errw); code != exitUsage || !bytes.Contains(errw.Bytes(), []byte(urlEnv)) {
		t.Errorf("exit %d: %s", code, &errw)
	}
}

// The sample, published to a real S3-compatible server: current.json leads to every mart, byte for byte.
func TestPublishS3(t *testing.T) {
	server := s3test.Start(t)
	host := strings.TrimPrefix(server.URL, "http://")
	client := s3test.Client(t, host, nil)
	if err := client.MakeBucket(t.Context(), "desa", minio.MakeBucketOptions{}); err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_ACCESS_KEY_ID", s3test.Access)
	t.Setenv("AWS_SECRET_ACCESS_KEY", s3test.Secret)
	t.Setenv("AWS_ENDPOINT_URL", server.URL)
	dir := filepath.Join(t.TempDir(), "desa")
	lumbungCmd(t, "init", dir)
	lumbungCmd(t, "run", "--project", dir, "--quiet")
	var res s3.Result
	if err := json.Unmarshal([]byte(lumbungCmd(t, "publish", "s3", "s3://desa/kukar", "--project", dir, "--json")), &res); err != nil {
		t.Fatal(err)
	}
	if res.Sent != res.Objects || res.Verified != res.Objects || res.Objects < 20 {
		t.Errorf("result %+v", res)
	}
	current, err := os.ReadFile(filepath.Join(server.Objects(t), "desa", "kukar", "current.json"))
	if err != nil {
		t.Fatal(err)
	}
	var c s3.Current
	if err := json.Unmarshal(current, &c); err != nil {
		t.Fatal(err)
	}
	for _, names := range c.Marts {
		for _, name := range names {
			there, err := os.ReadFile(filepath.Join(server.Objects(t), "desa", "kukar", filepath.FromSlash(name)))
			if err != nil {
				t.Fatal(err)
			}
			here, err := os.ReadFile(filepath.Join(dir, "data", "snapshots", filepath.FromSlash(name)))
			if err != nil || !bytes.Equal(here, there) {
				t.Errorf("%s differs from the snapshot's file: %v", name, err)
			}
		}
	}
	if len(c.Marts["mart_tren_status"]) != 4 {
		t.Errorf("marts %v", c.Marts)
	}
	if out := lumbungCmd(t, "publish", "s3", "s3://desa/kukar", "--project", dir); !strings.Contains(out, "already") {
		t.Errorf("a second publish says %q", out)
	}
	for args, want := range map[string]string{
		"desa/kukar":                             "is no s3://BUCKET/PREFIX",
		"s3://desa/a//b":                         "empty part",
		"s3://desa --keep 0":                     "at least the current snapshot stays",
		"s3://desa --endpoint ftp://x":           "https://HOST[:PORT] is wanted",
		"s3://desa --endpoint http://a:b@c":      "without credentials",
		"s3://tidak-ada --project " + dir:        "the bucket does not exist",
		"s3://desa --project " + dir + "/kosong": "no project here",
	} {
		var out, errw bytes.Buffer
		if code := execute(context.Background(), append([]string{"publish", "s3"}, strings.Fields(args)...), &out, &errw); code == exitOK || !strings.Contains(errw.String(), want) {
			t.Errorf("publish s3 %s: exit %d, %s; want %q", args, code, &errw, want)
		}
	}
}
