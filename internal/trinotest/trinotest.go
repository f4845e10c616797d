// Package trinotest starts a real Trino with an Iceberg catalog for one test:
// PostgreSQL holds the catalog, an S3-compatible server the tables. All listen
// on free ports of 127.0.0.1 and end with the test.
package trinotest

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/minio/minio-go/v7"
	_ "github.com/trinodb/trino-go-client/trino" // the driver "trino"

	"lumbung/internal/pgtest"
	"lumbung/internal/s3test"
	"lumbung/internal/servertest"
)

const (
	version = "476"
	// Env asks for the tests that need the engine: "required", or the file that `make engine-up` wrote.
	Env = "LUMBUNG_ENGINE"
	// LongEnv says, with any value, that the engine will be at work for long.
	LongEnv = "LUMBUNG_ENGINE_LONG"
	// Catalog is the Iceberg catalog, Bucket where its tables lie.
	Catalog, Bucket = "iceberg", "lumbung"
	// Guest is a user who may read no table.
	Guest = "tamu"
)

// Engine is a running engine.
type Engine struct {
	URL      string `json:"url"`      // http://lumbung@127.0.0.1:port, as trino-go-client and Trino's programs want it
	S3       string `json:"s3"`       // http://127.0.0.1:port; the credentials are those of s3test
	Postgres string `json:"postgres"` // connection string of the catalog's database
	Nodes    int    `json:"nodes"`

	// Store and Catalog are the servers of a launched engine.
	Store   *s3test.Server `json:"-"`
	Catalog *pgtest.Server `json:"-"`

	dir   string
	start func(t *testing.T, i int) // starts a node
	nodes []*exec.Cmd               // by number; nil when killed
}

// Start gives a running engine: the one of `make engine-up` where Env names
// its file, else one for this test alone. Without Env the test is skipped;
// with it a missing part is a failure that names what is missing.
func Start(t *testing.T) *Engine {
	t.Helper()
	switch file := os.Getenv(Env); file {
	case "":
		t.Skip("the engine is not asked for: make test-engine")
		return nil
	case "required":
		return Launch(t, 1)
	default:
		e := &Engine{}
		text, err := os.ReadFile(file)
		if err == nil {
			err = json.Unmarshal(text, e)
		}
		if err != nil {
			t.Fatalf("%s: %v; make engine-up", Env, err)
		}
		return e
	}
}

// Launch starts an engine of some nodes for one test.
func Launch(t *testing.T, nodes int) *Engine {
	t.Helper()
	return launch(t, nodes, func(store string) string { return store })
}

// LaunchFaulty is Launch of one node with a network that breaks between the store and all that use it.
func LaunchFaulty(t *testing.T, faults *s3test.Faulty) *Engine {
	t.Helper()
	return launch(t, 1, func(store string) string { return faults.Before(t, store) })
}

// launch starts an engine that reaches its store at another address.
func launch(t *testing.T, nodes int, reach func(store string) string) *Engine {
	t.Helper()
	home, err := installed()
	if err != nil {
		t.Fatal(err)
	}
	java, err := findJava()
	if err != nil {
		t.Fatal(err)
	}
	store := s3test.Start(t)
	client := s3test.Client(t, strings.TrimPrefix(store.URL, "http://"), nil)
	ctx := context.Background()
	if err := client.MakeBucket(ctx, Bucket, minio.MakeBucketOptions{}); err != nil {
		t.Fatal(err)
	}
	pgPort, port := servertest.FreePort(t), servertest.FreePort(t)
	catalog := pgtest.StartTCP(t, pgPort)
	e := &Engine{URL: "http://lumbung@127.0.0.1:" + port, S3: reach(store.URL), Postgres: catalog.URL, Nodes: nodes, Store: store, Catalog: catalog,
		dir: t.TempDir(), nodes: make([]*exec.Cmd, nodes)}
	if err := catalogTables(ctx, e.Postgres); err != nil {
		t.Fatal(err)
	}
	e.start = func(t *testing.T, i int) { e.node(t, home, java, i, port, pgPort) }
	e.Restart(t)
	return e
}

// Kill ends all nodes of a launched engine by SIGKILL. The catalog and the store stay up.
func (e *Engine) Kill() {
	for i := range e.nodes {
		e.KillNode(i)
	}
}

// KillNode ends one node by SIGKILL; node 0 coordinates.
func (e *Engine) KillNode(i int) {
	if cmd := e.nodes[i]; cmd != nil {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		e.nodes[i] = nil
	}
}

// Restart starts killed nodes of an engine, the coordinator on the port that it had, and waits for all.
func (e *Engine) Restart(t *testing.T) {
	t.Helper()
	for i, cmd := range e.nodes {
		if cmd == nil {
			e.start(t, i)
		}
	}
	e.wait(t)
}

// catalogTables makes what Trino expects a JDBC catalog to have.
func catalogTables(ctx context.Context, url string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, `CREATE TABLE iceberg_tables (catalog_name VARCHAR(255), table_namespace VARCHAR(255), table_name VARCHAR(255),
			metadata_location VARCHAR(1000), previous_metadata_location VARCHAR(1000), iceberg_type VARCHAR(5),
			PRIMARY KEY (catalog_name, table_namespace, table_name));
		CREATE TABLE iceberg_namespace_properties (catalog_name VARCHAR(255), namespace VARCHAR(255), property_key VARCHAR(255),
			property_value VARCHAR(1000), PRIMARY KEY (catalog_name, namespace, property_key))`)
	return errors.Join(err, conn.Close(ctx))
}

