// Package pgtest starts a real PostgreSQL server for one test.
package pgtest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"lumbung/internal/servertest"

	"github.com/jackc/pgx/v5"
)

// Password is what a server that listens on a port wants from its user lumbung.
const Password = "lumbung-rahasia"

// Start runs a server with its data in a temporary directory and returns a
// connection string. It listens on a Unix socket only. Without PostgreSQL on
// the machine the test is skipped, in CI it fails.
func Start(t *testing.T) string {
	t.Helper()
	return start(t, "", "5432").URL
}

// StartTCP is Start for programs that know no sockets: the server listens on a port of 127.0.0.1, too.
func StartTCP(t *testing.T, port string) *Server {
	t.Helper()
	return start(t, "127.0.0.1", port)
}

// Server is a running server.
type Server struct {
	URL     string // connection string
	process *servertest.Process
}

// Kill ends the server by SIGKILL; what was committed stays.
func (s *Server) Kill() { s.process.Kill() }

// Restart starts it again where it was.
func (s *Server) Restart(t *testing.T) {
	t.Helper()
	s.process.Restart(t, "PostgreSQL", s.ready)
}

func (s *Server) ready(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, s.URL)
	if err != nil {
		return err
	}
	return conn.Close(ctx)
}

func start(t *testing.T, listen, port string) *Server {
	t.Helper()
	bin := binaries(t)
	dir, err := os.MkdirTemp("", "pg") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	who := account(t, dir)
	data, pass := filepath.Join(dir, "data"), filepath.Join(dir, "pass")
	if err := os.WriteFile(pass, []byte(Password), 0o644); err != nil {
		t.Fatal(err)
	}
	// Trino connects anew for each look at its catalog, and a password kept for SCRAM costs both sides 4096 hashes each time.
	// With md5 only that of lumbung is kept otherwise; those of roles that a test makes are checked by SCRAM.
	runAs(t, who, filepath.Join(bin, "initdb"), "-D", data, "-U", "lumbung", "--auth-local=trust", "--auth-host=md5", "--pwfile="+pass,
		"--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
	cmd := exec.Command(filepath.Join(bin, "postgres"), "-D", data, "-k", dir, "-p", port, "-c", "listen_addresses="+listen, "-c", "fsync=off", "-c", "max_connections=40",
		"-c", "password_encryption=scram-sha-256")
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C.UTF-8"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: who}
	s := &Server{URL: fmt.Sprintf("host=%s port=%s user=lumbung dbname=postgres sslmode=disable", dir, port),
		process: servertest.Start(t, cmd, syscall.SIGQUIT)}
	servertest.Wait(t, "PostgreSQL", s.process.Log, s.ready)
	return s
}

func binaries(t *testing.T) string {
	t.Helper()
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if err != nil {
		t.Fatal(err)
	}
	if len(found) > 0 {
		return filepath.Dir(found[len(found)-1])
	}
	if p, err := exec.LookPath("postgres"); err == nil {
		return filepath.Dir(p)
	}
	servertest.Missing(t, "no PostgreSQL server on this machine: apt-get install postgresql")
	return ""
}

// account is the user that the server runs as: PostgreSQL refuses root.
func account(t *testing.T, dir string) *syscall.Credential {
	t.Helper()
	if os.Geteuid() != 0 {
		return nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		if u, err = user.Lookup("nobody"); err != nil {
			t.Fatal(err)
		}
	}
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		t.Fatal(err)
	}
	gid, err := strconv.Atoi(u.Gid)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(dir, uid, gid); err != nil {
		t.Fatal(err)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

func runAs(t *testing.T, who *syscall.Credential, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C.UTF-8"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: who}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
}
