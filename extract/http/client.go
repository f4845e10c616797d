// Package http fetches one URL into a caller's file and vouches that the bytes are the whole document.
//
// A Client keeps no state on disk. Validators, partial downloads and breakers
// come in and go out as plain values that the pipeline stores.
package http

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	nethttp "net/http"
	"net/url"
	"os"
	"syscall"
)

// Client fetches URLs of one project. It is safe for use by several goroutines.
type Client struct {
	options   Options
	guard     guard
	proxy     *url.URL
	transport *nethttp.Transport
	breakers  *breakers
	limits    *Limits
}

// New checks the options and builds a client. It connects nowhere.
func New(options Options) (*Client, error) {
	if err := options.check(); err != nil {
		return nil, err
	}
	c := &Client{options: options.withDefaults(), guard: newGuard(), limits: options.Limits}
	if c.limits == nil {
		c.limits = NewLimits()
	}
	c.breakers = newBreakers(c.options.Breaker, c.options.Breakers)
	if options.Proxy != "" {
		proxy, err := url.Parse(options.Proxy)
		if err != nil || proxy.Host == "" || proxy.User != nil || proxy.Scheme != "http" && proxy.Scheme != "https" {
			return nil, fmt.Errorf("http options: proxy %s: expected http://host:port, the credential in ProxySecret", MaskURL(options.Proxy))
		}
		c.proxy = proxy
	}
	roots, err := loadRoots(options.CAFile)
	if err != nil {
		return nil, err
	}
	c.transport = c.newTransport(roots)
	return c, nil
}

// Close drops idle connections. Fetches that run are not disturbed.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

func (c *Client) newTransport(roots *x509.CertPool) *nethttp.Transport {
	t := &nethttp.Transport{
		DialContext:            c.dial,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots},
		TLSHandshakeTimeout:    c.options.Timeouts.TLS,
		ResponseHeaderTimeout:  c.options.Timeouts.Headers,
		IdleConnTimeout:        c.options.Timeouts.Idle,
		MaxResponseHeaderBytes: maxHeaderBytes,
		MaxIdleConnsPerHost:    c.options.ConcurrencyPerHost,
		DisableCompression:     true, // what is hashed has to be what was sent
		Protocols:              new(nethttp.Protocols),
	}
	t.Protocols.SetHTTP1(true) // one document at a time gains nothing from HTTP/2 and inherits its faults
	if c.proxy != nil {
		proxy := *c.proxy
		if !c.options.ProxySecret.IsZero() {
			proxy.User = url.UserPassword(c.options.ProxyUser, c.options.ProxySecret.Reveal())
		}
		t.Proxy = nethttp.ProxyURL(&proxy)
	}
	for name, scheme := range c.options.Schemes {
		t.RegisterProtocol(name, scheme(c.dial, c.options.Timeouts.Headers))
	}
	return t
}

// dial lets the guard see the address of every connection, after look-up.
func (c *Client) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := splitHostPort(address)
	if err != nil {
		return nil, &addressError{address, "not a host and port"}
	}
	named, literal := c.lifts(host, port)
	dialer := net.Dialer{
		Timeout:  c.options.Timeouts.Dial,
		Resolver: c.options.Resolver,
		ControlContext: func(_ context.Context, network, address string, raw syscall.RawConn) error {
			return c.guard.control(named, literal)(network, address, raw)
		},
	}
	return dialer.DialContext(ctx, network, address)
}

func loadRoots(path string) (*x509.CertPool, error) {
	if path == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("http options: CA file: %w", err)
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	if !roots.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("http options: CA file %s: no PEM certificate in it", path)
	}
	return roots, nil
}
