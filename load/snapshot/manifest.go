package snapshot

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Format is the manifest's layout. A reader refuses any other.
const Format = 1

// Manifest says what a snapshot is made of. It is written last and is what
// makes a directory a snapshot.
type Manifest struct {
	Format   int       `json:"format"`
	ID       string    `json:"id"`       // <created>-<first 8 digits of content>
	Number   int64     `json:"number"`   // 1, 2, 3 ...: the order of snapshots, whatever the clock did
	Created  time.Time `json:"created"`  // UTC, whole seconds
	Run      string    `json:"run"`      // the run that built it
	Previous *Link     `json:"previous"` // the snapshot that was current then; null for the first
	Content  string    `json:"content"`  // see ContentHash
	Tool     string    `json:"tool"`     // version of lumbung
	Inputs   []Input   `json:"inputs"`
	Files    []File    `json:"files"` // by name
	Audits   []Audit   `json:"audits"`
	// Seal is the SHA-256 of the manifest's text with this field empty. It
	// finds accidents; who can write the file can also write the seal.
	Seal string `json:"seal"`
}

// Link names a snapshot together with the hash of its manifest.
type Link struct {
	ID     string `json:"id"`
	SHA256 string `json:"sha256"`
}

// Input is one release that was read through one contract.
type Input struct {
	Rilis        string `json:"rilis"`
	Sumber       string `json:"sumber"`
	Periode      string `json:"periode"`
	Revisi       string `json:"revisi"`
	Sifat        string `json:"sifat"` // resmi, rekonstruksi, sintetis
	Contract     string `json:"contract"`
	ContractHash string `json:"contract_hash"`
	Stage        string `json:"stage,omitempty"` // key of the staged unit
	Parts        []Part `json:"parts"`
	Rows         Rows   `json:"rows"`
	Stale        bool   `json:"stale"` // the source failed and this is an older copy
	// Refused is the rule that refused newer content, "" when none could be fetched.
	Refused string `json:"refused,omitempty"`
}

// Part is one file of a release.
type Part struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
	Bytes  int64  `json:"bytes"`
}

// Rows counts records after unpivoting: In = Loaded + Quarantined + Skipped.
type Rows struct {
	In          int64 `json:"in"`
	Loaded      int64 `json:"loaded"`
	Quarantined int64 `json:"quarantined"`
	Skipped     int64 `json:"skipped"`
}

// File is one file of the snapshot, by its slash-separated name below it.
type File struct {
	Name    string   `json:"name"`
	Bytes   int64    `json:"bytes"`
	SHA256  string   `json:"sha256"`
	Rows    int64    `json:"rows"`              // 0 where rows have no meaning
	Columns []Column `json:"columns,omitempty"` // of Parquet files
	// RowsHash is a hash of the rows in any order, see duck.Slice, of all files of a year where that has several; "" where
	// rows have no meaning.
	RowsHash string `json:"rows_hash,omitempty"`
}

// Column is one column of a Parquet file, in the file's order.
type Column struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

// Audit is the outcome of one audit on this snapshot.
type Audit struct {
	Name     string `json:"name"`
	Severity string `json:"severity"`
	Failing  int64  `json:"failing"` // rows that broke it
}

