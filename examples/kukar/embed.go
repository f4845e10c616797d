// Package kukar holds the part of the Kutai Kartanegara sample project that may be passed on, as files for a new project.
package kukar

import "embed"

// AwalConfig is the file of [Files] that a new project keeps as lumbung.yaml. The
// sample's own lumbung.yaml also names releases whose sources give no data
// licence; those are built for testing and are not in the program.
const AwalConfig = "lumbung-awal.yaml"

// Files are the contracts, the reconstructed releases 2019 and 2020, the code
// lists, the synthetic district records and the published figures, under
// slash-separated paths relative to the project. Every file that [AwalConfig]
// names is among them.
//
//go:embed lumbung-awal.yaml README.md contracts/*.yaml
//go:embed rilis/idm-2019.xlsx rilis/idm-2020.xlsx
//go:embed wilayah/kemendagri.csv wilayah/kemendagri-2019.csv wilayah/perubahan-kode.csv
//go:embed wilayah/ATTRIBUTION.md wilayah/LICENSE-ODbL
//go:embed kegiatan/*.csv klaim/klaim.yaml
var Files embed.FS
