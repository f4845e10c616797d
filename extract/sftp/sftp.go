// Package sftp answers requests of the http package from the files of an SFTP server.
//
// GET sftp://HOST:PORT/FILE is the file, with an ETag made of its size and time; a path that ends in
// a slash is the list of a folder. So tries, deadlines, resuming and completeness are those of http.
package sftp

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"lumbung/extract/http"
)

// Entry is one name in a folder.
type Entry struct {
	Name     string    `json:"name"` // without a slash
	Kind     Kind      `json:"kind"`
	Size     int64     `json:"size"` // bytes
	Modified time.Time `json:"modified"`
}

// Kind says what a name stands for.
type Kind string

// The kinds of entries. Others (links, devices) are never read.
const (
	File   Kind = "file"
	Folder Kind = "folder"
	Other  Kind = "other"
)

// ETag is that of a file with the size and time of the entry.
func (e Entry) ETag() string { return fmt.Sprintf(`"%x-%x"`, e.Size, e.Modified.Unix()) }

// URL is the address of a path; base is sftp://HOST:PORT. Paths without a slash in front begin in the folder of the login.
func URL(base, path string) string {
	if !strings.HasPrefix(path, "/") {
		path = home + path
	}
	return base + (&url.URL{Path: path}).EscapedPath()
}

// home stands in an address for the folder of the login.
const home = "/~/"

// Entries reads the list of a folder.
func Entries(body []byte) (list []Entry, err error) {
	if err := json.Unmarshal(body, &list); err != nil {
		return nil, fmt.Errorf("list of a folder: %w", err)
	}
	return list, nil
}

// Login is how a server is recognised, and who asks it.
type Login struct {
	user string
	auth []ssh.AuthMethod
	host ssh.HostKeyCallback
	file string // with the keys of known hosts
}

// NewLogin reads the key and the known hosts. A password opens the key; without a key it is sent, also to a
// server that asks for it as a question.
func NewLogin(user, keyFile string, password http.Secret, knownHosts string) (Login, error) {
	l := Login{user: user, file: knownHosts}
	if keyFile == "" {
		l.auth = []ssh.AuthMethod{ssh.Password(password.Reveal()), ssh.KeyboardInteractive(answer(password))}
	} else {
		signer, err := readKey(keyFile, password)
		if err != nil {
			return l, err
		}
		l.auth = []ssh.AuthMethod{ssh.PublicKeys(signer)}
	}
	var err error
	if l.host, err = knownhosts.New(knownHosts); errors.Is(err, os.ErrNotExist) {
		return l, fmt.Errorf("known_hosts %s is missing; write the server's key into it (ssh-keyscan -p PORT HOST) once the publisher has confirmed its fingerprint (ssh-keygen -lf %s)", knownHosts, knownHosts)
	} else if err != nil {
		return l, fmt.Errorf("known_hosts %s: %w", knownHosts, err)
	}
	return l, nil
}

func readKey(file string, passphrase http.Secret) (ssh.Signer, error) {
	pem, err := http.ReadSecretFile(file)
	if err != nil {
		return nil, err
	}
	signer, err := ssh.ParsePrivateKey(pem)
	var locked *ssh.PassphraseMissingError
	switch {
	case errors.As(err, &locked) && passphrase.IsZero():
		return nil, fmt.Errorf("key_file %s has a passphrase; name it by password_env or password_file, or make a key without one that may only read (ssh-keygen -N '')", file)
	case errors.As(err, &locked):
		if signer, err = ssh.ParsePrivateKeyWithPassphrase(pem, []byte(passphrase.Reveal())); err != nil {
			return nil, fmt.Errorf("key_file %s is not opened by the passphrase of password_env or password_file", file)
		}
		return signer, nil
	case err != nil:
		return nil, fmt.Errorf("key_file %s is no private key of OpenSSH or PEM", file)
	case !passphrase.IsZero():
		return nil, fmt.Errorf("key_file %s has no passphrase, but password_env or password_file gives one: a source logs in by key or by password", file)
	}
	return signer, nil
}

// answer gives the password to a server that asks one question whose answer must not be seen. What else
// it asks (a code of a second device) nobody can answer at night.
func answer(password http.Secret) ssh.KeyboardInteractiveChallenge {
	return func(_, _ string, questions []string, echos []bool) ([]string, error) {
		switch {
		case len(questions) == 0: // it only tells something
			return nil, nil
		case len(questions) == 1 && !echos[0]:
			return []string{password.Reveal()}, nil
		}
		return nil, &http.Error{Class: http.ClassLogin, Err: fmt.Errorf("the server asks %q, and only one question for a password is answered", questions),
			Remedy: "log in by key_file, or ask the publisher for a login without other questions"}
	}
}
