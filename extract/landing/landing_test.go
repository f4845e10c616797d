package landing

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"go.uber.org/goleak"

	"lumbung/internal/disk"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// everyFS runs a test against a landing on each file system.
func everyFS(t *testing.T, test func(t *testing.T, fsys disk.FS)) {
	t.Run("os", func(t *testing.T) { test(t, newOS(t, t.TempDir())) })
	t.Run("mem", func(t *testing.T) { test(t, disk.NewMem()) })
}

func newOS(t *testing.T, dir string) *disk.Root {
	t.Helper()
	r, err := disk.OS(dir)
	must(t, err)
	t.Cleanup(func() { must(t, r.Close()) })
	return r
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func nameOf(text string) string { return "raw/" + hashOf(text)[:2] + "/" + hashOf(text) }

func put(t *testing.T, s *Store, text string) Object {
	t.Helper()
	o, err := s.Put(t.Context(), strings.NewReader(text), Expect{})
	must(t, err)
	return o
}

func get(t *testing.T, s *Store, sha string) string {
	t.Helper()
	f, err := s.Open(t.Context(), sha)
	must(t, err)
	text, err := io.ReadAll(io.NewSectionReader(f, 0, f.Size()))
	must(t, err)
	must(t, f.Close())
	return string(text)
}

// onlyObjects fails when anything but the objects of these texts is in the landing.
func onlyObjects(t *testing.T, fsys disk.FS, texts ...string) {
	t.Helper()
	want := map[string]bool{}
	for _, text := range texts {
		want[nameOf(text)] = true
	}
	found := 0
	err := disk.Walk(t.Context(), fsys, "raw", func(name string, info fs.FileInfo) error {
		if !info.IsDir() {
			found++
			if !want[name] {
				t.Errorf("%s is in the landing", name)
			}
		}
		return nil
	})
	must(t, err)
	if found != len(texts) {
		t.Errorf("%d objects, want %d", found, len(texts))
	}
}

// damage overwrites an object behind the store's back.
func damage(t *testing.T, fsys disk.FS, name, text string) {
	t.Helper()
	must(t, fsys.Remove(name))
	must(t, disk.WriteFile(fsys, name, []byte(text), 0o400))
}

func TestPutAndOpen(t *testing.T) {
	everyFS(t, func(t *testing.T, fsys disk.FS) {
		s := Open(fsys, "raw")
		o := put(t, s, "rilis")
		if o != (Object{SHA256: hashOf("rilis"), Bytes: 5, New: true}) {
			t.Errorf("object %+v", o)
		}
		if again := put(t, s, "rilis"); again != (Object{SHA256: o.SHA256, Bytes: 5}) {
			t.Errorf("the same bytes again: %+v", again)
		}
		if got := get(t, s, o.SHA256); got != "rilis" {
			t.Errorf("content %q", got)
		}
		info, err := fsys.Lstat(nameOf("rilis"))
		must(t, err)
		if info.Mode().Perm() != 0o400 {
			t.Errorf("object has mode %v", info.Mode())
		}
		if info, err = fsys.Lstat("raw"); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("raw has mode %v (%v)", info.Mode(), err)
		}
		onlyObjects(t, fsys, "rilis")
		for sha, want := range map[string]bool{o.SHA256: true, hashOf("x"): false} {
			if got, err := s.Has(context.Background(), sha); got != want || err != nil {
				t.Errorf("has %s: %v (%v)", sha, got, err)
			}
		}
		_, err = s.Open(t.Context(), hashOf("x"))
		var missing *NotFoundError
		if !errors.As(err, &missing) || !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("a missing object: %v", err)
		}
	})
}

func TestRefusedBytesNeverLand(t *testing.T) {
	noEnd := errors.New("no end mark")
	cases := []struct {
		name   string
		text   string
		expect Expect
		want   func(error) bool
	}{
		{"too large", "rilis", Expect{MaxBytes: 4}, isSize(5, 4, true)},
		{"cut", "ril", Expect{Size: 5}, isSize(3, 5, false)},
		{"longer than announced", "rilis", Expect{Size: 3}, isSize(5, 3, false)},
		{"empty", "", Expect{}, is(ErrEmpty)},
		{"reader fails", "rilis", Expect{}, is(iotest.ErrTimeout)},
		{"other hash", "rilis", Expect{SHA256: hashOf("x")}, func(err error) bool { return err != nil }},
		{"check fails", "rilis", Expect{Check: func(context.Context, io.ReaderAt, int64) error { return noEnd }}, is(noEnd)},
	}
	everyFS(t, func(t *testing.T, fsys disk.FS) {
		s := Open(fsys, "raw")
		for _, c := range cases {
			var r io.Reader = strings.NewReader(c.text)
			if c.name == "reader fails" {
				r = iotest.TimeoutReader(iotest.OneByteReader(r))
			}
			o, err := s.Put(t.Context(), r, c.expect)
			if !c.want(err) || o != (Object{}) {
				t.Errorf("%s: %+v, %v", c.name, o, err)
			}
			onlyObjects(t, fsys)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := s.Put(ctx, strings.NewReader("rilis"), Expect{}); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: %v", err)
		}
		onlyObjects(t, fsys)
	})
}

func is(want error) func(error) bool { return func(err error) bool { return errors.Is(err, want) } }

func isSize(got, want int64, tooLarge bool) func(error) bool {
	return func(err error) bool {
		var size *SizeError
		return errors.As(err, &size) && *size == SizeError{Got: got, Want: want, TooLarge: tooLarge}
	}
}

