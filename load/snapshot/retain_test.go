package snapshot

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"strings"
	"sync"
	"testing"
	"time"

	"lumbung/internal/disk"
)

func TestRetain(t *testing.T) {
	const h = time.Hour
	five := func(t *testing.T, fsys disk.FS, s *Store) []string {
		var ids []string
		for i := range 5 {
			ids = append(ids, publish(t, fsys, s, fmt.Sprintf("r%06d", i+1), fmt.Sprint(i)).ID)
		}
		return ids
	}
	cases := []struct {
		name   string
		policy Policy
		now    time.Time
		before func(t *testing.T, s *Store, ids []string)
		want   string
	}{
		{"the last two", Policy{Keep: 2}, start.Add(99 * h), nil, "r000005 r000004"},
		{"more than there are", Policy{Keep: 9}, start.Add(99 * h), nil, "r000005 r000004 r000003 r000002 r000001"},
		{"young ones", Policy{Keep: 1, MinAge: 3 * h}, start.Add(5 * h), nil, "r000005 r000004"},
		{"clock set back", Policy{Keep: 1, MinAge: h}, start.Add(-99 * h), nil, "r000005 r000004 r000003 r000002 r000001"},
		{"clock set back, without an age", Policy{Keep: 1}, start.Add(-99 * h), nil, "r000005"},
		{"clock set forward", Policy{Keep: 1, MinAge: h}, start.AddDate(10, 0, 0), nil, "r000005"},
		{"pinned", Policy{Keep: 1}, start.Add(99 * h), func(t *testing.T, s *Store, ids []string) {
			must(t, s.Pin(t.Context(), ids[1]))
			must(t, s.Pin(t.Context(), ids[2]))
			must(t, s.Unpin(t.Context(), ids[2]))
			must(t, s.Unpin(t.Context(), ids[3]))
		}, "r000005 r000002"},
		{"current after a rollback", Policy{Keep: 1}, start.Add(99 * h), func(t *testing.T, s *Store, ids []string) {
			must(t, s.Rollback(t.Context(), ids[0], nil))
		}, "r000005 r000001"},
		{"open", Policy{Keep: 1}, start.Add(99 * h), func(t *testing.T, s *Store, ids []string) {
			snap, err := s.AsOf(t.Context(), ids[2])
			must(t, err)
			t.Cleanup(func() { must(t, snap.Close()) })
		}, "r000005 r000003"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			everyFS(t, func(t *testing.T, fsys disk.FS) {
				ids := five(t, fsys, New(fsys, hourly()))
				s := New(fsys, func() time.Time { return c.now })
				if c.before != nil {
					c.before(t, s, ids)
				}
				before, err := s.Current(t.Context())
				must(t, err)
				must(t, before.Close())
				removed, err := s.Retain(t.Context(), c.policy)
				must(t, err)
				if got := runs(t, s); got != c.want || len(removed) != 5-len(strings.Fields(c.want)) {
					t.Errorf("left %s, removed %v", got, removed)
				}
				after, err := s.Current(t.Context())
				must(t, err)
				must(t, after.Close())
				if after.ID() != before.ID() || after.Fallback != nil {
					t.Errorf("current was %s and is %s", before.ID(), after.ID())
				}
				entries, err := fsys.ReadDir("snapshots")
				if err != nil || len(entries) != 5-len(removed) {
					t.Errorf("directories %v (%v)", entries, err)
				}
			})
		})
	}
}

func TestRetainWithoutCertainty(t *testing.T) {
	fsys := disk.NewMem()
	s := New(fsys, hourly())
	publish(t, fsys, s, "r000001", "satu")
	two := publish(t, fsys, s, "r000002", "dua")
	publish(t, fsys, s, "r000003", "tiga")
	if _, err := s.Retain(t.Context(), Policy{}); err == nil {
		t.Error("keep 0 was taken")
	}
	overwrite(t, fsys, path.Join("snapshots", two.ID, "manifest.json"), "{}")
	if removed, err := s.Retain(t.Context(), Policy{Keep: 1}); err != nil || len(removed) != 1 {
		t.Errorf("removed %v (%v): a damaged one is for people to look at", removed, err)
	}
	must(t, fsys.Remove("current"))
	if removed, err := s.Retain(t.Context(), Policy{Keep: 1}); !errors.Is(err, ErrNone) || len(removed) != 0 {
		t.Errorf("without a link: removed %v (%v)", removed, err)
	}
	if _, err := s.Begin(t.Context(), "r000004"); err != nil {
		t.Fatal(err)
	}
	if got, fallback := current(t, fsys, s); got != "tiga" || fallback == nil {
		t.Errorf("after a run without a link: %q, %+v", got, fallback)
	}
}

