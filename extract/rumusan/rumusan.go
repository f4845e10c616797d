// Package rumusan asks the ministry's per-village API for one answer per village and year, a budget at a time.
//
// The API is slow and often away, and knows nothing about many villages. So
// each run asks for a limited number of answers, remembers refusals with the
// date of the next question, and hands answers over in bundles, each together with the state that belongs to it.
package rumusan

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"lumbung/extract/http"
)

// Fetcher is the part of http.Client that this package needs.
type Fetcher interface {
	Fetch(ctx context.Context, req http.Request, sink http.Sink) (http.Result, error)
}

// State is what is known about one village and year.
type State string

const (
	Answered State = "answered" // its answer is in a bundle
	Missing  State = "missing"  // the API said that it has none
	Failed   State = "failed"   // the answer could not be used
)

// Entry is the memory of one village and year, plain values for the ledger.
type Entry struct {
	Kode  string    `json:"kode"`
	Tahun int       `json:"tahun"`
	State State     `json:"state"`
	Asked time.Time `json:"asked"`
	// AskAgain is when the next question is due; zero means never.
	AskAgain time.Time `json:"ask_again,omitzero"`
	// Message is the API's own text, or the class of the error.
	Message string `json:"message,omitempty"`
	// SHA256 is of the answer's bytes.
	SHA256 string `json:"sha256,omitempty"`
	Times  int    `json:"times"` // questions asked
}

// Options set the pace; zero values take the defaults.
type Options struct {
	// Base is the address in front of /{kode}/{tahun}; "" is the ministry's.
	Base string
	// Source is the breaker's key; "" is "rumusan".
	Source string
	Auth   http.Auth
	// Budget is how many questions one run asks.
	Budget int
	// Concurrency is how many questions are open at once; the client's own limits per host hold beside it.
	Concurrency int
	// BundleSize is how many answers one bundle holds: what an abrupt end can lose.
	BundleSize int
	// MissingAgain and FailedAgain are the pauses before a refusal is doubted, doubled each time up to MaxAgain.
	MissingAgain, FailedAgain, MaxAgain time.Duration
	// Refresh asks again for answers older than this; 0 means never.
	Refresh time.Duration
	// Reserve is the time kept free before the context's deadline to hand over the last bundle.
	Reserve time.Duration
	Clock   http.Clock
}

const (
	DefaultBase         = "https://idm.kemendesa.go.id/open/api/desa/rumusan"
	DefaultBudget       = 5_000
	DefaultConcurrency  = 4
	DefaultBundleSize   = 500
	DefaultMissingAgain = 30 * 24 * time.Hour
	DefaultFailedAgain  = 24 * time.Hour
	DefaultMaxAgain     = 180 * 24 * time.Hour
	DefaultReserve      = 5 * time.Second
)

func (o Options) withDefaults() Options {
	orText(&o.Base, DefaultBase)
	orText(&o.Source, "rumusan")
	orNumber(&o.Budget, DefaultBudget)
	orNumber(&o.Concurrency, DefaultConcurrency)
	orNumber(&o.BundleSize, DefaultBundleSize)
	orNumber(&o.MissingAgain, DefaultMissingAgain)
	orNumber(&o.FailedAgain, DefaultFailedAgain)
	orNumber(&o.MaxAgain, DefaultMaxAgain)
	orNumber(&o.Reserve, DefaultReserve)
	if o.Clock == nil {
		o.Clock = http.WallClock{}
	}
	return o
}

func orText(value *string, standard string) {
	if *value == "" {
		*value = standard
	}
}

func orNumber[N int | time.Duration](value *N, standard N) {
	if *value == 0 {
		*value = standard
	}
}

// CheckKode refuses what is not a village in the Kemendagri scheme: ten digits,
// 2 (or 3, desa adat) as the seventh. BPS codes also have ten digits; the API answers
// some of them with the data of another village.
func CheckKode(kode string) error {
	switch {
	case len(kode) != 10 || strings.Trim(kode, "0123456789") != "":
		return fmt.Errorf("kode %q: not ten digits without dots", kode)
	case kode[0] == '0' || kode[:2] == "10":
		return fmt.Errorf("kode %s: no province has the number %s", kode, kode[:2])
	case kode[2:4] == "00" || kode[4:6] == "00" || kode[7:] == "000":
		return fmt.Errorf("kode %s: an area above a village, or a BPS code", kode)
	case kode[6] == '1':
		return fmt.Errorf("kode %s: a kelurahan (seventh digit 1); IDM covers desa only", kode)
	case kode[6] != '2' && kode[6] != '3':
		return fmt.Errorf("kode %s: seventh digit %c, a desa of the Kemendagri scheme has 2 or 3; it may be a BPS code", kode, kode[6])
	}
	return nil
}

// checkCodes refuses a list with any bad code, naming the first few.
func checkCodes(codes []string) error {
	var bad []error
	count := 0
	for _, kode := range codes {
		if err := CheckKode(kode); err != nil {
			count++
			if len(bad) < 5 {
				bad = append(bad, err)
			}
		}
	}
	if count > 0 {
		return fmt.Errorf("rumusan: %d of %d codes are no desa codes of the Kemendagri scheme: %w", count, len(codes), errors.Join(bad...))
	}
	return nil
}

func checkYears(years []int) error {
	for _, year := range years {
		if year < 2015 || year > 2100 {
			return fmt.Errorf("rumusan: year %d is outside 2015..2100", year)
		}
	}
	return nil
}
