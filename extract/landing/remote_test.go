package landing

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/minio/minio-go/v7"

	"lumbung/internal/disk"
	"lumbung/internal/remote"
	"lumbung/internal/s3test"
)

// What one machine lands every other has, with its hash compared.
func TestMachinesShareObjects(t *testing.T) {
	server := s3test.Start(t)
	client := s3test.Client(t, strings.TrimPrefix(server.URL, "http://"), nil)
	if err := client.MakeBucket(t.Context(), "desa", minio.MakeBucketOptions{}); err != nil {
		t.Fatal(err)
	}
	machine := func() (*Store, string) {
		dir := t.TempDir()
		root, err := disk.OS(dir)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = root.Close() })
		return Open(root, "raw").Shared(remote.New(client, "desa", "kukar")), dir
	}
	const text = "kode,nama\n6402012001,LOA RAYA\n"
	text2 := strings.ToLower(text)
	read := func(s *Store, sha string) (string, error) {
		f, err := s.Open(t.Context(), sha)
		if err != nil {
			return "", err
		}
		b, err := io.ReadAll(io.NewSectionReader(f, 0, f.Size()))
		return string(b), errors.Join(err, f.Close())
	}
	first, _ := machine()
	if has, err := first.Has(t.Context(), strings.Repeat("0", 64)); has || err != nil {
		t.Errorf("an object that nobody has: %v, %v", has, err)
	}
	object, err := first.Put(t.Context(), strings.NewReader(text), Expect{})
	if err != nil {
		t.Fatal(err)
	}
	second, dir := machine()
	for _, s := range []*Store{first, second} {
		if has, err := s.Has(t.Context(), object.SHA256); !has || err != nil {
			t.Errorf("%v, %v", has, err)
		}
	}
	if got, err := read(second, object.SHA256); err != nil || got != text {
		t.Errorf("%q, %v", got, err)
	}

	t.Run("what rotted here is fetched again", func(t *testing.T) {
		name := filepath.Join(dir, "raw", object.SHA256[:2], object.SHA256)
		if err := errors.Join(os.Chmod(name, 0o600), os.WriteFile(name, []byte("rusak"), 0o600)); err != nil {
			t.Fatal(err)
		}
		if got, err := read(second, object.SHA256); err != nil || got != text {
			t.Errorf("%q, %v", got, err)
		}
	})
	t.Run("what rotted there is refused", func(t *testing.T) {
		name := filepath.Join(server.Objects(t), "desa", "kukar", "raw", object.SHA256[:2], object.SHA256)
		if err := os.WriteFile(name, []byte(text2), 0o600); err != nil {
			t.Fatal(err)
		}
		third, _ := machine()
		if got, err := read(third, object.SHA256); !errors.Is(err, remote.ErrDamaged) {
			t.Errorf("%q, %v", got, err)
		}
		if _, err := first.Put(t.Context(), strings.NewReader(text), Expect{}); err != nil {
			t.Fatal(err)
		}
		if got, err := read(third, object.SHA256); err != nil || got != text {
			t.Errorf("sent again: %q, %v", got, err)
		}
	})
	t.Run("what nobody has", func(t *testing.T) {
		if _, err := read(second, strings.Repeat("1", 64)); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("error %v", err)
		}
	})
}
