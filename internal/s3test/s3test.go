// Package s3test starts a real S3-compatible server for one test.
package s3test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"lumbung/internal/servertest"
)

// Access and Secret are the server's credentials.
const (
	Access = "lumbung"
	Secret = "lumbung-rahasia"
)

// MinioEnv names the program of MinIO, which then runs in place of versitygw: the same tests, beside a server of another
// make.
const MinioEnv = "LUMBUNG_MINIO"

// Server is a running server.
type Server struct {
	URL string // http://127.0.0.1:port

	name    string
	dir     string // "" where objects are no plain files
	ready   func(context.Context) error
	process *servertest.Process
}

// Start runs versitygw with its objects in a temporary directory. Without the
// program the test is skipped, in CI it fails.
func Start(t *testing.T) *Server {
	t.Helper()
	if program := os.Getenv(MinioEnv); program != "" {
		return startMinio(t, program)
	}
	bin := servertest.Tool(t, "versitygw")
	dir := t.TempDir()
	s := &Server{name: "versitygw", dir: dir}
	s.start(t, func(address string) *exec.Cmd {
		cmd := exec.Command(bin, "--port", address, "--access", Access, "--secret", Secret, "--quiet", "posix", "--sidecar", t.TempDir(), dir)
		cmd.Env = []string{"HOME=" + dir}
		return cmd
	}, s.listens)
	return s
}

func startMinio(t *testing.T, program string) *Server {
	s := &Server{name: "MinIO"}
	s.start(t, func(address string) *exec.Cmd {
		cmd := exec.Command(program, "server", "--quiet", "--address", address, t.TempDir())
		cmd.Env = []string{"HOME=" + t.TempDir(), "MINIO_ROOT_USER=" + Access, "MINIO_ROOT_PASSWORD=" + Secret, "MINIO_BROWSER=off"}
		return cmd
	}, s.knowsStrangers)
	return s
}

// start starts the server on a free port and waits until it is ready.
func (s *Server) start(t *testing.T, on func(address string) *exec.Cmd, ready func(context.Context) error) {
	t.Helper()
	address := "127.0.0.1:" + servertest.FreePort(t)
	cmd := on(address)
	cmd.Env = append(cmd.Env, "PATH="+os.Getenv("PATH"))
	s.URL, s.ready, s.process = "http://"+address, ready, servertest.Start(t, cmd, syscall.SIGTERM)
	servertest.Wait(t, s.name, s.process.Log, ready)
}

// Objects is the folder below which the objects lie as plain files, <bucket>/<key>. Beside a server that keeps them
// otherwise a test that looks at them is skipped.
func (s *Server) Objects(t *testing.T) string {
	t.Helper()
	if s.dir == "" {
		t.Skip("it looks at the store's own files, which MinIO keeps in a form of its own: run it without " + MinioEnv)
	}
	return s.dir
}

func (s *Server) listens(context.Context) error {
	c, err := net.Dial("tcp", s.URL[len("http://"):])
	if err != nil {
		return err
	}
	return c.Close()
}

// knowsStrangers wants the 403 that a stranger gets. MinIO answers 503 at first, also when it calls itself ready.
func (s *Server) knowsStrangers(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL, nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusForbidden {
		err = errors.New(res.Status)
	}
	return errors.Join(err, res.Body.Close())
}

// Kill ends the server by SIGKILL; its objects stay.
func (s *Server) Kill() { s.process.Kill() }

// Restart starts it again where it was.
func (s *Server) Restart(t *testing.T) {
	t.Helper()
	s.process.Restart(t, s.name, s.ready)
}

// Client is a client for a server, or for a proxy before it.
func Client(t *testing.T, host string, transport http.RoundTripper) *minio.Client {
	t.Helper()
	return client(t, host, &minio.Options{Creds: credentials.NewStaticV4(Access, Secret, ""), MaxRetries: 2, Transport: transport, TrailingHeaders: true})
}

// Stranger is a client with other credentials than the server's.
func Stranger(t *testing.T, host, access, secret string) *minio.Client {
	t.Helper()
	return client(t, host, &minio.Options{Creds: credentials.NewStaticV4(access, secret, ""), MaxRetries: 1})
}

func client(t *testing.T, host string, opt *minio.Options) *minio.Client {
	t.Helper()
	opt.Region = "us-east-1"
	c, err := minio.New(host, opt)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
