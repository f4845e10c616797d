package rumusan

import (
	"context"
	"testing"
	"time"

	"lumbung/extract/http"
)

// BenchmarkPace measures 5,000 answers at 20 ms latency against the bound that the rate limit alone sets.
func BenchmarkPace(b *testing.B) {
	const answers, perSecond = 5000, 500
	for b.Loop() {
		a := newAPI(b)
		a.latency = 20 * time.Millisecond
		client := a.client(b, func(o *http.Options) { o.RatePerHost, o.ConcurrencyPerHost = perSecond, 32 })
		var kept store
		start := time.Now()
		report, err := New(client, Options{Base: a.URL + "/rumusan", Concurrency: 32}).Run(context.Background(), villages(answers), []int{2024}, nil, kept.take)
		took := time.Since(start).Seconds()
		if err != nil || report.Answered != answers || len(kept.answers) != answers {
			b.Fatalf("%+v, %v", report, err)
		}
		ratio := took / (float64(answers) / perSecond)
		b.ReportMetric(ratio, "times-bound")
		b.ReportMetric(answers/took, "answers/s")
		if ratio > 1.2 {
			b.Errorf("%.1f s, the rate limit alone needs %d s", took, answers/perSecond)
		}
	}
}
