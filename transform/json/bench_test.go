package json

import (
	"bytes"
	stdjson "encoding/json"
	"errors"
	"io"
	"os"
	"syscall"
	"testing"
	"time"

	"lumbung/internal/realdata"
)

// provinces gives the province files in memory: 75,265 villages in 4.6 MB.
func provinces(t testing.TB) (docs [][]byte, total int64) {
	t.Helper()
	for _, name := range realdata.Files(t, "idm-2024-nasional-ringkas/prov/*.json") {
		doc, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		docs = append(docs, doc)
		total += int64(len(doc))
	}
	return docs, total
}

func desaConfig() Config {
	return Config{Rows: "kec[*].ds[*]", Columns: []string{"k", "nm", "kec[*].k", "kec[*].nm", "kec[*].kb",
		"@[0]", "@[1]", "@[2]", "@[3]", "@[4]", "@[5]", "@[6]", "@[7]"}}
}

func countRows(t testing.TB, in io.Reader, cfg Config) int {
	r, err := Open(in, cfg)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for {
		if _, err := r.Read(); errors.Is(err, io.EOF) {
			return n
		} else if err != nil {
			t.Fatal(err)
		}
		n++
	}
}

// structs are what a program would write to read the same files with encoding/json.
type province struct {
	K   string     `json:"k"`
	Nm  string     `json:"nm"`
	Kec []district `json:"kec"`
}

type district struct {
	K  string    `json:"k"`
	Nm string    `json:"nm"`
	Kb string    `json:"kb"`
	Ds []village `json:"ds"`
}

type village struct {
	Code, Name         string
	IDM, IKS, IKE, IKL float64
	Status, Source     int
}

func (v *village) UnmarshalJSON(b []byte) error {
	fields := [8]any{&v.Code, &v.Name, &v.IDM, &v.IKS, &v.IKE, &v.IKL, &v.Status, &v.Source}
	return stdjson.Unmarshal(b, &fields)
}

// processor is the time that this process has computed, its garbage collector included.
func processor(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

func BenchmarkProvinces(b *testing.B) {
	docs, total := provinces(b)
	rows := 0
	run := func(name string, read func(doc []byte) int) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(total)
			b.ReportAllocs()
			began := processor(b)
			for b.Loop() {
				rows = 0
				for _, doc := range docs {
					rows += read(doc)
				}
				if rows != 75265 {
					b.Fatalf("%d rows", rows)
				}
			}
			b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
			b.ReportMetric((processor(b)-began).Seconds()*1000/float64(b.N), "cpu-ms/op") // what a busy machine leaves as it is
		})
	}
	run("ours", func(doc []byte) int { return countRows(b, bytes.NewReader(doc), desaConfig()) })
	run("encoding-json-structs", func(doc []byte) int {
		var p province
		if err := stdjson.Unmarshal(doc, &p); err != nil {
			b.Fatal(err)
		}
		n := 0
		for _, k := range p.Kec {
			n += len(k.Ds)
		}
		return n
	})
	run("encoding-json-any", func(doc []byte) int {
		var p struct{ Kec []struct{ Ds [][]any } }
		if err := stdjson.Unmarshal(doc, &p); err != nil {
			b.Fatal(err)
		}
		n := 0
		for _, k := range p.Kec {
			n += len(k.Ds)
		}
		return n
	})
}

func BenchmarkRumusan(b *testing.B) {
	doc, err := os.ReadFile(realdata.Files(b, "idm-api-rumusan/desa/*/2024.json")[0])
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	for b.Loop() {
		if n := countRows(b, bytes.NewReader(doc), rumusanConfig()); n != 55 {
			b.Fatalf("%d rows", n)
		}
	}
}
