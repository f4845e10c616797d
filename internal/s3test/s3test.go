// Package s3test starts a real S3-compatible server for one test.
package s3test

import (
	"context"
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

// Server is a running server.
type Server struct {
	URL string // http://127.0.0.1:port
	Dir string // the objects are plain files below <Dir>/<bucket>

	process *servertest.Process
}

// Start runs versitygw with its objects in a temporary directory. Without the
// program the test is skipped, in CI it fails.
func Start(t *testing.T) *Server {
	t.Helper()
	bin := servertest.Tool(t, "versitygw")
	dir := t.TempDir()
	port := servertest.FreePort(t)
	cmd := exec.Command(bin, "--port", "127.0.0.1:"+port, "--access", Access, "--secret", Secret, "--quiet", "posix", "--sidecar", t.TempDir(), dir)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir}
	s := &Server{URL: "http://127.0.0.1:" + port, Dir: dir, process: servertest.Start(t, cmd, syscall.SIGTERM)}
	servertest.Wait(t, "versitygw", s.process.Log, s.ready)
	return s
}

func (s *Server) ready(context.Context) error {
	c, err := net.Dial("tcp", s.URL[len("http://"):])
	if err != nil {
		return err
	}
	return c.Close()
}

// Kill ends the server by SIGKILL; its objects stay.
func (s *Server) Kill() { s.process.Kill() }

// Restart starts it again where it was.
func (s *Server) Restart(t *testing.T) {
	t.Helper()
	s.process.Restart(t, "versitygw", s.ready)
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
