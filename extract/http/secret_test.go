package http

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// forms are the shapes in which a credential must not show.
func forms(secret string) []string {
	return []string{secret, url.QueryEscape(secret), url.PathEscape(secret), hex.EncodeToString([]byte(secret)), strings.ToUpper(hex.EncodeToString([]byte(secret))),
		base64.StdEncoding.EncodeToString([]byte(secret)), base64.StdEncoding.EncodeToString([]byte("tim:" + secret))}
}

func noSecret(t *testing.T, where, text string) {
	t.Helper()
	for _, form := range forms(canarySecret) {
		if strings.Contains(text, form) {
			t.Errorf("%s shows the credential: %s", where, text)
		}
	}
}

func TestSecretNeverShows(t *testing.T) {
	secret := secretOf(t, canarySecret)
	type holder struct {
		Auth   Auth
		hidden Secret
		Ptr    *Secret
	}
	values := []any{secret, &secret, []Secret{secret}, map[string]Secret{"k": secret}, holder{Auth: Auth{Secret: secret}, hidden: secret, Ptr: &secret}, Request{Auth: Auth{Secret: secret}}}
	for _, value := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T", "%p"} {
			noSecret(t, verb, fmt.Sprintf(verb, value))
		}
		var log bytes.Buffer
		slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "secret", value)
		slog.New(slog.NewTextHandler(&log, nil)).Info("x", "secret", value)
		noSecret(t, "slog", log.String())
		if text, err := yaml.Marshal(value); err == nil {
			noSecret(t, "yaml", string(text))
		}
	}
	text, err := json.Marshal(map[string]any{"a": secret, "b": &secret})
	if err != nil || string(text) != `{"a":"redacted","b":"redacted"}` {
		t.Errorf("json: %s, %v", text, err)
	}
	if secret.Reveal() != canarySecret || fmt.Sprint(secret) != "redacted" {
		t.Error("Reveal or String is wrong")
	}
}

func TestSecretSources(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.WriteFile(path, []byte(text), 0o600), os.Chmod(path, mode)); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, c := range []struct {
		name string
		path string
		want string
	}{
		{"good", write("a", "s3cret\n", 0o600), ""}, {"read-only", write("b", "s3cret\r\n", 0o400), ""},
		{"group", write("c", "s3cret", 0o640), "chmod 600"}, {"world", write("d", "s3cret", 0o604), "chmod 600"},
		{"empty", write("e", "\n", 0o600), "empty"}, {"two lines", write("f", "a\nb\n", 0o600), "control character"},
		{"directory", dir, "regular"}, {"missing", filepath.Join(dir, "none"), "no such file"},
		{"large", write("g", strings.Repeat("x", maxSecretBytes+1), 0o600), "longer"},
	} {
		secret, err := SecretFromFile(c.path)
		switch {
		case c.want == "" && (err != nil || secret.Reveal() != "s3cret"):
			t.Errorf("%s: %q, %v", c.name, secret.Reveal(), err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: %v, want %q in it", c.name, err, c.want)
		}
	}
	env := func(name string) (string, bool) { return "abc", name == "HAVE" }
	if secret, err := SecretFromEnv(env, "HAVE"); err != nil || secret.Reveal() != "abc" {
		t.Errorf("env: %v", err)
	}
	if _, err := SecretFromEnv(env, "NOT"); err == nil {
		t.Error("a missing variable gave a secret")
	}
}

