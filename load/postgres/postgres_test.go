package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"lumbung/internal/pgtest"
)

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

// two tables that always carry the same number.
func pair(n int64, rows int64) []Table {
	each := func(ctx context.Context, row func([]any) error) error {
		for i := int64(1); i <= rows; i++ {
			if err := row([]any{i, n, "teks\tdengan \\ dan\nbaris", nil}); err != nil {
				return err
			}
		}
		return nil
	}
	cols := []Column{{"id", "BIGINT", "Key"}, {"n", "BIGINT", "Number of the publish"}, {"teks", "VARCHAR", "It's text"}, {"kosong", "DECIMAL(10,8)", ""}}
	return []Table{
		{Name: "a", Comment: "First", Columns: cols, Key: []string{"id"}, SHA256: fmt.Sprint("a", n), Each: each},
		{Name: "b", Comment: "Second", Columns: cols, Key: []string{"id"}, SHA256: fmt.Sprint("b", n), Each: each},
	}
}

func TestPublishIsAllOrNothing(t *testing.T) {
	url := pgtest.Start(t)
	ctx := context.Background()
	conn := connect(t, url)
	if _, err := conn.Exec(ctx, "CREATE ROLE pembaca"); err != nil {
		t.Fatal(err)
	}
	opt := Options{Schema: "lumbung", Role: "pembaca", Snapshot: "s1"}

	t.Run("first", func(t *testing.T) {
		res, err := Publish(ctx, conn, pair(1, 10), opt)
		if err != nil || res.Rows != 20 || res.Copied != 2 || res.Verified != 2 {
			t.Fatalf("%+v, %v", res, err)
		}
		var text, comment string
		if err := conn.QueryRow(ctx, "SELECT teks, col_description('lumbung.a'::regclass, 3) FROM lumbung.a LIMIT 1").Scan(&text, &comment); err != nil {
			t.Fatal(err)
		}
		if text != "teks\tdengan \\ dan\nbaris" || comment != "It's text" {
			t.Errorf("text %q, comment %q", text, comment)
		}
		var may bool
		if err := conn.QueryRow(ctx, "SELECT has_table_privilege('pembaca', 'lumbung.a', 'SELECT') AND NOT has_table_privilege('pembaca', 'lumbung.a', 'INSERT')").Scan(&may); err != nil || !may {
			t.Errorf("the read-only role may read and nothing else: %v, %v", may, err)
		}
	})
	t.Run("the same snapshot again", func(t *testing.T) {
		res, err := Publish(ctx, conn, pair(1, 10), opt)
		if err != nil || !res.Already {
			t.Fatalf("%+v, %v", res, err)
		}
	})
	t.Run("a table with the same content is not sent", func(t *testing.T) {
		tables := pair(1, 10)
		tables[1] = pair(2, 10)[1]
		res, err := Publish(ctx, conn, tables, Options{Schema: "lumbung", Role: "pembaca", Snapshot: "s2"})
		if err != nil || res.Copied != 1 || res.Verified != 2 {
			t.Fatalf("%+v, %v", res, err)
		}
	})
	t.Run("a new description arrives where nothing else changes", func(t *testing.T) {
		tables := pair(1, 10)
		tables[1] = pair(2, 10)[1]
		tables[0].Comment, tables[0].Columns[1].Comment = "The first; not the last", "Deprecated; use id"
		if _, err := Publish(ctx, conn, tables, Options{Schema: "lumbung", Role: "pembaca", Snapshot: "s2b"}); err != nil {
			t.Fatal(err)
		}
		var view, column string
		err := conn.QueryRow(ctx, "SELECT obj_description('lumbung.a'::regclass), col_description('lumbung.a'::regclass, 2)").Scan(&view, &column)
		if err != nil || view != tables[0].Comment || column != tables[0].Columns[1].Comment {
			t.Errorf("comments %q and %q, %v", view, column, err)
		}
	})
	t.Run("a source that fails half-way changes nothing", func(t *testing.T) {
		tables := pair(3, 10)
		cause := errors.New("disk on fire")
		whole := tables[1].Each
		tables[1].Each = func(ctx context.Context, row func([]any) error) error {
			return errors.Join(whole(ctx, row), cause)
		}
		_, err := Publish(ctx, conn, tables, Options{Schema: "lumbung", Snapshot: "s3"})
		if err == nil || !strings.Contains(err.Error(), "disk on fire") {
			t.Fatalf("error %v", err)
		}
		wantNumber(t, conn, 1, 2)
	})
	t.Run("a connection that dies half-way changes nothing", func(t *testing.T) {
		victim := connect(t, url)
		pid := victim.PgConn().PID()
		tables := pair(4, 10)
		whole := tables[1].Each
		tables[1].Each = func(ctx context.Context, row func([]any) error) error {
			if _, err := conn.Exec(ctx, "SELECT pg_terminate_backend($1)", pid); err != nil {
				return err
			}
			return whole(ctx, row)
		}
		if _, err := Publish(ctx, victim, tables, Options{Schema: "lumbung", Snapshot: "s4"}); err == nil {
			t.Fatal("no error")
		}
		wantNumber(t, conn, 1, 2)
		if _, err := Publish(ctx, conn, pair(5, 10), Options{Schema: "lumbung", Snapshot: "s5"}); err != nil {
			t.Fatalf("the next publish: %v", err)
		}
		wantNumber(t, conn, 5, 5)
	})
	t.Run("a server that changes what it was sent", func(t *testing.T) {
		tables := pair(6, 10)
		tables[0].Columns[3].Type = "DECIMAL(10,2)"
		each := tables[0].Each
		tables[0].Each = func(ctx context.Context, row func([]any) error) error {
			return each(ctx, func(r []any) error { r[3] = "0.12345678"; return row(r) })
		}
		_, err := Publish(ctx, conn, tables, Options{Schema: "lumbung", Snapshot: "s6"})
		if err == nil || !strings.Contains(err.Error(), "is not what was sent") {
			t.Fatalf("error %v", err)
		}
		wantNumber(t, conn, 5, 5)
	})
	t.Run("a schema of somebody else", func(t *testing.T) {
		if _, err := conn.Exec(ctx, "CREATE SCHEMA lain; CREATE TABLE lain.penting (x int)"); err != nil {
			t.Fatal(err)
		}
		_, err := Publish(ctx, conn, pair(1, 1), Options{Schema: "lain", Snapshot: "s7"})
		if err == nil || !strings.Contains(err.Error(), "none of them is ours") {
			t.Fatalf("error %v", err)
		}
	})
}

func wantNumber(t *testing.T, conn *pgx.Conn, a, b int64) {
	t.Helper()
	var gotA, gotB int64
	if err := conn.QueryRow(context.Background(), "SELECT (SELECT max(n) FROM lumbung.a), (SELECT max(n) FROM lumbung.b)").Scan(&gotA, &gotB); err != nil {
		t.Fatal(err)
	}
	if gotA != a || gotB != b {
		t.Errorf("published numbers %d, %d; want %d, %d", gotA, gotB, a, b)
	}
}

// Readers that never stop see the two tables agree, through every switch.
func TestReadersSeeOneSnapshot(t *testing.T) {
	url := pgtest.Start(t)
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	conn := connect(t, url)
	if _, err := Publish(ctx, conn, pair(1, 50), Options{Schema: "lumbung", Snapshot: "s1"}); err != nil {
		t.Fatal(err)
	}
	var readers sync.WaitGroup
	var mu sync.Mutex
	answers, mixed := 0, 0
	for range 4 {
		reader := connect(t, url)
		readers.Go(func() {
			for ctx.Err() == nil {
				var a, b, n int64
				err := reader.QueryRow(context.Background(), "SELECT max(a.n), max(b.n), count(*) FROM lumbung.a JOIN lumbung.b USING (id)").Scan(&a, &b, &n)
				if err != nil {
					t.Errorf("reader: %v", err)
					return
				}
				mu.Lock()
				answers++
				if a != b || n != 50 {
					mixed++
				}
				mu.Unlock()
			}
		})
	}
	deadline := time.Now().Add(20 * time.Second)
	for i := int64(2); i <= 60 && time.Now().Before(deadline); i++ {
		if _, err := Publish(context.Background(), conn, pair(i, 50), Options{Schema: "lumbung", Snapshot: fmt.Sprint("s", i)}); err != nil {
			t.Fatal(err)
		}
	}
	stop()
	readers.Wait()
	if mixed > 0 || answers == 0 {
		t.Errorf("%d of %d answers were mixed", mixed, answers)
	}
	t.Logf("%d answers, none mixed", answers)
}
