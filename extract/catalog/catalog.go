// Package catalog reads which releases an index page or a catalogue lists.
//
// It gets bytes and gives values: fetching is the http package's work, and
// nothing that a catalogue no longer lists is ever removed on its word.
package catalog

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"time"
)

// Listed is one file that a catalogue offers.
type Listed struct {
	URL    string `json:"url"` // absolute, without fragment
	Period string `json:"period"`
	Name   string `json:"name,omitempty"`
	// Modified is zero when the catalogue does not say; times without a zone are taken as UTC.
	Modified time.Time `json:"modified,omitzero"`
}

// Object is one file as a store lists it: a bucket, or the folders of a server.
type Object struct {
	Key      string
	ETag     string // in double quotes; "" when the store says none
	Size     int64  // bytes
	Modified time.Time
}

// Kind says why a catalogue was not believed.
type Kind string

const (
	KindEmpty     Kind = "empty"         // a sound catalogue that lists nothing that fits
	KindErrorPage Kind = "error-page"    // it says itself that something is wrong
	KindShape     Kind = "not-catalogue" // not in the declared shape
	KindShrunk    Kind = "shrunk"        // most of what was listed before is gone
)

// Error is every error about the content of a catalogue. The source is then stale and nothing is removed.
type Error struct {
	Kind Kind
	URL  string
	Err  error
}

func (e *Error) Error() string {
	return fmt.Sprintf("catalogue %s: %s: %v; what was listed before stays", e.URL, e.Kind, e.Err)
}

func (e *Error) Unwrap() error { return e.Err }

// KindOf returns the kind of an error of this package, "" for any other.
func KindOf(err error) Kind {
	var fault *Error
	if errors.As(err, &fault) {
		return fault.Kind
	}
	return ""
}

// maxListed is far above any real index and bounds what a hostile one can make us hold.
const maxListed = 100_000

// Rules say which entries count and what their period is.
type Rules struct {
	// Pattern selects entries, see ParsePattern.
	Pattern Pattern
	// Period is built from the pattern's parts; "" is "{tahun}".
	Period string
}

// collector gathers entries under the rules, each URL once.
type collector struct {
	source string
	base   *url.URL
	rules  Rules
	seen   map[string]bool
	found  []Listed
	others int // entries that did not fit
}

func collect(source string, rules Rules) (*collector, error) {
	base, err := url.Parse(source)
	if err != nil || base.Host == "" {
		return nil, fmt.Errorf("catalogue: its own address is not an absolute URL")
	}
	if rules.Period == "" {
		rules.Period = "{tahun}"
	}
	shown := *base
	shown.User, shown.RawQuery, shown.Fragment = nil, "", ""
	return &collector{source: shown.String(), base: base, rules: rules, seen: map[string]bool{}}, nil
}

// add takes an entry if its address or its name fits the pattern.
func (c *collector) add(address, name string, modified time.Time) error {
	target, err := c.base.Parse(address)
	if err != nil || target.Scheme != "https" && target.Scheme != "http" || target.Host == "" {
		c.others++
		return nil
	}
	target.Fragment, target.RawFragment = "", ""
	parts, ok := c.rules.Pattern.match(target, name)
	if !ok {
		c.others++
		return nil
	}
	period, err := fill(c.rules.Period, parts)
	if err != nil {
		return c.fault(KindShape, "%w", err)
	}
	key := target.String()
	if c.seen[key] {
		return nil
	}
	if len(c.found) >= maxListed {
		return c.fault(KindShape, "more than %d entries", maxListed)
	}
	c.seen[key] = true
	c.found = append(c.found, Listed{URL: key, Period: period, Name: name, Modified: modified})
	return nil
}

// done returns the entries by period and URL; none at all is an error.
func (c *collector) done() ([]Listed, error) {
	if len(c.found) == 0 {
		return nil, c.fault(KindEmpty, "none of %d entries fits %q", c.others, c.rules.Pattern.text)
	}
	slices.SortFunc(c.found, func(a, b Listed) int {
		return cmp.Or(cmp.Compare(a.Period, b.Period), cmp.Compare(a.URL, b.URL))
	})
	return c.found, nil
}

func (c *collector) fault(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, URL: c.source, Err: fmt.Errorf(format, args...)}
}

// Changes is what a catalogue lists now against what it listed before.
type Changes struct {
	Added   []Listed // URLs not seen before
	Changed []Listed // same URL, later Modified
	Gone    []Listed // no longer listed; a warning, never a reason to remove
}

// Compare finds the changes. When more than half of what was listed before
// is gone, the catalogue is taken for damaged (KindShrunk).
func Compare(source string, before, now []Listed) (Changes, error) {
	var changes Changes
	old := map[string]Listed{}
	for _, entry := range before {
		old[entry.URL] = entry
	}
	for _, entry := range now {
		was, ok := old[entry.URL]
		switch {
		case !ok:
			changes.Added = append(changes.Added, entry)
		case entry.Modified.After(was.Modified):
			changes.Changed = append(changes.Changed, entry)
		}
		delete(old, entry.URL)
	}
	for _, entry := range before {
		if _, left := old[entry.URL]; left {
			changes.Gone = append(changes.Gone, entry)
		}
	}
	if 2*len(changes.Gone) > len(before) {
		return Changes{}, &Error{Kind: KindShrunk, URL: source, Err: fmt.Errorf("%d of %d entries are gone", len(changes.Gone), len(before))}
	}
	return changes, nil
}
