package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"lumbung/examples/kukar"
	"lumbung/pipeline/config"
)

func (a *app) initCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "init DIR",
		Short: "Write a working project: lumbung.yaml, contracts, the Kutai Kartanegara sample",
		Long: `Write a working project into a directory that is new or empty.

The sample holds IDM 2019 to 2024 of Kutai Kartanegara (64.02); its README says
which figures are official, reconstructed or synthetic.`,
		Example: "  lumbung init desa\n  lumbung run --project desa\n  lumbung trend --project desa --area 64.02",
		Args:    args(cobra.ExactArgs(1)),
		RunE: func(_ *cobra.Command, given []string) error {
			n, err := writeSample(given[0])
			if err != nil {
				return err
			}
			if a.json {
				return a.printJSON(map[string]any{"project": given[0], "files": n})
			}
			fmt.Fprintf(a.out, "%s: %d files written. Next:\n  lumbung run --project %s\n  lumbung trend --project %s --area 64.02\n", given[0], n, given[0], given[0])
			return nil
		},
	}
}

// writeSample copies the embedded project into a directory that has no project yet.
func writeSample(dir string) (int, error) {
	if _, err := os.Lstat(filepath.Join(dir, config.FileName)); err == nil {
		return 0, fmt.Errorf("%s: a project is there already; give another directory", dir)
	}
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, err
	}
	if len(entries) > 0 {
		return 0, fmt.Errorf("%s: the directory is not empty; give a new one", dir)
	}
	n := 0
	err = fs.WalkDir(kukar.Files, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		to := filepath.Join(dir, filepath.FromSlash(name))
		if e.IsDir() {
			return os.MkdirAll(to, 0o755)
		}
		b, err := kukar.Files.ReadFile(name)
		if err != nil {
			return err
		}
		n++
		return os.WriteFile(to, b, 0o644)
	})
	return n, err
}
