package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"lumbung/sql"
)

// scores holds which scores each of the 50 indicators may have, lowest first.
type scores [50][]int64

// dimensions are the first and the last indicator, from 0, of IKS, IKE and IKL.
var dimensions = [3][2]int{{0, 35}, {35, 47}, {47, 50}}

// allowed reads the table of indicators that the models use too.
func allowed() (*scores, error) {
	seeds, err := sql.Seeds()
	if err != nil {
		return nil, err
	}
	for _, s := range seeds {
		if s.Name != "indikator" && s.Name != "seed_indikator" {
			continue
		}
		return parseScores(s)
	}
	return nil, fmt.Errorf("no table of indicators among the seeds")
}

func parseScores(s sql.Seed) (*scores, error) {
	at := map[string]int{}
	for i, c := range s.Columns {
		at[c] = i
	}
	var out scores
	for _, row := range s.Rows {
		no, err := strconv.Atoi(row[at["nomor"]])
		if err != nil || no < 1 || no > len(out) {
			return nil, fmt.Errorf("indicator number %q", row[at["nomor"]])
		}
		for digit := range strings.SplitSeq(row[at["nilai_boleh"]], "|") {
			v, err := strconv.ParseInt(digit, 10, 64)
			if err != nil {
				return nil, fmt.Errorf("indicator %d: score %q", no, digit)
			}
			out[no-1] = append(out[no-1], v)
		}
	}
	return &out, nil
}

// digits gives 50 scores whose sums are those of the village. Each village gives points away in an order of its own, the
// same every year, and an indicator takes only scores that it may have; the few points that no allowed score can
// give away are taken from any.
func (sc *scores) digits(v *village, into []byte) []byte {
	start := len(into)
	for range sc {
		into = append(into, '5')
	}
	got := into[start:]
	for d, sum := range []int64{v.s, v.e, v.l} {
		first, end := dimensions[d][0], dimensions[d][1]
		n := end - first
		need := int64(5*n) - sum
		offset, step := int(draw(v, 0, "offset", int64(n))), coprime(int(draw(v, 0, "step", int64(n))), n)
		for k := 0; k < n && need > 0; k++ {
			i := first + (offset+k*step)%n
			for _, low := range sc[i] {
				if 5-low <= need {
					got[i], need = byte('0'+low), need-(5-low)
					break
				}
			}
		}
		for i := first; i < end && need > 0; i++ {
			take := min(need, int64(got[i]-'0'))
			got[i], need = got[i]-byte(take), need-take
		}
	}
	return into
}

// coprime is a step that visits all of n places.
func coprime(step, n int) int {
	for step = max(1, step); gcd(step, n) != 1; step++ {
	}
	return step
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// writeIndicators writes one year's indicators as they are passed around, as one JSON object from village code to 50
// digits. (The ministry's own answers are 75,000 documents of 12 kB a year; who keeps the country keeps this form.)
func writeIndicators(file string, villages []village, sc *scores) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	var b bytes.Buffer
	sep, digits := "{", []byte(nil)
	for i := range villages {
		if v := &villages[i]; v.scored {
			digits = sc.digits(v, digits[:0])
			fmt.Fprintf(&b, "%s\"%d\":\"%s\"", sep, v.desa, digits)
			sep = ",\n"
		}
	}
	b.WriteString("}\n")
	return os.WriteFile(file, b.Bytes(), 0o644)
}
