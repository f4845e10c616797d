package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/xuri/excelize/v2"
)

// chat is a chat server that records what it is told.
type chat struct {
	*server
	mu   sync.Mutex
	said []string
}

func newChat(t *testing.T) *chat {
	t.Helper()
	c := &chat{server: newServer(t)}
	c.set("/hooks/lain-rahasia", c.take(t))
	t.Setenv("LUMBUNG_UJI_CHAT", c.URL+"/hooks/lain-rahasia")
	return c
}

func (c *chat) take(t *testing.T) http.HandlerFunc {
	return func(_ http.ResponseWriter, r *http.Request) {
		var m struct{ Text string }
		if err := json.NewDecoder(r.Body).Decode(&m); err != nil {
			t.Error(err)
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.said = append(c.said, m.Text)
	}
}

// heard returns what was said since it was last called.
func (c *chat) heard() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	text := strings.Join(c.said, "\n\n")
	c.said = nil
	return text
}

const idm2020 = "      - {path: rilis/idm-2020.xlsx"

// People are told once of each trouble, of its end, and of new releases with the counts.
func TestNews(t *testing.T) {
	c := newChat(t)
	dir := filepath.Join(t.TempDir(), "desa")
	lumbungCmd(t, "init", dir)
	config := filepath.Join(dir, "lumbung.yaml")
	editText(t, config, idm2020, "#"+idm2020)
	editText(t, config, "retention:", `notify:
  - {name: ruang, kind: slack, url_env: LUMBUNG_UJI_CHAT, allow: ["`+c.URL+`"]}
retention:`)
	var all string
	run := func(want int, more ...string) {
		t.Helper()
		var out, errw bytes.Buffer
		if code := execute(context.Background(), append([]string{"run", "--project", dir, "--quiet"}, more...), &out, &errw); code != want {
			t.Fatalf("exit %d, want %d\n%s\n%s", code, want, &out, &errw)
		}
		all += out.String() + errw.String()
	}
	say := func(what string, lines ...string) {
		t.Helper()
		got := c.heard()
		for _, line := range lines {
			if !strings.Contains(got, line) {
				t.Errorf("%s: %q\nis not in what was said:\n%s", what, line, got)
			}
		}
		if len(lines) == 0 && got != "" {
			t.Errorf("%s: said %s", what, got)
		}
	}
	run(exitOK)
	say("the first release", "new release\npublished: snapshot 20", "Kutai Kartanegara 2024, new, against 2023: BERKEMBANG 48 → 23", "Kutai Kartanegara 2019 (rekonstruksi), new, nothing to compare with: SANGAT TERTINGGAL 3, TERTINGGAL 53")
	run(exitOK)
	say("nothing new")
	editText(t, config, "#"+idm2020, idm2020)
	run(exitOK)
	say("the year 2020", "Kutai Kartanegara 2020 (rekonstruksi), new, against 2019: SANGAT TERTINGGAL 3 → 0, TERTINGGAL 53 → 21, BERKEMBANG 100 → 113, MAJU 33 → 47, MANDIRI 4 → 12")

	book := filepath.Join(dir, "rilis", "idm-2023.xlsx")
	sound, err := os.ReadFile(book)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(book, int64(len(sound)/2)); err != nil {
		t.Fatal(err)
	}
	run(exitFailed)
	say("a broken workbook", "needs a person", "source idm is stale: rilis/idm-2023.xlsx")
	run(exitFailed)
	say("still broken")
	editText(t, config, "kind: slack,", "kind: slack, remind: 1ns,")
	run(exitFailed)
	say("still broken, a week later", "still so: source idm is stale")
	editText(t, config, " remind: 1ns,", "")

	// What does not arrive stops nothing, and is told later.
	c.set("/hooks/lain-rahasia", func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "overloaded", http.StatusServiceUnavailable)
	})
	if err := os.WriteFile(book, sound, 0o644); err != nil {
		t.Fatal(err)
	}
	run(exitOK)
	if !strings.Contains(all, "lumbung: notify: channel ruang: the webhook answered 503") {
		t.Errorf("the failed delivery is not in the log:\n%s", all)
	}
	c.set("/hooks/lain-rahasia", c.take(t))
	lumbungCmd(t, "notify", "--project", dir)
	say("told later", "recovered: source idm, stale since 20")
	lumbungCmd(t, "notify", "--project", dir)
	say("told already")

	edit := func(change func(*excelize.File) error) {
		t.Helper()
		f, err := excelize.OpenFile(filepath.Join(dir, "rilis", "idm-2024.xlsx"))
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(change(f), f.Save(), f.Close()); err != nil {
			t.Fatal(err)
		}
	}
	edit(func(f *excelize.File) error { return f.RemoveRow("IDM 2024", 2) })
	run(exitOK)
	say("a village less", "Kutai Kartanegara 2024, corrected: ", " → ")
	editText(t, config, idm2020, "#"+idm2020)
	run(exitOK)
	say("a year less", "Kutai Kartanegara 2020: no figures any more")
	edit(func(f *excelize.File) error { return change(f, true) })
	run(exitRefused)
	say("an audit says no", "needs a person", "refused: audit")
	run(exitRefused)
	say("refused again")
	if strings.Contains(all, "lain-rahasia") {
		t.Error("the address is in the log")
	}
	noSecrets(t, dir)
}

// A channel whose secret is missing, or that hangs, is named; the run goes on.
func TestChannelsThatDoNotWork(t *testing.T) {
	s := newServer(t)
	s.set("/gantung", func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	})
	t.Setenv("LUMBUNG_UJI_CHAT", s.URL+"/gantung")
	dir := filepath.Join(t.TempDir(), "desa")
	lumbungCmd(t, "init", dir)
	editText(t, filepath.Join(dir, "lumbung.yaml"), "retention:", `notify:
  - {name: gantung, kind: webhook, url_env: LUMBUNG_UJI_CHAT, allow: ["`+s.URL+`"]}
  - {name: tanpa-kunci, kind: telegram, chat: "1", url_env: LUMBUNG_UJI_TIDAK_ADA}
  - {name: mati, kind: mail, server: "127.0.0.1:1", security: plain, from: a@kukar.example, to: [b@kukar.example]}
retention:`)
	var out, errw bytes.Buffer
	if code := execute(context.Background(), []string{"run", "--project", dir, "--json"}, &out, &errw); code != exitOK || !json.Valid(out.Bytes()) {
		t.Fatalf("exit %d\n%s\n%s", code, &out, &errw)
	}
	for _, want := range []string{"channel gantung: context deadline exceeded", "channel tanpa-kunci: secret: environment variable LUMBUNG_UJI_TIDAK_ADA is not set", "channel mati: dial tcp 127.0.0.1:1"} {
		if !strings.Contains(errw.String(), want) {
			t.Errorf("%q is not in the log:\n%s", want, &errw)
		}
	}
	if code := execute(context.Background(), []string{"notify", "--project", dir, "--test", "mati"}, &out, &errw); code != exitFailed {
		t.Errorf("a test message to a dead server: exit %d", code)
	}
}
