package http

import (
	nethttp "net/http"
	"strconv"
	"strings"
	"time"
)

// pause is the wait before try n (from 1): full jitter, so that many clients do not come back together.
func (b Backoff) pause(n int, random float64) time.Duration {
	limit := b.Cap
	if n-1 < 30 {
		limit = min(b.Cap, b.Base<<(n-1))
	}
	return time.Duration(random * float64(limit))
}

// retryAfter reads the header as seconds or as a date. Anything else, and times gone by, say nothing.
func retryAfter(text string, now time.Time) (time.Duration, bool) {
	text = strings.TrimSpace(text)
	if text == "" {
		return 0, false
	}
	if strings.Trim(text, "0123456789") == "" {
		seconds, err := strconv.ParseInt(text, 10, 64)
		const most = int64(100 * 365 * 24 * time.Hour / time.Second)
		if err != nil || seconds > most {
			seconds = most // a number too big to hold is still a wish to be left alone
		}
		return time.Duration(seconds) * time.Second, true
	}
	at, err := nethttp.ParseTime(text)
	if err != nil || !at.After(now) {
		return 0, false
	}
	return at.Sub(now), true
}
