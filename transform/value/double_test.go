package value

import (
	"math"
	"math/rand/v2"
	"strconv"
	"testing"
)

func TestDouble(t *testing.T) {
	for text, want := range map[string]string{
		"0.70720000000000005":    "0.7072",
		"0.7072":                 "0.7072",
		"6402012001":             "6402012001",
		"3.60435201E9":           "3.60435201E9",
		"0.61760000000000004":    "0.6176",
		"-0.10000000000000001":   "-0.1",
		"1":                      "1",
		"0":                      "0",
		"0.80":                   "0.80",
		"2.9999999999999999E-2":  "0.03",
		"1.7976931348623157E308": "1.7976931348623157E+308",
		"1.0000000000000001E-7":  "1.0000000000000001E-07",
		"123456789012345680":     "123456789012345680",
	} {
		got, err := Double([]byte(text))
		if err != nil || string(got) != want {
			t.Errorf("Double(%q) = %q, %v; want %q", text, got, err, want)
		}
	}
	for _, text := range []string{"", "-", "+1", "NaN", "Inf", "0x1p-2", "1_000", "1e400", "1e-400", "1,5", ".5", "5.", " 1", "1 ", "1e", "１"} {
		if got, err := Double([]byte(text)); err == nil {
			t.Errorf("Double(%q) = %q, want an error", text, got)
		}
	}
}

// The result must be the same float64, be the shortest text of it, and read exactly as Plain.
func TestDoubleIsTheSameFloat(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 200_000 {
		f := random.Float64()
		switch random.IntN(3) {
		case 0:
			f = math.Round(f*1e4) / 1e4
		case 1:
			f *= math.Pow10(random.IntN(600) - 300)
		}
		got, err := Double([]byte(strconv.FormatFloat(f, 'G', 17, 64)))
		if err != nil {
			t.Fatal(err)
		}
		back, err := strconv.ParseFloat(string(got), 64)
		if err != nil || back != f {
			t.Fatalf("%v came back as %q", f, got)
		}
		if len(got) > len(strconv.FormatFloat(f, 'f', -1, 64)) && len(got) > len(strconv.FormatFloat(f, 'E', -1, 64)) {
			t.Fatalf("%q is not the shortest text of %v", got, f)
		}
	}
}

func BenchmarkDouble(b *testing.B) {
	for name, text := range map[string]string{"short": "0.7072", "17 digits": "0.70720000000000005"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Double([]byte(text)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkDecimal(b *testing.B) {
	text := []byte("0.6176")
	b.Run("ours", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := Decimal(text, Plain, Opt{}, 10, 8); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("strconv.ParseFloat", func(b *testing.B) {
		for b.Loop() {
			if _, err := strconv.ParseFloat(string(text), 64); err != nil {
				b.Fatal(err)
			}
		}
	})
}
