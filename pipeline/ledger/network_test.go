package ledger

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// What one night learns is there for the next, also after the ledger was closed.
func TestNetworkMemory(t *testing.T) {
	path := newPath(t)
	at := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	entries := []Entry{{URL: "https://a.id/idm-2023.xlsx", Period: "2023", Modified: at}, {URL: "https://a.id/idm-2024.xlsx", Period: "2024"}}
	breaker := Breaker{Source: "idm", Failures: 8, OpenUntil: at}
	partial := Partial{Source: "idm", URL: "https://a.id/x", Origin: "https://b.id/x", ETag: `"1"`, Bytes: 100_000, Total: -1, SHA256: "ab"}
	func() {
		l, err := Open(t.Context(), path, ticking())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = l.Close() }()
		for _, err := range []error{
			l.RecordListing(t.Context(), "idm", entries[:1]),
			l.RecordListing(t.Context(), "idm", entries),
			l.RecordBreakers(t.Context(), "idm", []Breaker{{Source: "idm", Failures: 1}}),
			l.RecordBreakers(t.Context(), "idm", []Breaker{breaker}),
			l.RecordPartial(t.Context(), Partial{Source: "idm", URL: "https://a.id/x", ETag: `"0"`, Bytes: 1, Total: -1}),
			l.RecordPartial(t.Context(), partial),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
	}()
	l := openTest(t, path)
	got, err := l.Listing(t.Context(), "idm")
	if diff := cmp.Diff(entries, got); err != nil || diff != "" {
		t.Errorf("listing: %v %s", err, diff)
	}
	if got, err := l.Listing(t.Context(), "other"); err != nil || got != nil {
		t.Errorf("listing of a new source: %v %v", got, err)
	}
	breakers, err := l.Breakers(t.Context())
	if diff := cmp.Diff([]Breaker{breaker}, breakers); err != nil || diff != "" {
		t.Errorf("breakers: %v %s", err, diff)
	}
	cut, err := l.Partial(t.Context(), "idm", "https://a.id/x")
	if diff := cmp.Diff(partial, cut); err != nil || diff != "" {
		t.Errorf("partial: %v %s", err, diff)
	}
	if err := errors.Join(l.RecordBreakers(t.Context(), "idm", nil), l.RecordPartial(t.Context(), Partial{Source: "idm", URL: "https://a.id/x"})); err != nil {
		t.Fatal(err)
	}
	if breakers, err := l.Breakers(t.Context()); err != nil || len(breakers) != 0 {
		t.Errorf("closed breakers: %v %v", breakers, err)
	}
	if _, err := l.Partial(t.Context(), "idm", "https://a.id/x"); !errors.Is(err, ErrUnknown) {
		t.Errorf("forgotten download: %v", err)
	}
}

func TestAnswers(t *testing.T) {
	l := newLedger(t)
	at := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	good := Answer{Kode: "6402082001", Tahun: 2024, State: "answered", Asked: at, SHA256: "aa", Times: 1}
	none := Answer{Kode: "6402082002", Tahun: 2024, State: "missing", Asked: at, AskAgain: at.Add(720 * time.Hour), Message: "tidak ada", Times: 1}
	again := Answer{Kode: "6402082002", Tahun: 2024, State: "answered", Asked: at, SHA256: "bb", Times: 2}
	for _, step := range []struct {
		bundle  Bundle
		answers []Answer
	}{
		{Bundle{Tahun: 2024, SHA256: "b1", Bytes: 10}, []Answer{good, none}},
		{Bundle{Tahun: 2024, SHA256: "b2", Bytes: 20}, []Answer{again}},
		{Bundle{Tahun: 2023}, []Answer{{Kode: "6402082001", Tahun: 2023, State: "failed", Asked: at, Message: "timeout", Times: 1}}},
	} {
		if err := l.RecordAnswers(t.Context(), "api", step.bundle, step.answers); err != nil {
			t.Fatal(err)
		}
	}
	got, err := l.Answers(t.Context(), "api")
	want := []Answer{{Kode: "6402082001", Tahun: 2023, State: "failed", Asked: at, Message: "timeout", Times: 1}, good, again}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	bundles, err := l.Bundles(t.Context(), "api", 2024)
	if diff := cmp.Diff([]Bundle{{2024, 1, "b1", 10}, {2024, 2, "b2", 20}}, bundles); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	if bundles, err := l.Bundles(t.Context(), "api", 2023); err != nil || len(bundles) != 0 {
		t.Errorf("a bundle of refusals alone has no bytes: %v %v", bundles, err)
	}
	// A bad row leaves nothing of its bundle behind.
	if err := l.RecordAnswers(t.Context(), "api", Bundle{Tahun: 2024, SHA256: "b3", Bytes: 1}, []Answer{{Kode: "1", Tahun: 1, State: "?"}}); err == nil {
		t.Error("an unknown state was taken")
	}
	if bundles, _ := l.Bundles(t.Context(), "api", 2024); len(bundles) != 2 {
		t.Errorf("%d bundles after the failure, want 2", len(bundles))
	}
}
