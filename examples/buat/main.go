// Command buat builds the generated files of the sample project examples/kukar from the real data.
//
// Run it from inside the checkout:
//
//	go run ./examples/buat [-nyata DIR] [-ke DIR]
//
// The inputs are the folders under LUMBUNG_REAL_DATA (else shared/data/real
// beside the repository). The same inputs give the same bytes. Hand-written
// files (lumbung.yaml, contracts, klaim, README) are left alone.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"lumbung/examples/sampel"
	"lumbung/internal/realdata"
)

func main() {
	nyata := flag.String("nyata", "", "folder of the real data (default: LUMBUNG_REAL_DATA)")
	ke := flag.String("ke", "", "folder to write to (default: examples/kukar)")
	flag.Parse()
	if err := buat(*nyata, *ke); err != nil {
		fmt.Fprintln(os.Stderr, "buat:", err)
		os.Exit(1)
	}
}

func buat(nyata, ke string) error {
	if nyata == "" {
		var err error
		if nyata, err = realdata.Find(); err != nil {
			return fmt.Errorf("%w; set LUMBUNG_REAL_DATA to the folder of the real data", err)
		}
	}
	if ke == "" {
		root, err := realdata.Repository()
		if err != nil {
			return err
		}
		ke = filepath.Join(root, "examples", "kukar")
	}
	s, err := sampel.Baca(nyata)
	if err != nil {
		return err
	}
	files, err := sampel.Berkas(s)
	if err != nil {
		return err
	}
	if err := sampel.Tulis(ke, files); err != nil {
		return err
	}
	fmt.Printf("%s: %d files\n", ke, len(files))
	return nil
}
