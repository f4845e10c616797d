package trino_test

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"lumbung/answer"
	"lumbung/examples/kukar"
	"lumbung/internal/s3test"
	"lumbung/internal/trinotest"
	"lumbung/load/compare"
	"lumbung/pipeline"
	"lumbung/sql"
)

// silent reports nothing of a run.
type silent struct{}

func (silent) Begin(string, string, string, int64) {}
func (silent) Progress(string, string, int64)      {}
func (silent) End(pipeline.Step)                   {}

// sample writes out the Kukar project with an engine that publishes into a schema of its own.
func sample(t *testing.T, e *trinotest.Engine, schema string) *pipeline.Project {
	t.Helper()
	t.Setenv("AWS_ACCESS_KEY_ID", s3test.Access)
	t.Setenv("AWS_SECRET_ACCESS_KEY", s3test.Secret)
	dir := filepath.Join(t.TempDir(), "desa")
	if err := os.CopyFS(dir, kukar.Files); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { // raw objects are read-only
		_ = filepath.WalkDir(dir, func(name string, _ fs.DirEntry, _ error) error { return os.Chmod(name, 0o700) })
	})
	f, err := os.OpenFile(filepath.Join(dir, "lumbung.yaml"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = fmt.Fprintf(f, "\nengine: trino\ntrino: {url: %q, schema: %s, store: s3://%s/%s, endpoint: %q, min_age: 0s}\n",
		e.URL, schema, trinotest.Bucket, schema, e.S3)
	if cerr := f.Close(); err != nil || cerr != nil {
		t.Fatal(err, cerr)
	}
	p, err := pipeline.Open(context.Background(), dir, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

// run runs a project and wants a published snapshot.
func run(t *testing.T, p *pipeline.Project, opt pipeline.Options) string {
	t.Helper()
	opt.Report = silent{}
	res, err := p.Run(context.Background(), opt)
	if err != nil || res.Outcome != pipeline.Published {
		t.Fatalf("the run ended as %s: %v", res.Outcome, err)
	}
	return res.Snapshot
}

// Every model outside staging gives the same rows and types on both engines, and every answer is the same.
func TestEveryModelIsEqual(t *testing.T) {
	ctx := context.Background()
	e := trinotest.Start(t)
	p := sample(t, e, "sama")
	id := run(t, p, pipeline.Options{})
	db, err := pipeline.OpenTrino(ctx, p.Config)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if current, err := db.Current(ctx); err != nil || current != id {
		t.Fatalf("Trino has %q, %v; want %s", current, err, id)
	}
	r, err := answer.Open(ctx, p.Config.DataDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	all, err := compare.Models(ctx, r.DB, db, sql.Core, sql.Marts, sql.Audits)
	if err != nil {
		t.Fatal(err)
	}
	var rows int64
	for _, d := range all {
		if rows += d.From; !d.Same() {
			t.Errorf("%s: %s%s", d.Relation, d.Summary(), d.First())
		}
	}
	read := map[string]int64{} // rows by node
	err = db.Each(ctx, "SELECT node_id, CAST(sum(processed_input_rows) AS BIGINT) FROM system.runtime.tasks GROUP BY node_id", nil, nil, func(row []any) error {
		read[row[0].(string)], _ = row[1].(int64)
		return nil
	})
	if err != nil || len(read) != e.Nodes {
		t.Errorf("rows were read by %v, %v; want %d nodes", read, err, e.Nodes)
	}
	t.Logf("%d relations, %d rows compared; read by node: %v", len(all), rows, read)
	if len(all) < 44 || rows < 20_000 {
		t.Errorf("%d relations with %d rows are fewer than there are", len(all), rows)
	}
	t.Run("answers", func(t *testing.T) { answersAreEqual(t, p) })
}