// node starts one Trino; node 0 coordinates, and works, too.
func (e *Engine) node(t *testing.T, home, java string, i int, port, pgPort string) {
	t.Helper()
	dir := filepath.Join(e.dir, "node"+strconv.Itoa(i))
	own := port
	if i > 0 {
		own = servertest.FreePort(t)
	}
	// Plans of queries that ended are forgotten early: a quarter of an hour of them fills the heap.
	files := map[string]string{
		"etc/config.properties": fmt.Sprintf(`coordinator=%t
node-scheduler.include-coordinator=true
http-server.http.port=%s
discovery.uri=http://127.0.0.1:%s
plugin.dir=%s
catalog.config-dir=%s
query.max-memory=%dMB
query.max-memory-per-node=620MB
memory.heap-headroom-per-node=200MB
query.min-expire-age=10s
query.max-history=20
`, i == 0, own, port, filepath.Join(home, "plugin"), filepath.Join(dir, "etc", "catalog"), 620*e.Nodes),
		"etc/log.properties":            "io.trino=WARN\n",
		"etc/access-control.properties": fmt.Sprintf("access-control.name=file\nsecurity.config-file=%s\n", filepath.Join(dir, "etc", "rights.json")),
		"etc/rights.json": fmt.Sprintf(`{"tables": [{"user": %q, "catalog": %q, "privileges": []},
			{"privileges": ["SELECT", "INSERT", "DELETE", "UPDATE", "OWNERSHIP", "GRANT_SELECT"]}]}`, Guest, Catalog),
		"etc/catalog/" + Catalog + ".properties": fmt.Sprintf(`connector.name=iceberg
iceberg.catalog.type=jdbc
iceberg.jdbc-catalog.driver-class=org.postgresql.Driver
iceberg.jdbc-catalog.connection-url=jdbc:postgresql://127.0.0.1:%s/postgres
iceberg.jdbc-catalog.connection-user=lumbung
iceberg.jdbc-catalog.connection-password=%s
iceberg.jdbc-catalog.catalog-name=%s
iceberg.jdbc-catalog.default-warehouse-dir=s3://%s/gudang
iceberg.add-files-procedure.enabled=true
fs.native-s3.enabled=true
s3.endpoint=%s
s3.region=us-east-1
s3.path-style-access=true
s3.aws-access-key=%s
s3.aws-secret-key=%s
`, pgPort, pgtest.Password, Catalog, Bucket, e.S3, s3test.Access, s3test.Secret),
	}
	for name, text := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// The quick compiler alone, and a collector that works only when it must: the servers live for minutes, and the
	// machine's cores have other work. For a campaign of hours the slow compiler pays.
	compiler := "-XX:TieredStopAtLevel=1"
	if os.Getenv(LongEnv) != "" {
		compiler = "-XX:+TieredCompilation"
	}
	cmd := exec.Command(java, "-Xms1G", "-Xmx1G", compiler, "-XX:+UseParallelGC", "-XX:+ExitOnOutOfMemoryError", "-Djdk.attach.allowAttachSelf=true",
		"--enable-native-access=ALL-UNNAMED", "--add-modules=jdk.incubator.vector",
		"-Dconfig="+filepath.Join(dir, "etc", "config.properties"), "-Dlog.levels-file="+filepath.Join(dir, "etc", "log.properties"),
		"-Dnode.environment=lumbung", "-Dnode.id=node"+strconv.Itoa(i), "-Dnode.data-dir="+dir,
		"-Dnode.bind-ip=127.0.0.1", "-Dnode.internal-address=127.0.0.1",
		"-cp", filepath.Join(home, "lib", "*"), "io.trino.server.TrinoServer")
	cmd.Dir = dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	e.nodes[i] = cmd
	t.Cleanup(func() {
		e.KillNode(i)
		_ = log.Close()
	})
}

// wait returns once every node takes part. That the server answers comes earlier.
func (e *Engine) wait(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	db, err := sql.Open("trino", e.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for {
		var n int
		err := db.QueryRowContext(ctx, "SELECT count(*) FROM system.runtime.nodes WHERE state = 'active'").Scan(&n)
		if err == nil && n == e.Nodes {
			return
		}
		select {
		case <-ctx.Done():
			text, _ := os.ReadFile(filepath.Join(e.dir, "node0", "log"))
			t.Fatalf("Trino does not answer with %d nodes: %d, %v\n%s", e.Nodes, n, err, text[max(0, len(text)-4000):])
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// installed is where `make engine` unpacked Trino.
func installed() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	home := filepath.Join(cache, "lumbung", "trino-"+version)
	if _, err := os.Stat(filepath.Join(home, "plugin", "iceberg")); err != nil {
		return "", fmt.Errorf("no Trino %s on this machine (%w): make engine", version, err)
	}
	return home, nil
}

var javaVersion = regexp.MustCompile(`JAVA_VERSION="(\d+)`)

// findJava finds a Java that Trino runs on.
func findJava() (string, error) {
	homes, err := filepath.Glob("/usr/lib/jvm/*")
	if err != nil {
		return "", err
	}
	for _, home := range append([]string{os.Getenv("JAVA_HOME")}, homes...) {
		text, err := os.ReadFile(filepath.Join(home, "release"))
		if m := javaVersion.FindSubmatch(text); err == nil && m != nil {
			if n, err := strconv.Atoi(string(m[1])); err == nil && n >= 24 {
				return filepath.Join(home, "bin", "java"), nil
			}
		}
	}
	return "", errors.New("no Java 24 or newer in JAVA_HOME or /usr/lib/jvm: install Temurin 25 (adoptium.net) or openjdk-25-jre-headless where Debian has it, or set JAVA_HOME")
}
