// Package files finds releases in a folder of the project.
package files

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
)

// Part is one file of a release.
type Part struct {
	Name string // slash-separated, relative to the project
	Path string // for opening
	Size int64
}

// Release is the files of one period.
type Release struct {
	Period int
	Parts  []Part // by name
}

// List finds the files under dir whose slash-separated relative names fit
// pattern, grouped by the period that period tells: a year, or "{tahun}" of
// the name. wildcard is the pattern as a person wrote it; its fixed front part
// is where the search begins. No file at all is an error.
func List(ctx context.Context, dir, wildcard string, pattern *regexp.Regexp, period string) ([]Release, error) {
	root := fixedFront(wildcard)
	found := map[int][]Part{}
	start := filepath.Join(dir, filepath.FromSlash(root))
	err := filepath.WalkDir(start, func(p string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if cerr := ctx.Err(); cerr != nil {
			return cerr
		}
		rel, err := filepath.Rel(dir, p)
		if err != nil {
			return err
		}
		name := filepath.ToSlash(rel)
		m := pattern.FindStringSubmatch(name)
		if m == nil || e.IsDir() {
			return nil
		}
		part, err := regular(name, p, e)
		if err != nil {
			return err
		}
		y, err := year(period, pattern, m)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		found[y] = append(found[y], part)
		return nil
	})
	if errors.Is(err, os.ErrNotExist) || err == nil && len(found) == 0 {
		return nil, &MissingError{Wildcard: wildcard, Dir: start}
	}
	if err != nil {
		return nil, err
	}
	return grouped(found), nil
}

// MissingError means that no file fits.
type MissingError struct{ Wildcard, Dir string }

func (e *MissingError) Error() string {
	return fmt.Sprintf("%s: no such file (looked in %s); put the release there, or correct path in lumbung.yaml", e.Wildcard, e.Dir)
}

// Is makes errors.Is(err, fs.ErrNotExist) hold.
func (e *MissingError) Is(target error) bool { return target == fs.ErrNotExist }

func regular(name, p string, e fs.DirEntry) (Part, error) {
	info, err := e.Info()
	if err != nil {
		return Part{}, err
	}
	if !info.Mode().IsRegular() {
		return Part{}, fmt.Errorf("%s: not a regular file; links and devices are not followed", name)
	}
	return Part{Name: name, Path: p, Size: info.Size()}, nil
}

func year(period string, pattern *regexp.Regexp, m []string) (int, error) {
	if period != "{tahun}" {
		return strconv.Atoi(period)
	}
	return strconv.Atoi(m[pattern.SubexpIndex("tahun")])
}

func grouped(found map[int][]Part) []Release {
	out := make([]Release, 0, len(found))
	for y, parts := range found {
		sort.Slice(parts, func(i, j int) bool { return parts[i].Name < parts[j].Name })
		out = append(out, Release{y, parts})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Period < out[j].Period })
	return out
}

// fixedFront is the part of a pattern before its first {name} or *, up to the last slash.
func fixedFront(wildcard string) string {
	if i := strings.IndexAny(wildcard, "{*"); i >= 0 {
		return path.Dir(wildcard[:i] + "x")
	}
	return path.Dir(wildcard)
}
