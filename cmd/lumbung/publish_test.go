package main

import (
	"bytes"
	"context"
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5"

	"lumbung/internal/pgtest"
	"lumbung/load/postgres"
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
	url := pgtest.Start(t)
	t.Setenv(urlEnv, url)
	dir := filepath.Join(t.TempDir(), "desa")
	lumbungCmd(t, "init", dir)
	lumbungCmd(t, "run", "--project", dir, "--quiet")
	var res postgres.Result
	if err := json.Unmarshal([]byte(lumbungCmd(t, "publish", "postgres", "--project", dir, "--json")), &res); err != nil {
		t.Fatal(err)
	}
	if res.Tables < 14 || res.Verified != res.Tables || res.Copied != res.Tables {
		t.Errorf("result %+v", res)
	}
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }()
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
}

func TestPublishNeedsAConnectionString(t *testing.T) {
	t.Setenv(urlEnv, "")
	var out, errw bytes.Buffer
	if code := execute(context.Background(), []string{"publish", "postgres"}, &out, &errw); code != exitUsage || !bytes.Contains(errw.Bytes(), []byte(urlEnv)) {
		t.Errorf("exit %d: %s", code, &errw)
	}
}