// ContentHash is the SHA-256 over one line "<sha256>  <name>\n" for each file
// below marts/, by name: what `cd SNAPSHOT; find marts -type f | LC_ALL=C sort |
// xargs sha256sum | sha256sum` prints. Equal inputs give equal content.
func ContentHash(files []File) string {
	h := sha256.New()
	for _, f := range sortedFiles(files) {
		if strings.HasPrefix(f.Name, martsPrefix) {
			fmt.Fprintf(h, "%s  %s\n", f.SHA256, f.Name)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

func sortedFiles(files []File) []File {
	return slices.SortedFunc(slices.Values(files), func(a, b File) int { return strings.Compare(a.Name, b.Name) })
}

// File returns the entry of a name.
func (m *Manifest) File(name string) (File, bool) {
	i, ok := slices.BinarySearchFunc(m.Files, name, func(f File, name string) int { return strings.Compare(f.Name, name) })
	if !ok {
		return File{}, false
	}
	return m.Files[i], true
}

// Bytes is the size of all files together.
func (m *Manifest) Bytes() int64 {
	var n int64
	for _, f := range m.Files {
		n += f.Bytes
	}
	return n
}

// Encode gives the one text that a manifest has, sealed.
func (m Manifest) Encode() ([]byte, error) {
	m.Seal = ""
	open, err := m.text()
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(open)
	m.Seal = hex.EncodeToString(sum[:])
	return m.text()
}

func (m Manifest) text() ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(m); err != nil {
		return nil, fmt.Errorf("manifest: %w", err)
	}
	return out.Bytes(), nil
}

// IsID says whether a name has the form of a snapshot's id.
func IsID(name string) bool { return idPattern.MatchString(name) }

// ParseManifest reads a manifest's text. Any text that is not, byte for byte,
// what Lumbung writes for a valid manifest is an error, so a flipped bit, a
// cut, a second copy of a key or an edit by hand cannot pass.
func ParseManifest(text []byte) (Manifest, error) {
	var m Manifest
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&m); err != nil {
		return Manifest{}, fmt.Errorf("manifest: %w", err)
	}
	if m.Format != Format {
		return Manifest{}, fmt.Errorf("manifest: format %d, this program reads %d: use the version of lumbung that wrote it", m.Format, Format)
	}
	if err := m.validate(); err != nil {
		return Manifest{}, fmt.Errorf("manifest: %w", err)
	}
	want, err := m.Encode()
	if err != nil {
		return Manifest{}, err
	}
	if !bytes.Equal(text, want) {
		return Manifest{}, errors.New("manifest: not as lumbung wrote it: changed by hand or damaged")
	}
	return m, nil
}

var (
	idPattern  = regexp.MustCompile(`^\d{8}T\d{6}Z-[0-9a-f]{8}$`)
	runPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)
	shaPattern = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

const idTime = "20060102T150405Z"

// snapshotID is the name of a snapshot made at a time from a content.
func snapshotID(created time.Time, content string) string {
	return created.UTC().Format(idTime) + "-" + content[:8]
}

func (m *Manifest) validate() error {
	switch {
	case m.Number < 1:
		return fmt.Errorf("number %d is not positive", m.Number)
	case !runPattern.MatchString(m.Run):
		return fmt.Errorf("run %q is not a run id", m.Run)
	case !idPattern.MatchString(m.ID):
		return fmt.Errorf("id %q is not a snapshot id", m.ID)
	case len(m.Files) == 0:
		return errors.New("no files")
	case m.Previous != nil && (!idPattern.MatchString(m.Previous.ID) || !shaPattern.MatchString(m.Previous.SHA256)):
		return errors.New("previous is not a snapshot id and a SHA-256")
	}
	if err := validateFiles(m.Files); err != nil {
		return err
	}
	if got := ContentHash(m.Files); got != m.Content {
		return fmt.Errorf("content %q, the files give %s", m.Content, got)
	}
	if want := snapshotID(m.Created, m.Content); m.ID != want {
		return fmt.Errorf("id %s, time and content give %s", m.ID, want)
	}
	return nil
}

func validateFiles(files []File) error {
	for i, f := range files {
		switch {
		case !fs.ValidPath(f.Name) || f.Name == "." || strings.ContainsRune(f.Name, 0) || reserved(f.Name):
			return fmt.Errorf("file %q: not a name below the snapshot", f.Name)
		case f.Bytes < 0 || f.Rows < 0:
			return fmt.Errorf("file %q: negative size", f.Name)
		case !shaPattern.MatchString(f.SHA256):
			return fmt.Errorf("file %q: no SHA-256", f.Name)
		case i > 0 && files[i-1].Name >= f.Name:
			return fmt.Errorf("file %q: out of order or twice", f.Name)
		}
	}
	return nil
}
