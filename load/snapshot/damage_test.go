package snapshot

import (
	"bytes"
	"encoding/json"
	"errors"
	"path"
	"strings"
	"testing"

	"lumbung/internal/disk"
)

// TestDamagedCurrent spoils the manifest or the link of the current snapshot
// in every way that fits; the older snapshot must be served, with the reason.
func TestDamagedCurrent(t *testing.T) {
	manifest := func(edit func(text []byte) []byte) func(*testing.T, disk.FS, Manifest) {
		return func(t *testing.T, fsys disk.FS, m Manifest) {
			name := path.Join("snapshots", m.ID, "manifest.json")
			text, err := disk.ReadFile(fsys, name, maxManifest)
			must(t, err)
			overwrite(t, fsys, name, string(edit(bytes.Clone(text))))
		}
	}
	replace := func(old, new string) func(*testing.T, disk.FS, Manifest) {
		return manifest(func(text []byte) []byte { return bytes.Replace(text, []byte(old), []byte(new), 1) })
	}
	field := func(edit func(m *Manifest)) func(*testing.T, disk.FS, Manifest) {
		return func(t *testing.T, fsys disk.FS, m Manifest) {
			id := m.ID
			edit(&m)
			text, err := m.Encode() // sealed: only the meaning is wrong
			must(t, err)
			overwrite(t, fsys, path.Join("snapshots", id, "manifest.json"), string(text))
		}
	}
	link := func(target string) func(*testing.T, disk.FS, Manifest) {
		return func(t *testing.T, fsys disk.FS, _ Manifest) { must(t, disk.ReplaceLink(fsys, target, "current")) }
	}
	file := func(spoil func(fsys disk.FS, name string) error) func(*testing.T, disk.FS, Manifest) {
		return func(t *testing.T, fsys disk.FS, m Manifest) {
			must(t, spoil(fsys, path.Join("snapshots", m.ID, martName)))
		}
	}
	cases := map[string]func(t *testing.T, fsys disk.FS, m Manifest){
		"manifest missing": func(t *testing.T, fsys disk.FS, m Manifest) {
			must(t, fsys.Remove(path.Join("snapshots", m.ID, "manifest.json")))
		},
		"manifest empty":            manifest(func([]byte) []byte { return nil }),
		"manifest cut":              manifest(func(text []byte) []byte { return text[:len(text)/2] }),
		"manifest without its end":  manifest(func(text []byte) []byte { return text[:len(text)-1] }),
		"manifest zeroed":           manifest(func(text []byte) []byte { return make([]byte, len(text)) }),
		"manifest null":             manifest(func([]byte) []byte { return []byte("null\n") }),
		"manifest with more behind": manifest(func(text []byte) []byte { return append(text, "{}\n"...) }),
		"one bit":                   manifest(func(text []byte) []byte { text[len(text)/3] ^= 1; return text }),
		"another blank":             replace("{\n  ", "{\n   "),
		"key twice":                 replace(`"format": 1,`, `"format": 1, "format": 1,`),
		"key in capitals":           replace(`"number"`, `"NUMBER"`),
		"unknown key":               replace(`"format": 1,`, `"format": 1, "x": 1,`),
		"rows edited":               replace(`"rows": 7`, `"rows": 8`),
		"newer format":              field(func(m *Manifest) { m.Format = 2 }),
		"other id":                  field(func(m *Manifest) { m.ID = "20200101T000000Z-" + m.Content[:8] }),
		"other content":             field(func(m *Manifest) { m.Content = strings.Repeat("0", 64) }),
		"no files":                  field(func(m *Manifest) { m.Files = []File{}; m.Content = ContentHash(nil) }),
		"file outside":              field(func(m *Manifest) { m.Files[1].Name = "../x" }),
		"absolute file":             field(func(m *Manifest) { m.Files[1].Name = "/etc/passwd" }),
		"file twice":                field(func(m *Manifest) { m.Files = append(m.Files, m.Files[1]) }),
		"negative size":             field(func(m *Manifest) { m.Files[1].Bytes = -1 }),
		"no hash":                   field(func(m *Manifest) { m.Files[1].SHA256 = "" }),
		"run with a slash":          field(func(m *Manifest) { m.Run = "../r" }),
		"number zero":               field(func(m *Manifest) { m.Number = 0 }),
		"previous garbage":          field(func(m *Manifest) { m.Previous.SHA256 = "x" }),
		"link to nothing":           link("snapshots/20300101T000000Z-00000000"),
		"link outside":              link("../../etc"),
		"link absolute":             link("/etc"),
		"link to a build":           link("snapshots/.build-r000002"),
		"link garbage":              link("\x01\x02 ???"),
		"file in place of link": func(t *testing.T, fsys disk.FS, m Manifest) {
			must(t, fsys.Remove("current"))
			must(t, disk.WriteFile(fsys, "current", []byte(dirOf(m.ID)), 0o644))
		},
		"directory in place of link": func(t *testing.T, fsys disk.FS, _ Manifest) {
			must(t, fsys.Remove("current"))
			must(t, fsys.Mkdir("current", 0o755))
		},
		"link missing": func(t *testing.T, fsys disk.FS, _ Manifest) { must(t, fsys.Remove("current")) },
		"snapshot missing": func(t *testing.T, fsys disk.FS, m Manifest) {
			must(t, disk.RemoveAll(fsys, dirOf(m.ID)))
		},
		"mart missing": file(func(fsys disk.FS, name string) error { return fsys.Remove(name) }),
		"mart cut": file(func(fsys disk.FS, name string) error {
			return errors.Join(fsys.Remove(name), disk.WriteFile(fsys, name, []byte("mar"), 0o444))
		}),
		"mart is a link": file(func(fsys disk.FS, name string) error {
			return errors.Join(fsys.Remove(name), fsys.Symlink("/etc/passwd", name))
		}),
	}
	t.Logf("%d variants", len(cases))
	for name, spoil := range cases {
		t.Run(name, func(t *testing.T) {
			everyFS(t, func(t *testing.T, fsys disk.FS) {
				s := New(fsys, hourly())
				one := publish(t, fsys, s, "r000001", "satu")
				two := publish(t, fsys, s, "r000002", "dua")
				spoil(t, fsys, two)
				checkFallback(t, fsys, one, two)
			})
		})
	}
}

