package http

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// canary counts the connections to a loopback port; there must be none.
type canary struct {
	listener net.Listener
	hits     atomic.Int64
	done     chan struct{}
}

func newCanary(t *testing.T, address string) *canary {
	t.Helper()
	listener, err := net.Listen("tcp", address)
	if err != nil {
		t.Skipf("no listener on %s here: %v", address, err)
	}
	c := &canary{listener: listener, done: make(chan struct{})}
	go func() {
		defer close(c.done)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			c.hits.Add(1)
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() {
		_ = listener.Close()
		<-c.done
		if n := c.hits.Load(); n != 0 {
			t.Errorf("%d connections reached the canary", n)
		}
	})
	return c
}

func (c *canary) port() int { return c.listener.Addr().(*net.TCPAddr).Port }

// spellings of addresses that no source may reach, as hosts of a URL.
func spellings() []string {
	return []string{
		"127.0.0.1", "127.0.0.2", "127.255.255.254", "127.1", "127.0.1", "127.0.0.1.", "0", "0.0.0.0", "0.0.0.1", "0x7f.1", "0x7f.0.0.1", "0x7f000001", "0X7F000001",
		"2130706433", "017700000001", "0177.0.0.1", "0177.1", "127.0.0.01", "127.000.000.001", "00000127.0.0.1", "0x7f.0x0.0x0.0x1", "127.0x1", "1.0x7f000001",
		"localhost", "LOCALHOST", "localhost.", "a.localhost", "[::1]", "[0:0:0:0:0:0:0:1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:127.0.0.1]",
		"[::127.0.0.1]", "[::ffff:0:127.0.0.1]", "[64:ff9b::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2001:0:7f00:1::]",
		"[fe80::1]", "[fe80::1%25lo]", "[::1%25lo]", "[fc00::1]", "[fd12:3456::1]", "[fec0::1]", "[ff02::1]", "[2001:db8::1]", "[100::1]", "[4000::1]",
		"10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "169.254.169.254", "100.64.0.1", "100.127.255.255", "100.100.100.200",
		"192.0.0.1", "192.0.2.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
		"１２７.0.0.1", "①②⑦.0.0.1", "127。0。0。1", "ⓛocalhost", "127.0.0.1%00.example.com",
	}
}

