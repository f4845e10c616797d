package http

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
)

const (
	redacted       = "redacted"
	maxSecretBytes = 64 << 10
)

// Secret is a credential that prints, logs and marshals as "redacted".
//
// The text is behind a pointer so that even a verb that walks unexported
// fields by reflection shows an address and never the text.
type Secret struct{ text *string }

// NewSecret wraps a credential: one line, at least one character.
func NewSecret(text string) (Secret, error) {
	if text == "" {
		return Secret{}, errors.New("secret: empty")
	}
	for _, c := range []byte(text) {
		if c < 0x20 || c == 0x7f {
			return Secret{}, errors.New("secret: holds a control character; it has to be one line")
		}
	}
	return Secret{text: &text}, nil
}

// SecretFromEnv reads an environment variable through lookup (os.LookupEnv).
func SecretFromEnv(lookup func(string) (string, bool), name string) (Secret, error) {
	text, ok := lookup(name)
	if !ok {
		return Secret{}, fmt.Errorf("secret: environment variable %s is not set", name)
	}
	secret, err := NewSecret(strings.TrimRight(text, "\r\n"))
	if err != nil {
		return Secret{}, fmt.Errorf("environment variable %s: %w", name, err)
	}
	return secret, nil
}

// ReadSecretFile reads a regular file that only its owner can read (mode 0600 or 0400).
func ReadSecretFile(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("secret file: %w", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("secret file: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("secret file %s: not a regular file", path)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return nil, fmt.Errorf("secret file %s: mode %04o lets others read it; chmod 600 it", path, mode)
	}
	text, err := io.ReadAll(io.LimitReader(file, maxSecretBytes+1))
	if err != nil {
		return nil, fmt.Errorf("secret file: %w", err)
	}
	if len(text) > maxSecretBytes {
		return nil, fmt.Errorf("secret file %s: longer than %d bytes", path, maxSecretBytes)
	}
	return text, nil
}

// SecretFromFile reads a secret of one line from a file that only its owner can read.
func SecretFromFile(path string) (Secret, error) {
	text, err := ReadSecretFile(path)
	if err != nil {
		return Secret{}, err
	}
	secret, err := NewSecret(strings.TrimRight(string(text), "\r\n"))
	if err != nil {
		return Secret{}, fmt.Errorf("secret file %s: %w", path, err)
	}
	return secret, nil
}

// Reveal returns the credential itself. Call it only where it goes on the wire.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// IsZero reports whether there is no credential.
func (s Secret) IsZero() bool { return s.text == nil }

func (Secret) String() string   { return redacted }
func (Secret) GoString() string { return redacted }

// Format answers every verb alike: %x of a credential would still be the credential.
func (Secret) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, redacted) }

// MarshalJSON gives "redacted".
func (Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// MarshalText gives "redacted" to YAML and XML.
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// LogValue gives "redacted" to slog.
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }
