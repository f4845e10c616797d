package http

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	nethttp "net/http"
	"strconv"
	"strings"
	"time"
)

// HostPort lifts rules for one host and port.
type HostPort struct {
	// Host is a name or an IP literal as it stands in the URL, without brackets.
	Host string
	Port int
	// Insecure accepts plain http for this host and port.
	Insecure bool
}

// ParseHostPort reads "host:port", with "http://" in front for one that speaks plain http.
func ParseHostPort(text string) (HostPort, error) {
	rest, insecure := strings.CutPrefix(text, "http://")
	rest = strings.TrimPrefix(rest, "https://")
	host, port, err := net.SplitHostPort(rest)
	if err != nil || host == "" {
		return HostPort{}, fmt.Errorf("allow %q: expected host:port or http://host:port", text)
	}
	number, err := strconv.Atoi(port)
	if err != nil || number < 1 || number > 65535 {
		return HostPort{}, fmt.Errorf("allow %q: port %q is not between 1 and 65535", text, port)
	}
	return HostPort{Host: strings.ToLower(host), Port: number, Insecure: insecure}, nil
}

// Timeouts bound the phases of one try; zero values take the defaults.
type Timeouts struct {
	Dial    time.Duration // name look-up and connect
	TLS     time.Duration // handshake
	Headers time.Duration // request sent until the last header has come
	Idle    time.Duration // longest pause inside a body
	Total   time.Duration // all tries and waits of one Fetch
}

// Throughput is the least speed of a body: PerSecond bytes a second over each Window.
type Throughput struct {
	PerSecond int64
	Window    time.Duration
}

// Backoff spaces tries: a random part (full jitter) of Base x 2^try, at most Cap.
type Backoff struct {
	Base, Cap time.Duration
	// MaxRetryAfter is the longest Retry-After that is obeyed; a longer one ends the Fetch.
	MaxRetryAfter time.Duration
}

// Breaker stops asking a source after so many failed tries in a row, for Cooldown.
type Breaker struct {
	Failures int
	Cooldown time.Duration
}

// Clock is the time that waits, breakers and Retry-After dates go by.
type Clock interface {
	Now() time.Time
	// Wait returns nil after d, or earlier with the context's error.
	Wait(ctx context.Context, d time.Duration) error
}

// Dial connects to HOST:PORT when the rules admit the address.
type Dial func(ctx context.Context, network, address string) (net.Conn, error)

// Scheme makes what answers GETs of another scheme than http as an HTTP server would; wait bounds
// the time until the header of an answer.
type Scheme func(dial Dial, wait time.Duration) nethttp.RoundTripper

// Options configure a Client; zero values take the defaults named Default*.
type Options struct {
	// Allow lists the hosts and ports that may have private addresses or speak plain http.
	Allow []HostPort
	// OnlyHosts, when not empty, are the only hosts that are ever contacted ("a.go.id", or ".go.id" for all below).
	OnlyHosts []string
	// Proxy is an http proxy as a URL; "" means a direct connection, environment variables are ignored.
	Proxy string
	// ProxyUser and ProxySecret are the proxy's Basic authentication.
	ProxyUser   string
	ProxySecret Secret
	// CAFile holds PEM certificates trusted beside those of the system.
	CAFile             string
	Timeouts           Timeouts
	MinSpeed           Throughput
	MaxBytes           int64 // of one body
	MaxRedirects       int   // hops; negative for none
	Retries            int   // tries after the first; negative for none
	Backoff            Backoff
	RatePerHost        float64 // requests a second; 0 means unlimited
	ConcurrencyPerHost int
	// Limits shares the gates per host with other clients; nil is its own.
	Limits  *Limits
	Breaker Breaker
	// Breakers is what Client.Breakers returned at the end of the run before.
	Breakers  []BreakerState
	UserAgent string
	Clock     Clock
	// Rand gives numbers in [0,1) and is called from several goroutines.
	Rand func() float64
	// Schemes answer requests of other schemes than http and https, such as "sftp".
	Schemes map[string]Scheme
	// Resolver looks up names; nil is the system's.
	Resolver *net.Resolver
}

// Defaults. The ministry's API took 10 s to connect in one report, hence the long dial and header times.
const (
	DefaultDial               = 20 * time.Second
	DefaultTLS                = 15 * time.Second
	DefaultHeaders            = 60 * time.Second
	DefaultIdle               = 30 * time.Second
	DefaultTotal              = 30 * time.Minute
	DefaultBytesPerSecond     = 1 << 10
	DefaultWindow             = 30 * time.Second
	DefaultMaxBytes           = 200 << 20
	DefaultMaxRedirects       = 5
	DefaultRetries            = 4
	DefaultBackoffBase        = time.Second
	DefaultBackoffCap         = time.Minute
	DefaultMaxRetryAfter      = 15 * time.Minute
	DefaultConcurrencyPerHost = 2
	DefaultBreakerFailures    = 8
	DefaultBreakerCooldown    = 10 * time.Minute
	DefaultUserAgent          = "lumbung/1 (village index ETL)"

	maxHeaderBytes = 64 << 10
)

func (o Options) withDefaults() Options {
	t := &o.Timeouts
	orDuration(&t.Dial, DefaultDial)
	orDuration(&t.TLS, DefaultTLS)
	orDuration(&t.Headers, DefaultHeaders)
	orDuration(&t.Idle, DefaultIdle)
	orDuration(&t.Total, DefaultTotal)
	orDuration(&o.MinSpeed.Window, DefaultWindow)
	orDuration(&o.Backoff.Base, DefaultBackoffBase)
	orDuration(&o.Backoff.Cap, DefaultBackoffCap)
	orDuration(&o.Backoff.MaxRetryAfter, DefaultMaxRetryAfter)
	orDuration(&o.Breaker.Cooldown, DefaultBreakerCooldown)
	orNumber(&o.MinSpeed.PerSecond, DefaultBytesPerSecond)
	orNumber(&o.MaxBytes, DefaultMaxBytes)
	orNumber(&o.MaxRedirects, DefaultMaxRedirects)
	orNumber(&o.Retries, DefaultRetries)
	orNumber(&o.ConcurrencyPerHost, DefaultConcurrencyPerHost)
	orNumber(&o.Breaker.Failures, DefaultBreakerFailures)
	if o.UserAgent == "" {
		o.UserAgent = DefaultUserAgent
	}
	if o.Clock == nil {
		o.Clock = WallClock{}
	}
	if o.Rand == nil {
		o.Rand = rand.Float64
	}
	return o
}

func (o Options) check() error {
	if o.MaxBytes < 0 || o.RatePerHost < 0 || o.ConcurrencyPerHost < 0 || o.Breaker.Failures < 0 || o.MinSpeed.PerSecond < 0 {
		return errors.New("http options: a limit is negative")
	}
	for _, allow := range o.Allow {
		if allow.Host == "" || allow.Port < 1 || allow.Port > 65535 {
			return fmt.Errorf("http options: allow %s:%d is not a host and port", allow.Host, allow.Port)
		}
	}
	return nil
}

func orDuration(value *time.Duration, standard time.Duration) {
	if *value == 0 {
		*value = standard
	}
}

func orNumber[N int | int64](value *N, standard N) {
	if *value == 0 {
		*value = standard
	}
}
