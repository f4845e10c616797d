package pipeline

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"lumbung/internal/disk"
	"lumbung/load/snapshot"
)

// printsFile is the file of a snapshot that says by hashes what each part of each relation was made from and holds, so
// that the next run makes only those parts anew of which something changed.
const printsFile = "fingerprints.json"

// prints are the fingerprints of a build. A part is named by its value of the column by which the relation is kept apart,
// "" is the whole of one that is not, none the rows without a value.
type prints struct {
	Engine    string                 `json:"engine"`    // DuckDB's version, which its hashes of rows depend on
	Relations map[string]fingerprint `json:"relations"` // models, staged tables and seeds by name
	Years     map[string]values      `json:"years"`     // which years a staged file has, by its SHA-256: its content decides

	mu sync.Mutex
}

// fingerprint is what is known of one relation.
type fingerprint struct {
	Made map[string]string `json:"made,omitempty"` // by part: a hash over what it was made from
	Rows map[string]string `json:"rows"`           // by part: a hash of its rows, or of what gives them
}

// none is the part of the rows without a value.
const none = "none"

// values are those of a column in a file.
type values struct {
	Values []int64 `json:"values"`
	Null   bool    `json:"null,omitempty"`
}

func newPrints() *prints {
	return &prints{Relations: map[string]fingerprint{}, Years: map[string]values{}}
}

func (p *prints) of(relation string) fingerprint {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.Relations[relation]
}

func (p *prints) set(relation string, is fingerprint) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.Relations[relation] = is
}

// write puts them into a build.
func (p *prints) write(dir string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	text, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, printsFile), text, 0o644)
}

// printsOf reads those of a snapshot; nil when it has none, or when they are damaged.
func printsOf(ctx context.Context, snap *snapshot.Snapshot) (*prints, error) {
	name, err := snap.File(ctx, printsFile)
	var damaged *snapshot.DamagedError
	if errors.Is(err, fs.ErrNotExist) || errors.As(err, &damaged) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	p := newPrints()
	return p, json.Unmarshal(text, p)
}

// whole is one hash over all parts.
func (p fingerprint) whole() string {
	h := sha256.New()
	for _, part := range slices.Sorted(maps.Keys(p.Rows)) {
		fmt.Fprintf(h, "%s %s\n", part, p.Rows[part])
	}
	return hex.EncodeToString(h.Sum(nil))
}

// hashOf is a hash over plain values, in JSON, where no two lists look alike.
func hashOf(what ...any) string {
	h := sha256.New()
	if err := json.NewEncoder(h).Encode(what); err != nil {
		panic(err) // a value that has no JSON is a mistake in this program
	}
	return hex.EncodeToString(h.Sum(nil))
}

// rowCount adds up the rows of all parts; known is false where a part is told by what it was made from.
func (p fingerprint) rowCount() (n int64, known bool) {
	for _, rows := range p.Rows {
		of, known := countOf(rows)
		if !known {
			return 0, false
		}
		n += of
	}
	return n, true
}

// countOf is how many rows a part has, where its hash says so.
func countOf(rows string) (n int64, known bool) {
	count, _, counted := strings.Cut(rows, " ")
	n, err := strconv.ParseInt(count, 10, 64)
	return n, counted && err == nil
}

func partNamed(value int64, null bool) string {
	if null {
		return none
	}
	return strconv.FormatInt(value, 10)
}

// copyWarehouse copies a snapshot's warehouse and says whether the copy is what the manifest says.
func copyWarehouse(ctx context.Context, snap *snapshot.Snapshot, to string) (bool, error) {
	want, ok := snap.Manifest.File(snapshot.Warehouse)
	if !ok || !snap.Here() {
		return false, nil
	}
	if err := copyFile(filepath.Join(snap.Dir(), snapshot.Warehouse), to); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return false, nil
		}
		return false, err
	}
	f, err := os.Open(to)
	if err != nil {
		return false, err
	}
	sum, n, err := disk.Sum(ctx, f)
	if err = errors.Join(err, f.Close()); err != nil {
		return false, err
	}
	if sum == want.SHA256 && n == want.Bytes {
		return true, nil
	}
	return false, os.Remove(to)
}
