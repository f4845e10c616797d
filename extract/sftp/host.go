package sftp

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"net"
	"sync/atomic"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"lumbung/extract/http"
)

// hostCheck compares a server's key with those that are known of it.
type hostCheck struct {
	login   Login
	host    string // HOST:PORT
	refused error
}

// algorithms are those of the known keys: a server chooses, and could show one that nobody has noted.
func (c *hostCheck) algorithms() ([]string, error) {
	nobody, err := ssh.NewPublicKey(ed25519.PublicKey(make([]byte, ed25519.PublicKeySize)))
	if err != nil {
		return nil, err
	}
	var known *knownhosts.KeyError
	if err := c.login.host(c.host, &net.TCPAddr{}, nobody); !errors.As(err, &known) {
		return nil, c.refuse(fmt.Errorf("known_hosts %s: %w", c.login.file, err))
	}
	if len(known.Want) == 0 {
		return nil, c.refuse(fmt.Errorf("known_hosts %s has no key of %s", c.login.file, c.host))
	}
	var out []string
	for _, k := range known.Want {
		if k.Key.Type() == ssh.KeyAlgoRSA {
			out = append(out, ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256)
			continue
		}
		out = append(out, k.Key.Type())
	}
	return out, nil
}

// key refuses a key that is not known, or is revoked.
func (c *hostCheck) key(host string, remote net.Addr, key ssh.PublicKey) error {
	if err := c.login.host(host, remote, key); err != nil {
		c.refused = c.refuse(fmt.Errorf("%s shows the key %s, and known_hosts %s has another: %w", c.host, ssh.FingerprintSHA256(key), c.login.file, err))
	}
	return c.refused
}

func (c *hostCheck) refuse(err error) error {
	return &http.Error{Class: http.ClassHostKey, Err: err,
		Remedy: "ask the publisher for the fingerprint; only if it is that of the server's key (ssh-keyscan -p PORT HOST, ssh-keygen -lf), write that into known_hosts"}
}

// errTooMuch ends a connection whose server sends more than is taken.
var errTooMuch = errors.New("more bytes than are taken")

// meter lets so many bytes of a server in.
type meter struct {
	net.Conn
	left atomic.Int64
}

func (m *meter) Read(p []byte) (int, error) {
	n, err := m.Conn.Read(p)
	if m.left.Add(-int64(n)) < 0 {
		return 0, errTooMuch
	}
	return n, err
}

func (m *meter) over() bool { return m.left.Load() < 0 }