// checkFallback wants the older snapshot served, the damage reported, and the
// next run to publish as if nothing had been.
func checkFallback(t *testing.T, fsys disk.FS, one, two Manifest) {
	t.Helper()
	s := New(fsys, hourly())
	snap, err := s.Current(t.Context())
	must(t, err)
	defer func() { must(t, snap.Close()) }()
	// A link that is gone still leaves a second snapshot that is sound.
	if _, err := s.AsOf(t.Context(), two.ID); err != nil && snap.ID() != one.ID {
		t.Errorf("%s is served", snap.ID())
	}
	if snap.Fallback == nil || snap.Fallback.Reason == nil {
		t.Fatal("it is not said that this is not the named one")
	}
	versionOf(t, fsys, snap)
	if _, err := s.List(t.Context()); err != nil {
		t.Errorf("list: %v", err)
	}
	report, err := s.Verify(t.Context(), nil)
	if err != nil || len(report.Damaged) == 0 && !errors.Is(snap.Fallback.Reason, ErrNone) {
		t.Errorf("verify sees nothing: %+v (%v)", report, err)
	}
	if info, err := fsys.Lstat("current"); err == nil && info.Mode().IsDir() {
		return // a directory cannot be replaced by a link; a person has to look
	}
	publish(t, fsys, s, "r000003", "tiga")
	wantCurrent(t, fsys, s, "tiga")
}

func TestNothingLeftToFallBackTo(t *testing.T) {
	fsys := disk.NewMem()
	s := New(fsys, hourly())
	m := publish(t, fsys, s, "r000001", "satu")
	overwrite(t, fsys, path.Join("snapshots", m.ID, "manifest.json"), "{}")
	_, err := s.Current(t.Context())
	var damaged *DamagedError
	if !errors.As(err, &damaged) || damaged.Snapshot != m.ID {
		t.Errorf("got %v", err)
	}
}

