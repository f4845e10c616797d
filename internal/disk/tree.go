package disk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
)

// MkdirAll makes a directory and those above it, and syncs each directory that
// got a new entry. A directory that exists is synced into its parent too: it
// may be there because of a run that died before it could.
func MkdirAll(fsys FS, name string, perm fs.FileMode) error {
	if name == "." {
		return nil
	}
	parent := path.Dir(name)
	if err := MkdirAll(fsys, parent, perm); err != nil {
		return err
	}
	err := fsys.Mkdir(name, perm)
	if errors.Is(err, fs.ErrExist) {
		err = isDir(fsys, name)
	}
	if err != nil {
		return err
	}
	return fsys.SyncDir(parent)
}

func isDir(fsys FS, name string) error {
	info, err := fsys.Lstat(name)
	switch {
	case err != nil:
		return err
	case info.Mode()&fs.ModeSymlink != 0:
		return &fs.PathError{Op: "mkdir", Path: name, Err: ErrSymlink}
	case !info.IsDir():
		return &fs.PathError{Op: "mkdir", Path: name, Err: fs.ErrExist}
	}
	return nil
}

// RemoveAll deletes a name and everything under it; links are deleted, not
// followed. A name that is not there is no error.
func RemoveAll(fsys FS, name string) error {
	info, err := fsys.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if info.IsDir() {
		entries, err := fsys.ReadDir(name)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if err := RemoveAll(fsys, path.Join(name, e.Name())); err != nil {
				return err
			}
		}
	}
	return fsys.Remove(name)
}

// Walk calls visit for everything under dir, a directory after its content,
// in the order of names. Links are visited, not followed.
func Walk(ctx context.Context, fsys FS, dir string, visit func(name string, info fs.FileInfo) error) error {
	entries, err := fsys.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return err
		}
		name := path.Join(dir, e.Name())
		info, err := fsys.Lstat(name)
		if err != nil {
			return err
		}
		if info.IsDir() {
			if err := Walk(ctx, fsys, name, visit); err != nil {
				return err
			}
		}
		if err := visit(name, info); err != nil {
			return err
		}
	}
	return nil
}

// ReadFile returns a file's content; one of more than max bytes is ErrTooLarge.
func ReadFile(fsys FS, name string, max int64) (data []byte, err error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	data, err = io.ReadAll(io.LimitReader(f, max+1))
	if err == nil && int64(len(data)) > max {
		err = fmt.Errorf("%s: more than %d bytes: %w", name, max, ErrTooLarge)
	}
	return data, err
}

// Sum reads r to its end and returns the SHA-256 in hex and the bytes read.
func Sum(ctx context.Context, r io.Reader) (string, int64, error) {
	h := sha256.New()
	n, err := Copy(ctx, h, r)
	return hex.EncodeToString(h.Sum(nil)), n, err
}

// Copy is io.Copy that looks at the context before each piece of 256 KiB.
func Copy(ctx context.Context, w io.Writer, r io.Reader) (int64, error) {
	buf := make([]byte, 256<<10)
	var total int64
	for {
		if err := ctx.Err(); err != nil {
			return total, err
		}
		n, err := r.Read(buf)
		if n > 0 {
			written, werr := w.Write(buf[:n])
			total += int64(written)
			if werr == nil && written < n {
				werr = io.ErrShortWrite
			}
			if werr != nil {
				return total, werr
			}
		}
		if errors.Is(err, io.EOF) {
			return total, nil
		}
		if err != nil {
			return total, err
		}
	}
}
