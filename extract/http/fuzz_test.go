package http

import (
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"
)

// FuzzURL looks for a URL that the rules let through although its host is an address off the public internet.
func FuzzURL(f *testing.F) {
	for _, host := range spellings() {
		f.Add("https://" + host + "/x?token=a#b")
	}
	f.Add("https://u:p@data.go.id:443/x?sig=1&tahun=2024")
	client, err := New(Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		u, err := url.Parse(raw)
		if err != nil {
			_ = MaskURL(raw)
			return
		}
		masked, err := url.Parse(maskURL(u))
		if err == nil && masked.User != nil && masked.User.String() != redacted {
			t.Errorf("%q shows user info: %q", raw, masked)
		}
		if client.checkURL(u) != nil {
			return
		}
		if address, err := netip.ParseAddr(u.Hostname()); err == nil && client.guard.check(address, false, false) != nil {
			t.Errorf("%q passes with the address %s", raw, address)
		}
		if u.Scheme != "https" || u.User != nil || strings.ContainsAny(u.Hostname(), "%[]") {
			t.Errorf("%q passes", raw)
		}
	})
}

// FuzzHeaders reads hostile header values: spans are ordered, waits are never negative.
func FuzzHeaders(f *testing.F) {
	for _, text := range []string{"bytes 0-1/2", "bytes 5-9/*", "bytes 9-5/10", "99999999999999999999", "Tue, 24 Nov 2026 00:00:20 GMT", `W/"a"`, `"a"`} {
		f.Add(text)
	}
	now := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text string) {
		if r, ok := parseContentRange(text); ok && (r.first < 0 || r.last < r.first || r.total >= 0 && r.total <= r.last) {
			t.Errorf("%q is read as %+v", text, r)
		}
		if wait, ok := retryAfter(text, now); wait < 0 || !ok && wait != 0 {
			t.Errorf("%q makes a wait of %s", text, wait)
		}
		if validETag(text) && strings.ContainsAny(text, "\r\n\x00 ") {
			t.Errorf("%q is taken for an ETag", text)
		}
	})
}
