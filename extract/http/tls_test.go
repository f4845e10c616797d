package http

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	nethttp "net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"lumbung/extract/http/complete"
)

type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) authority {
	t.Helper()
	return makeCert(t, &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test authority"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}, nil)
}

func makeCert(t *testing.T, template *x509.Certificate, by *authority) authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	parent, signer := template, key
	if by != nil {
		parent, signer = by.cert, by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return authority{cert, key}
}

func (a authority) file(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ca.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw})
	if err := os.WriteFile(path, block, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func leaf(from, to time.Duration, address string) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "leaf"}, IPAddresses: []net.IP{net.ParseIP(address)},
		NotBefore: time.Now().Add(from), NotAfter: time.Now().Add(to), KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
}

func TestTLS(t *testing.T) {
	ca, stranger := newAuthority(t), newAuthority(t)
	for _, c := range []struct {
		name   string
		leaf   *x509.Certificate
		by     *authority
		change func(*tls.Config)
		ok     bool
	}{
		{name: "good", leaf: leaf(-time.Hour, time.Hour, "127.0.0.1"), by: &ca, ok: true},
		{name: "expired", leaf: leaf(-2*time.Hour, -time.Hour, "127.0.0.1"), by: &ca},
		{name: "not yet valid", leaf: leaf(time.Hour, 2*time.Hour, "127.0.0.1"), by: &ca},
		{name: "other host", leaf: leaf(-time.Hour, time.Hour, "192.0.2.1"), by: &ca},
		{name: "self-signed", leaf: leaf(-time.Hour, time.Hour, "127.0.0.1")},
		{name: "unknown authority", leaf: leaf(-time.Hour, time.Hour, "127.0.0.1"), by: &stranger},
		{name: "TLS 1.0 only", leaf: leaf(-time.Hour, time.Hour, "127.0.0.1"), by: &ca, change: func(o *tls.Config) { o.MinVersion, o.MaxVersion = tls.VersionTLS10, tls.VersionTLS10 }},
		{name: "TLS 1.1 only", leaf: leaf(-time.Hour, time.Hour, "127.0.0.1"), by: &ca, change: func(o *tls.Config) { o.MinVersion, o.MaxVersion = tls.VersionTLS10, tls.VersionTLS11 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := tlsServer(t, makeCert(t, c.leaf, c.by), c.change)
			client := newClient(t, func(o *Options) {
				o.CAFile = ca.file(t)
				o.Allow = []HostPort{{Host: "127.0.0.1", Port: server.Listener.Addr().(*net.TCPAddr).Port}}
			})
			defer client.Close()
			result, err := client.Fetch(context.Background(), Request{URL: server.URL, Check: complete.JSON(complete.JSONOptions{})}, &memory{})
			if c.ok && err != nil {
				t.Fatal(err)
			}
			if !c.ok && (ClassOf(err) != ClassTLS || len(result.Attempts) != 1) {
				t.Errorf("got %v after %d tries, want one try and class tls", err, len(result.Attempts))
			}
		})
	}
}

func TestTLSPortThatSpeaksHTTP(t *testing.T) {
	raw := serveBytes(t, "HTTP/1.1 400 Bad Request\r\n\r\n")
	client := newClient(t, func(o *Options) { o.Allow = []HostPort{{Host: "127.0.0.1", Port: raw}} })
	_, err := client.Fetch(context.Background(), Request{URL: fmt.Sprintf("https://127.0.0.1:%d/", raw)}, &memory{})
	if ClassOf(err) != ClassTLS {
		t.Errorf("got %v", err)
	}
}

// serveBytes answers every connection with a text, whatever was sent.
func serveBytes(t *testing.T, text string) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Read(make([]byte, 4096))
			_, _ = io.WriteString(conn, text)
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() { _ = listener.Close(); <-done })
	return listener.Addr().(*net.TCPAddr).Port
}

func tlsServer(t *testing.T, a authority, change func(*tls.Config)) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(nethttp.HandlerFunc(func(w nethttp.ResponseWriter, _ *nethttp.Request) {
		_, _ = io.WriteString(w, `{"rows":[]}`)
	}))
	server.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{a.cert.Raw}, PrivateKey: a.key}}}
	if change != nil {
		change(server.TLS)
	}
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}