func TestAddressSpellings(t *testing.T) {
	if n := len(spellings()); n < 60 {
		t.Fatalf("%d spellings, at least 60 are wanted", n)
	}
	canary := newCanary(t, "127.0.0.1:0")
	newCanary(t, fmt.Sprintf("[::1]:%d", canary.port()))
	for _, host := range spellings() {
		for _, scheme := range []string{"http", "https"} {
			url := fmt.Sprintf("%s://%s:%d/x", scheme, host, canary.port())
			t.Run("direct "+url, func(t *testing.T) {
				_, err := newClient(t, nil).Fetch(context.Background(), Request{URL: url}, &memory{})
				if class := ClassOf(err); class != ClassPrivate && class != ClassForbidden {
					t.Errorf("got %v", err)
				}
			})
		}
		t.Run("redirect to "+host, func(t *testing.T) {
			server := serveRaw(t, nil, 0, func(w *wire) {
				w.answer("302 Found", fmt.Sprintf("Location: https://%s:%d/x", host, canary.port()), "Content-Length: 0")
			})
			defer server.close()
			client := newClient(t, func(o *Options) { o.Allow = []HostPort{server.allow()} })
			defer client.Close()
			_, err := client.Fetch(context.Background(), Request{URL: server.url()}, &memory{})
			if class := ClassOf(err); class != ClassPrivate && class != ClassRedirect {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestLookup gives a public name private addresses: the guard at dial is then the only defence.
func TestLookup(t *testing.T) {
	canary := newCanary(t, "127.0.0.1:0")
	for _, address := range []string{
		"127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.16.9.9", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1", "255.255.255.255",
		"::1", "::", "::ffff:127.0.0.1", "fe80::1", "fc00::1", "ff02::1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1",
	} {
		t.Run(address, func(t *testing.T) {
			client := newClient(t, func(o *Options) { o.Resolver = resolver(address) })
			_, err := client.Fetch(context.Background(), Request{URL: fmt.Sprintf("https://data.example.com:%d/x", canary.port())}, &memory{})
			if ClassOf(err) != ClassPrivate {
				t.Errorf("got %v", err)
			}
		})
	}
	t.Run("no such name", func(t *testing.T) {
		client := newClient(t, func(o *Options) { o.Resolver = resolver() })
		result, err := client.Fetch(context.Background(), Request{URL: "https://data.example.com/x"}, &memory{})
		if ClassOf(err) != ClassDNS || len(result.Attempts) != 3 {
			t.Errorf("got %v after %d tries", err, len(result.Attempts))
		}
	})
}

// TestAllowLifts shows what an allowed name or address opens, and what it does not.
func TestAllowLifts(t *testing.T) {
	g := newGuard()
	for _, c := range []struct {
		address        string
		named, literal bool
		ok             bool
	}{
		{"127.0.0.1", true, false, true}, {"10.1.1.1", true, false, true}, {"100.64.0.1", true, false, true}, {"fd00::1", true, false, true},
		{"169.254.169.254", true, false, false}, {"169.254.169.254", true, true, true}, {"0.0.0.0", true, false, false}, {"224.0.0.1", true, true, false}, {"fe80::1", true, false, false},
		{"36.66.1.1", false, false, true}, {"2404:8000::1", false, false, true}, {"::ffff:36.66.1.1", false, false, true}, {"::ffff:10.0.0.1", false, false, false},
	} {
		if err := g.check(netip.MustParseAddr(c.address), c.named, c.literal); (err == nil) != c.ok {
			t.Errorf("%s named=%v literal=%v: %v, want ok=%v", c.address, c.named, c.literal, err, c.ok)
		}
	}
}

func TestURLRules(t *testing.T) {
	client := newClient(t, func(o *Options) { o.OnlyHosts = []string{"data.go.id", ".kemendesa.go.id"} })
	for _, url := range []string{
		"http://data.go.id/x", "ftp://data.go.id/x", "file:///etc/passwd", "data.go.id/x", "https:data.go.id", "https:///x", "https://data.go.id:0/", "https://data.go.id:99999/",
		"https://u:p@data.go.id/", "https://evil.com/", "https://data.go.id.evil.com/", "https://evilkemendesa.go.id/", "https://d\u0430ta.go.id/", ":", "https://data.go.id\x00/", "",
	} {
		if _, err := client.Fetch(context.Background(), Request{URL: url}, &memory{}); ClassOf(err) != ClassForbidden {
			t.Errorf("%q: got %v", url, err)
		}
	}
}

// resolver answers every question with the given addresses, or with "no such name" when there are none.
func resolver(addresses ...string) *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		here, there := net.Pipe()
		go func() {
			defer there.Close()
			_ = answerDNS(there, addresses)
		}()
		return here, nil
	}}
}

// answerDNS speaks the TCP form of DNS, which the resolver takes on a connection that is no packet one.
func answerDNS(conn io.ReadWriter, addresses []string) error {
	for {
		var size [2]byte
		if _, err := io.ReadFull(conn, size[:]); err != nil {
			return err
		}
		query := make([]byte, binary.BigEndian.Uint16(size[:]))
		if _, err := io.ReadFull(conn, query); err != nil {
			return err
		}
		var message dnsmessage.Message
		if err := message.Unpack(query); err != nil {
			return err
		}
		packed, err := replyDNS(message, addresses)
		if err != nil {
			return err
		}
		if _, err := conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(packed))), packed...)); err != nil {
			return err
		}
	}
}

func replyDNS(query dnsmessage.Message, addresses []string) ([]byte, error) {
	if len(query.Questions) != 1 {
		return nil, errors.New("not one question")
	}
	question := query.Questions[0]
	reply := dnsmessage.Message{Header: dnsmessage.Header{ID: query.ID, Response: true, RecursionAvailable: true}, Questions: query.Questions}
	if len(addresses) == 0 {
		reply.RCode = dnsmessage.RCodeNameError
	}
	for _, text := range addresses {
		v6 := strings.Contains(text, ":")
		if v6 != (question.Type == dnsmessage.TypeAAAA) {
			continue
		}
		address := netip.MustParseAddr(text)
		var body dnsmessage.ResourceBody = &dnsmessage.AAAAResource{AAAA: address.As16()}
		if !v6 {
			body = &dnsmessage.AResource{A: address.As4()}
		}
		reply.Answers = append(reply.Answers, dnsmessage.Resource{Header: dnsmessage.ResourceHeader{Name: question.Name, Type: question.Type, Class: question.Class}, Body: body})
	}
	return reply.Pack()
}
