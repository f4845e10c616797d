package notify

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	fetch "lumbung/extract/http"
)

const hookKey = "kunci-rahasia-81723"

func message() Message {
	return Message{Project: "kukar", Title: "Kukar: new release", Snapshot: "20261124T021000Z-abc",
		Lines: []string{`Kutai Kartanegara 2020, new, against 2019: TERTINGGAL 53 → 21`, `source idm is stale: "<!channel>" @all & more`},
		Time:  time.Date(2026, 11, 24, 2, 10, 0, 0, time.UTC)}
}

// hook sends one message to a server and returns what the server was given.
func hook(t *testing.T, kind, template string) (got map[string]any, header http.Header) {
	t.Helper()
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		if err != nil || r.Method != http.MethodPost || r.URL.Path != "/hooks/"+hookKey {
			t.Errorf("%s %s (%v)", r.Method, r.URL.Path, err)
		}
		if err := json.Unmarshal(b, &got); err != nil {
			t.Errorf("%s: %v", b, err)
		}
		header = r.Header
	}))
	defer srv.Close()
	roots := x509.NewCertPool()
	roots.AddCert(srv.Certificate())
	body, err := NewBody(kind, template, "-100123")
	if err != nil {
		t.Fatal(err)
	}
	w, err := NewWebhook(secret(t, srv.URL+"/hooks/"+hookKey), body, nil, roots)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Send(t.Context(), message()); err != nil {
		t.Fatal(err)
	}
	return got, header
}

func secret(t *testing.T, text string) fetch.Secret {
	t.Helper()
	s, err := fetch.NewSecret(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestShapes(t *testing.T) {
	for _, test := range []struct {
		kind, template string
		key            string
		want           string
		never          string
	}{
		{kind: "slack", key: "text", want: "TERTINGGAL 53 → 21\nsource idm is stale: \"&lt;!channel&gt;\" @all &amp; more", never: "<!"},
		{kind: "mattermost", key: "text", want: "\"<!channel>\" @\u200ball & more\n```", never: "@all"},
		{kind: "telegram", key: "text", want: `"<!channel>" @all & more`, never: "&lt;"},
		{kind: "telegram", key: "chat_id", want: "-100123"},
		{kind: "webhook", key: "title", want: "Kukar: new release"},
		{kind: "webhook", key: "snapshot", want: "20261124T021000Z-abc"},
		{kind: "webhook", template: `{"isi": {{json .Text}}, "jumlah": {{len .Lines}}}`, key: "isi", want: "53 → 21"},
	} {
		t.Run(test.kind+" "+test.key, func(t *testing.T) {
			got, header := hook(t, test.kind, test.template)
			text, _ := got[test.key].(string)
			if !strings.Contains(text, test.want) || test.never != "" && strings.Contains(text, test.never) {
				t.Errorf("%q, want %q and not %q", text, test.want, test.never)
			}
			if header.Get("Content-Type") != "application/json" {
				t.Errorf("header %v", header)
			}
		})
	}
}

func TestTemplatesThatAreRefused(t *testing.T) {
	for _, text := range []string{`{"text": "{{.Text}}"}`, `{{.Teks}}`, `{{`, `{"a": {{json .}}`} {
		if _, err := NewBody("webhook", text, ""); err == nil {
			t.Errorf("%s was taken", text)
		}
	}
}

func TestLongTextIsCut(t *testing.T) {
	m := message()
	m.Lines = []string{strings.Repeat("é", 10_000)}
	if n := len([]rune(m.Text())); n > 4096 {
		t.Errorf("%d characters", n)
	}
}

// Whatever goes wrong is said without the address, and in time.
func TestWebhookFails(t *testing.T) {
	release := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Query().Get("do") {
		case "hang":
			_, _ = io.Copy(io.Discard, r.Body) // only then the server notices that the client has gone
			select {
			case <-release:
			case <-r.Context().Done():
			}
		case "redirect":
			http.Redirect(w, r, "https://elsewhere.example/"+hookKey, http.StatusTemporaryRedirect)
		case "refuse":
			http.Error(w, "no such hook "+hookKey, http.StatusForbidden)
		}
	}))
	defer srv.Close()
	defer close(release)
	body, err := NewBody("webhook", "", "")
	if err != nil {
		t.Fatal(err)
	}
	here, err := fetch.ParseHostPort(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	dead := httptest.NewServer(http.NotFoundHandler())
	there, err := fetch.ParseHostPort(dead.URL)
	if err != nil {
		t.Fatal(err)
	}
	dead.Close()
	for _, test := range []struct {
		name, url, want string
		within          time.Duration
	}{
		{"hangs", srv.URL + "/" + hookKey + "?do=hang", "deadline exceeded", 100 * time.Millisecond},
		{"redirects", srv.URL + "/" + hookKey + "?do=redirect", "307", time.Minute},
		{"refuses", srv.URL + "/" + hookKey + "?do=refuse", "403", time.Minute},
		{"is gone", dead.URL + "/" + hookKey, "refused", time.Minute},
	} {
		t.Run(test.name, func(t *testing.T) {
			w, err := NewWebhook(secret(t, test.url), body, []fetch.HostPort{here, there}, nil)
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), test.within)
			defer cancel()
			if err := w.Send(ctx, message()); err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), hookKey) {
				t.Errorf("%v, want %q", err, test.want)
			}
		})
	}
}

func TestAddressesThatAreRefused(t *testing.T) {
	for _, address := range []string{"http://chat.example/" + hookKey, "http://127.0.0.1:1/" + hookKey, "file:///" + hookKey, hookKey, "https://%zz/" + hookKey} {
		_, err := NewWebhook(secret(t, address), nil, []fetch.HostPort{{Host: "127.0.0.1", Port: 2, Insecure: true}}, nil)
		if err == nil || strings.Contains(err.Error(), hookKey) {
			t.Errorf("%s: %v", address, err)
		}
	}
}
