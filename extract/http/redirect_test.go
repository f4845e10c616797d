package http

import (
	"context"
	"encoding/base64"
	"fmt"
	"net"
	nethttp "net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

const canarySecret = "kunci-Rahasia/9471+x"

func secretOf(t testing.TB, text string) Secret {
	t.Helper()
	secret, err := NewSecret(text)
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

// TestCredentialStaysAtItsHost follows every kind of redirect and looks at the credential headers at the target.
func TestCredentialStaysAtItsHost(t *testing.T) {
	auths := map[string]Auth{
		"bearer": {Prefix: "Bearer ", Secret: secretOf(t, canarySecret)},
		"basic":  {User: "tim-data", Secret: secretOf(t, canarySecret)},
		"header": {Header: "X-Api-Key", Secret: secretOf(t, canarySecret)},
		"signed": {Secret: secretOf(t, canarySecret), Sign: func(r *nethttp.Request) { r.Header.Set("Authorization", "AWS4 "+canarySecret) }},
	}
	for name, auth := range auths {
		for _, status := range []int{301, 302, 303, 307, 308} {
			for _, away := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s %d away=%v", name, status, away), func(t *testing.T) {
					checkCredential(t, auth, status, away)
				})
			}
		}
	}
}

func checkCredential(t *testing.T, auth Auth, status int, away bool) {
	t.Helper()
	target := serveRaw(t, []byte("a;b\n"), 0, func(w *wire) { w.whole() })
	defer target.close()
	first := serveRaw(t, []byte("a;b\n"), 0, func(w *wire) {
		switch {
		case w.req.URL.Path == "/there":
			w.whole()
		case away:
			w.answer(fmt.Sprintf("%d Moved", status), "Location: "+target.url()+"/there", "Content-Length: 0")
		default:
			w.answer(fmt.Sprintf("%d Moved", status), "Location: /there", "Content-Length: 0")
		}
	})
	defer first.close()
	client := newClient(t, func(o *Options) { o.Allow = []HostPort{first.allow(), target.allow()} })
	defer client.Close()
	if _, err := client.Fetch(context.Background(), Request{URL: first.url(), Auth: auth}, &memory{}); err != nil {
		t.Fatal(err)
	}
	for _, req := range first.seen() {
		if !carries(req, auth) {
			t.Errorf("the credential is missing at its own host: %v", req.URL)
		}
	}
	for _, req := range target.seen() {
		if carries(req, auth) {
			t.Errorf("the credential went to another host")
		}
	}
	if got := len(target.seen()); (got == 1) != away {
		t.Errorf("%d requests at the other host, away=%v", got, away)
	}
}

func carries(req *nethttp.Request, auth Auth) bool {
	if auth.User != "" {
		_, password, _ := req.BasicAuth()
		return password == canarySecret
	}
	return strings.Contains(fmt.Sprint(req.Header), canarySecret)
}

func TestNoDowngrade(t *testing.T) {
	plain := serveRaw(t, []byte("a\n"), 0, func(w *wire) { w.whole() })
	defer plain.close()
	ca := newAuthority(t)
	server := tlsServer(t, makeCert(t, leaf(-time.Hour, time.Hour, "127.0.0.1"), &ca), nil)
	server.Config.Handler = nethttp.RedirectHandler(plain.url(), nethttp.StatusFound)
	client := newClient(t, func(o *Options) {
		o.CAFile = ca.file(t)
		o.Allow = []HostPort{plain.allow(), {Host: "127.0.0.1", Port: server.Listener.Addr().(*net.TCPAddr).Port, Insecure: true}}
	})
	defer client.Close()
	_, err := client.Fetch(context.Background(), Request{URL: server.URL}, &memory{})
	if ClassOf(err) != ClassRedirect || len(plain.seen()) != 0 {
		t.Errorf("got %v with %d requests over plain http", err, len(plain.seen()))
	}
}

// TestProxy sends everything through a configured proxy and nothing around it.
func TestProxy(t *testing.T) {
	proxy := httptest.NewServer(nethttp.HandlerFunc(func(w nethttp.ResponseWriter, r *nethttp.Request) {
		if r.URL.Host != "data.example.com:8080" || r.Header.Get("Proxy-Authorization") != "Basic "+base64.StdEncoding.EncodeToString([]byte("tim:"+canarySecret)) {
			w.WriteHeader(nethttp.StatusBadGateway)
			return
		}
		_, _ = w.Write([]byte("a;b\n"))
	}))
	defer proxy.Close()
	client := newClient(t, func(o *Options) {
		o.Proxy, o.ProxyUser, o.ProxySecret = proxy.URL, "tim", secretOf(t, canarySecret)
		o.Allow = []HostPort{{Host: "data.example.com", Port: 8080, Insecure: true}}
	})
	defer client.Close()
	if _, err := client.Fetch(context.Background(), Request{URL: "http://data.example.com:8080/x"}, &memory{}); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Fetch(context.Background(), Request{URL: "https://127.0.0.1/x"}, &memory{}); ClassOf(err) != ClassPrivate {
		t.Errorf("a private literal through the proxy: %v", err)
	}
	if _, err := New(Options{Proxy: "http://user:" + canarySecret + "@proxy:1"}); err == nil || strings.Contains(err.Error(), canarySecret) {
		t.Errorf("a proxy with its credential in the URL: %v", err)
	}
}