func TestMaskURL(t *testing.T) {
	for raw, want := range map[string]string{
		"https://u:p@data.go.id/x":                       "https://redacted@data.go.id/x",
		"https://data.go.id/x?tahun=2024&token=abc#frag": "https://data.go.id/x?tahun=2024&token=redacted",
		"https://data.go.id/x?API_KEY=a&x=1":             "https://data.go.id/x?API_KEY=redacted&x=1",
		"https://data.go.id/x?X-Amz-Signature=a":         "https://data.go.id/x?X-Amz-Signature=redacted",
		"https://data.go.id/x?to%6ben=abc":               "https://data.go.id/x?to%6ben=redacted",
		"https://data.go.id/x?v=0123456789abcdef0":       "https://data.go.id/x?v=redacted",
		"https://data.go.id/x?0123456789abcdef0":         "https://data.go.id/x?redacted",
		"https://u:p@data.go.id:port/x?token=a":          "redacted@data.go.id:port/x?redacted",
		"mailto:a@b":                                     "mailto:redacted",
		"https://data.go.id/\u202egnp.exe":               "https://data.go.id/%E2%80%AEgnp.exe",
	} {
		if got := MaskURL(raw); got != want {
			t.Errorf("%s: got %s, want %s", raw, got, want)
		}
	}
}

// TestCredentialNeverInResults plays every behaviour to a request full of credentials, with servers that
// also echo them, and looks through all that comes back.
func TestCredentialNeverInResults(t *testing.T) {
	doc := documents(t)[2]
	auth := Auth{User: "tim", Secret: secretOf(t, canarySecret)}
	echoes := []behaviour{
		{name: "echo in status line", play: func(w *wire) { w.raw("HTTP/1.1 " + canarySecret + "\r\n\r\n") }},
		{name: "echo in header", play: func(w *wire) { w.raw("HTTP/1.1 200 OK\r\n" + canarySecret + "\r\n\r\n") }},
		{name: "echo in Authorization form", play: func(w *wire) { w.raw("HTTP/1.1 " + w.req.Header.Get("Authorization") + "\r\n\r\n") }},
		{name: "echo in encoding", play: func(w *wire) { w.answer("200 OK", "Content-Encoding: "+canarySecret) }},
		{name: "echo in Location", play: func(w *wire) {
			w.answer("302 Found", "Location: ftp://evil.example.com/"+url.PathEscape(canarySecret)+"?q="+url.QueryEscape(canarySecret), "Content-Length: 0")
		}},
		{name: "echo in Location host", play: func(w *wire) { w.answer("302 Found", "Location: https://u:p@evil/"+canarySecret, "Content-Length: 0") }},
		{name: "echo in bad Location", play: func(w *wire) { w.answer("302 Found", "Location: http://[::1/"+canarySecret, "Content-Length: 0") }},
		{name: "echo in what is stored", play: func(w *wire) {
			w.whole("ETag: \""+canarySecret+"\"", "Content-Type: "+canarySecret, "Content-Disposition: attachment; filename=\""+canarySecret+"\"")
		}},
		{name: "echo in a resumable part", play: func(w *wire) {
			w.answer("200 OK", "ETag: \""+canarySecret+"\"", length(len(w.doc)))
			w.send(w.doc[:w.cut])
		}},
		{name: "echo in an error body", play: func(w *wire) { w.answer("404 No"); w.raw(canarySecret) }},
		{name: "echo in range", play: func(w *wire) { w.answer("206 Part", "Content-Range: "+canarySecret) }},
	}
	for _, b := range append(behaviours(), echoes...) {
		if b.slow {
			continue
		}
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			server := serveRaw(t, doc.bytes, len(doc.bytes)/2, b.play)
			defer server.close()
			client := newClient(t, func(o *Options) { o.Allow = []HostPort{server.allow()} })
			defer client.Close()
			target := server.url() + "/?tahun=2024&token=" + url.QueryEscape(canarySecret)
			result, err := client.Fetch(context.Background(), Request{URL: target, Auth: auth, Check: doc.check, ErrorBody: 1000, KeepAlive: true}, &memory{})
			var fault *Error
			if errors.As(err, &fault) {
				noSecret(t, "error body", string(fault.Body))
			}
			noSecret(t, "error", fmt.Sprintf("%v %+v %#v", err, err, err))
			for e := err; e != nil; e = errors.Unwrap(e) {
				noSecret(t, "error chain", e.Error())
			}
			text, jerr := json.Marshal(result)
			if jerr != nil {
				t.Fatal(jerr)
			}
			noSecret(t, "result", string(text)+fmt.Sprintf("%+v", result)+fmt.Sprint(client.Breakers()))
		})
	}
}
