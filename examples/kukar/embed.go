// Package kukar holds the Kutai Kartanegara sample project, as files for a new project.
package kukar

import "embed"

// Files are the whole sample under slash-separated paths relative to the project: lumbung.yaml, contracts, releases,
// code lists, district records and published figures. What is official, reconstructed or synthetic says README.md.
//
//go:embed lumbung.yaml README.md contracts/*.yaml
//go:embed rilis/*.xlsx rumusan indikator/*.json
//go:embed wilayah kegiatan/*.csv klaim/klaim.yaml
var Files embed.FS
