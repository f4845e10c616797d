// Package sftptest starts a real OpenSSH server for one test.
package sftptest

import (
	"context"
	"crypto/ed25519"
	"encoding/pem"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"lumbung/internal/servertest"
)

// Server is a running sshd with SFTP for the test's own user.
type Server struct {
	Addr       string // 127.0.0.1:port
	Port       string
	User       string
	KeyFile    string // a private key that the server knows
	KnownHosts string // the server's key
	HostKey    ssh.PublicKey
	Dir        string // an empty folder for what it serves
}

// Start runs sshd with keys of its own. Without the program the test is skipped, in CI it fails.
func Start(t testing.TB) *Server {
	t.Helper()
	bin, err := exec.LookPath("/usr/sbin/sshd")
	if err != nil {
		servertest.Missing(t, "no SFTP server on this machine: apt-get install openssh-server")
	}
	if os.Getuid() == 0 { // sshd's empty folder, which the service makes elsewhere
		if err := os.MkdirAll("/run/sshd", 0o755); err != nil {
			t.Fatal(err)
		}
	}
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	port := servertest.FreePort(t)
	s := &Server{Addr: "127.0.0.1:" + port, Port: port, User: me.Username, Dir: t.TempDir()}
	dir := t.TempDir()
	hostKey, public := NewKey(t, dir, "host")
	s.HostKey = public
	s.KnownHosts = KnownHosts(t, s.Addr, public)
	own, mine := NewKey(t, dir, "user")
	s.KeyFile = own
	authorized := filepath.Join(dir, "authorized_keys")
	write(t, authorized, string(ssh.MarshalAuthorizedKey(mine)))
	file := filepath.Join(dir, "sshd_config")
	write(t, file, strings.Join([]string{"ListenAddress " + s.Addr, "HostKey " + hostKey, "AuthorizedKeysFile " + authorized, "PidFile none", "StrictModes no",
		"PasswordAuthentication no", "KbdInteractiveAuthentication no", "PermitRootLogin prohibit-password", "MaxStartups 100",
		"Subsystem sftp internal-sftp", ""}, "\n"))
	server := servertest.Start(t, exec.Command(bin, "-D", "-e", "-f", file), syscall.SIGTERM)
	servertest.Wait(t, "sshd", server.Log, func(context.Context) error {
		c, err := net.Dial("tcp", s.Addr)
		if err != nil {
			return err
		}
		return c.Close()
	})
	return s
}

// KnownHosts writes a file in which a server has a key.
func KnownHosts(t testing.TB, address string, key ssh.PublicKey) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "known_hosts")
	write(t, file, knownhosts.Line([]string{address}, key)+"\n")
	return file
}

// NewKey writes a private key to a file and gives its public half.
func NewKey(t testing.TB, dir, name string) (file string, public ssh.PublicKey) {
	t.Helper()
	half, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(key, name)
	if err != nil {
		t.Fatal(err)
	}
	public, err = ssh.NewPublicKey(half)
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(dir, name)
	write(t, file, string(pem.EncodeToMemory(block)))
	return file, public
}

func write(t testing.TB, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