func TestFlippedBitsAreFoundBeforeUse(t *testing.T) {
	fsys := disk.NewMem()
	s := New(fsys, hourly())
	publish(t, fsys, s, "r000001", "satu")
	two := publish(t, fsys, s, "r000002", "dua")
	wantCurrent(t, fsys, s, "dua") // everything is known to be good now
	for _, name := range []string{martName, Warehouse} {
		full := path.Join("snapshots", two.ID, name)
		good, err := disk.ReadFile(fsys, full, 1<<20)
		must(t, err)
		for bit := range len(good) * 8 {
			bad := bytes.Clone(good)
			bad[bit/8] ^= 1 << (bit % 8)
			overwrite(t, fsys, full, string(bad))
			snap, err := s.Current(t.Context())
			must(t, err)
			_, err = snap.File(t.Context(), name)
			var damaged *DamagedError
			if !errors.As(err, &damaged) || damaged.File != name {
				t.Fatalf("bit %d of %s: %v", bit, name, err)
			}
			must(t, snap.Close())
		}
		snap, err := s.CurrentVerified(t.Context())
		must(t, err)
		if got := versionOf(t, fsys, snap); got != "satu" || snap.Fallback == nil || snap.Fallback.Named != two.ID {
			t.Errorf("verified: %q, %+v", got, snap.Fallback)
		}
		must(t, snap.Close())
		overwrite(t, fsys, full, string(good))
	}
}

func TestFlippedBitsInTheManifest(t *testing.T) {
	fsys := disk.NewMem()
	m := publish(t, fsys, New(fsys, hourly()), "r000001", "satu")
	good, err := m.Encode()
	must(t, err)
	for bit := range len(good) * 8 {
		bad := bytes.Clone(good)
		bad[bit/8] ^= 1 << (bit % 8)
		if _, err := ParseManifest(bad); err == nil {
			t.Fatalf("bit %d passed", bit)
		}
	}
	t.Logf("%d bits", len(good)*8)
}

func TestVerifyFindsAForgedChainAndStrangers(t *testing.T) {
	fsys := disk.NewMem()
	s := New(fsys, hourly())
	one := publish(t, fsys, s, "r000001", "satu")
	publish(t, fsys, s, "r000002", "dua")
	forged := one
	forged.Tool = "forged"
	text, err := forged.Encode()
	must(t, err)
	overwrite(t, fsys, path.Join("snapshots", one.ID, "manifest.json"), string(text))
	stranger := path.Join("snapshots", one.ID, "marts", "mart_tren_status", "extra.parquet")
	must(t, disk.WriteFile(fsys, stranger, []byte("x"), 0o644))
	calls := 0
	report, err := s.Verify(t.Context(), func(Progress) { calls++ })
	must(t, err)
	if len(report.Damaged) != 1 || report.Damaged[0].Snapshot != one.ID || !strings.Contains(report.Damaged[0].Want, "recorded") {
		t.Errorf("damaged %v", report.Damaged)
	}
	if len(report.Foreign) != 1 || report.Foreign[0] != stranger {
		t.Errorf("foreign %v", report.Foreign)
	}
	if calls != 4 {
		t.Errorf("%d calls of progress", calls)
	}
	overwrite(t, fsys, path.Join("snapshots", one.ID, Warehouse), "bd satu")
	if report, err = s.Verify(t.Context(), nil); err != nil || len(report.Damaged) != 2 {
		t.Errorf("after a change: %v (%v)", report.Damaged, err)
	}
}

func FuzzParseManifest(f *testing.F) {
	fsys := disk.NewMem()
	s := New(fsys, hourly())
	for _, run := range []string{"r000001", "r000002"} {
		m, err := publishRun(f.Context(), fsys, s, run, run)
		if err != nil {
			f.Fatal(err)
		}
		text, err := m.Encode()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
		f.Add(bytes.Replace(text, []byte("marts/"), []byte("../../"), 1))
		f.Add(text[:len(text)/2])
	}
	f.Add([]byte(`{"format":1}`))
	f.Add([]byte(strings.Repeat("[", 100)))
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := ParseManifest(text)
		if err != nil {
			return
		}
		// What passes is one text for one meaning, and names nothing outside.
		again, err := m.Encode()
		if err != nil || !bytes.Equal(again, text) {
			t.Errorf("accepted, but not what encode gives (%v)", err)
		}
		for _, file := range m.Files {
			if clean := path.Clean(file.Name); clean != file.Name || path.IsAbs(clean) || strings.HasPrefix(clean, "..") {
				t.Errorf("file %q", file.Name)
			}
		}
		if !json.Valid(text) {
			t.Error("not JSON")
		}
	})
}