func TestCheckSeesTheBytes(t *testing.T) {
	everyFS(t, func(t *testing.T, fsys disk.FS) {
		var seen bytes.Buffer
		_, err := Open(fsys, "raw").Put(t.Context(), strings.NewReader("rilis"), Expect{
			MaxBytes: 5, Size: 5, SHA256: hashOf("rilis"),
			Check: func(ctx context.Context, r io.ReaderAt, size int64) error {
				_, err := io.Copy(&seen, io.NewSectionReader(r, 0, size))
				onlyVisible, lerr := Open(fsys, "raw").Has(context.Background(), hashOf("rilis"))
				if onlyVisible || lerr != nil {
					t.Errorf("visible before the check: %v (%v)", onlyVisible, lerr)
				}
				return err
			},
		})
		must(t, err)
		if seen.String() != "rilis" {
			t.Errorf("the check saw %q", seen.String())
		}
	})
}

func TestDamageIsFoundAndHealed(t *testing.T) {
	everyFS(t, func(t *testing.T, fsys disk.FS) {
		s := Open(fsys, "raw")
		o := put(t, s, "rilis")
		put(t, s, "lain")
		damage(t, fsys, nameOf("rilis"), "rilit")
		_, err := s.Open(t.Context(), o.SHA256)
		var damaged *DamagedError
		if !errors.As(err, &damaged) || damaged.SHA256 != o.SHA256 || damaged.Found != hashOf("rilit") || damaged.Bytes != 5 {
			t.Fatalf("got %v", err)
		}
		must(t, fsys.Mkdir("raw/asing", 0o755))
		var last Progress
		report, err := s.Verify(t.Context(), func(p Progress) { last = p })
		must(t, err)
		if report.Objects != 2 || len(report.Damaged) != 1 || report.Damaged[0].Found != hashOf("rilit") {
			t.Errorf("report %+v", report)
		}
		if len(report.Foreign) != 1 || report.Foreign[0] != "raw/asing" {
			t.Errorf("foreign %v", report.Foreign)
		}
		if last != (Progress{Objects: 2, Bytes: 9}) {
			t.Errorf("progress %+v", last)
		}
		if again := put(t, s, "rilis"); again != (Object{SHA256: o.SHA256, Bytes: 5, Healed: true}) {
			t.Errorf("fetched again: %+v", again)
		}
		if got := get(t, s, o.SHA256); got != "rilis" {
			t.Errorf("content %q", got)
		}
	})
}

func TestVerifyForgetsWhatItKnew(t *testing.T) {
	fsys := newOS(t, t.TempDir())
	s := Open(fsys, "raw")
	o := put(t, s, "rilis")
	get(t, s, o.SHA256)
	path := fsys.Path(nameOf("rilis"))
	info, err := os.Stat(path)
	must(t, err)
	must(t, os.Chmod(path, 0o600))
	must(t, os.WriteFile(path, []byte("rilit"), 0o600))
	must(t, os.Chtimes(path, info.ModTime(), info.ModTime()))
	// Size, inode and modification time are as before; the change time is not.
	if _, err := s.Open(t.Context(), o.SHA256); err == nil {
		t.Error("a changed object with its old times was handed out")
	}
	report, err := s.Verify(t.Context(), nil)
	if err != nil || len(report.Damaged) != 1 {
		t.Errorf("report %+v (%v)", report, err)
	}
}

func TestUnchangedObjectIsReadOnce(t *testing.T) {
	faulty := disk.NewFaulty(disk.NewMem(), nil)
	s := Open(faulty, "raw")
	o := put(t, s, "rilis")
	reads := func() (n int) {
		for _, op := range faulty.Ops() {
			if op.Kind == "readat" {
				n++
			}
		}
		return n
	}
	f, err := s.Open(t.Context(), o.SHA256)
	must(t, err)
	must(t, f.Close())
	before := reads()
	f, err = s.Open(t.Context(), o.SHA256)
	must(t, err)
	must(t, f.Close())
	if reads() != before {
		t.Error("an unchanged object was read again")
	}
	if _, err := s.Verify(t.Context(), nil); err != nil || reads() == before {
		t.Errorf("Verify did not read (%v)", err)
	}
}

func TestSweep(t *testing.T) {
	everyFS(t, func(t *testing.T, fsys disk.FS) {
		s := Open(fsys, "raw")
		if swept, err := s.Sweep(t.Context()); err != nil || len(swept) != 0 {
			t.Errorf("nothing there yet: %v (%v)", swept, err)
		}
		if report, err := s.Verify(t.Context(), nil); err != nil || report.Objects != 0 {
			t.Errorf("nothing there yet: %+v (%v)", report, err)
		}
		put(t, s, "rilis")
		_, err := disk.CreateTemp(fsys, "raw", "put")
		must(t, err)
		swept, err := s.Sweep(t.Context())
		if err != nil || len(swept) != 1 || swept[0] != "raw/.tmp-put-0" {
			t.Errorf("swept %v (%v)", swept, err)
		}
		onlyObjects(t, fsys, "rilis")
	})
}

func TestManyAtOnce(t *testing.T) {
	everyFS(t, func(t *testing.T, fsys disk.FS) {
		s := Open(fsys, "raw")
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for _, text := range []string{"satu", "dua", "tiga"} {
					if _, err := s.Put(t.Context(), strings.NewReader(text), Expect{}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		onlyObjects(t, fsys, "satu", "dua", "tiga")
	})
}