// TestReadersDuringPublishAndRetention has readers that open, read and compare
// while runs publish and delete as fast as they can.
func TestReadersDuringPublishAndRetention(t *testing.T) {
	const publishes, readers = 30, 4
	dir := t.TempDir()
	fsys, err := disk.OS(dir)
	must(t, err)
	defer func() { must(t, fsys.Close()) }()
	s := New(fsys, hourly())
	publish(t, fsys, s, "r000000", "0")
	done := make(chan struct{})
	var wg sync.WaitGroup
	for range readers {
		wg.Go(func() {
			for reads := 0; ; reads++ {
				select {
				case <-done:
					if reads == 0 {
						t.Error("a reader never read")
					}
					return
				default:
					readOnce(t, dir)
				}
			}
		})
	}
	for i := range publishes {
		publish(t, fsys, s, fmt.Sprintf("r%06d", i+1), fmt.Sprint(i+1))
		if _, err := s.Retain(t.Context(), Policy{Keep: 1}); err != nil {
			t.Error(err)
		}
	}
	close(done)
	wg.Wait()
	if _, err := s.Retain(t.Context(), Policy{Keep: 1}); err != nil {
		t.Error(err)
	}
	if got := runs(t, s); got != fmt.Sprintf("r%06d", publishes) {
		t.Errorf("left %s", got)
	}
}

func readOnce(t *testing.T, dir string) {
	snap, err := Open(t.Context(), dir, "")
	if err != nil {
		t.Error(err)
		return
	}
	if snap.Fallback != nil {
		t.Errorf("fallback: %v", snap.Fallback.Reason)
	}
	var versions []string
	for _, name := range []string{Warehouse, martName, Warehouse} {
		p, err := snap.File(t.Context(), name)
		if err != nil {
			t.Error(err)
			continue
		}
		text, err := os.ReadFile(p)
		if err != nil {
			t.Error(err)
		}
		_, version, _ := strings.Cut(string(text), " ")
		versions = append(versions, version)
	}
	if len(versions) != 3 || versions[0] != versions[1] || versions[1] != versions[2] {
		t.Errorf("mixed answers %v", versions)
	}
	if err := snap.Close(); err != nil {
		t.Error(err)
	}
}

// envRead makes the test binary open the current snapshot of a directory, say
// so and wait for the end of its input.
const envRead = "SNAPSHOT_TEST_READ"

func TestReaderProcess(t *testing.T) {
	dir := os.Getenv(envRead)
	if dir == "" {
		t.Skip("only as the other process of TestLeaseOfAnotherProcess")
	}
	snap, err := Open(t.Context(), dir, "")
	must(t, err)
	fmt.Println(snap.ID())
	bufio.NewScanner(os.Stdin).Scan()
}

func TestLeaseOfAnotherProcess(t *testing.T) {
	dir := t.TempDir()
	fsys, err := disk.OS(dir)
	must(t, err)
	defer func() { must(t, fsys.Close()) }()
	s := New(fsys, hourly())
	one := publish(t, fsys, s, "r000001", "satu")
	cmd := exec.Command(os.Args[0], "-test.run=^TestReaderProcess$")
	cmd.Env = append(os.Environ(), envRead+"="+dir)
	stdin, err := cmd.StdinPipe()
	must(t, err)
	stdout, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil || line != one.ID+"\n" {
		t.Fatalf("the reader says %q (%v)", line, err)
	}
	publish(t, fsys, s, "r000002", "dua")
	if removed, err := s.Retain(t.Context(), Policy{Keep: 1}); err != nil || len(removed) != 0 {
		t.Errorf("removed %v (%v) under a reader", removed, err)
	}
	must(t, cmd.Process.Kill())
	if err := cmd.Wait(); err == nil {
		t.Error("the killed reader ended well")
	}
	_ = stdin.Close() // the pipe of a dead process
	if removed, err := s.Retain(t.Context(), Policy{Keep: 1}); err != nil || len(removed) != 1 {
		t.Errorf("removed %v (%v) after the reader died", removed, err)
	}
}
