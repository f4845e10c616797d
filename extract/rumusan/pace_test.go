package rumusan

import (
	"context"
	"testing"
	"time"

	"lumbung/extract/http"
)

// BenchmarkPace measures 5,000 answers at 20 ms latency against the bound that the rate limit alone sets.
func BenchmarkPace(b *testing.B) {
	const answers = 5000
	for name, c := range map[string]struct{ perSecond, atOnce int }{
		"80 a second, as many at once as in a run": {80, 0},
		"500 a second, 32 at once":                 {500, 32},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				a := newAPI(b)
				a.latency = 20 * time.Millisecond
				client := a.client(b, func(o *http.Options) { o.RatePerHost, o.ConcurrencyPerHost = float64(c.perSecond), c.atOnce })
				var kept store
				start := time.Now()
				report, err := New(client, Options{Base: a.URL + "/rumusan", Concurrency: c.atOnce}).Run(context.Background(), villages(answers), []int{2024}, nil, kept.take)
				took := time.Since(start).Seconds()
				if err != nil || report.Answered != answers || len(kept.answers) != answers {
					b.Fatalf("%+v, %v", report, err)
				}
				ratio := took / (answers / float64(c.perSecond))
				b.ReportMetric(ratio, "times-bound")
				b.ReportMetric(answers/took, "answers/s")
				if ratio > 1.2 {
					b.Errorf("%.1f s, the rate limit alone needs %d s", took, answers/c.perSecond)
				}
			}
		})
	}
}
