package http

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"syscall"
)

// addressError is a dial that the guard refused.
type addressError struct {
	address string
	kind    string
}

func (e *addressError) Error() string {
	return fmt.Sprintf("address %s is %s", e.address, e.kind)
}

type addressKind struct {
	prefix netip.Prefix
	kind   string
	// near kinds are lifted by a host name under Allow, the others only by the literal address.
	near bool
}

// guard knows which addresses are not the public internet
// (IANA special-purpose registries, RFC 6890 and later entries).
type guard struct{ kinds []addressKind }

func newGuard() guard {
	var g guard
	near := func(kind string, prefixes ...string) { g.add(kind, true, prefixes) }
	far := func(kind string, prefixes ...string) { g.add(kind, false, prefixes) }
	near("a loopback address", "127.0.0.0/8", "::1/128")
	near("a private address", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fec0::/10")
	near("a carrier-grade NAT address", "100.64.0.0/10")
	far("an unspecified address", "0.0.0.0/8", "::/128")
	far("a link-local address", "169.254.0.0/16", "fe80::/10")
	far("a multicast address", "224.0.0.0/4", "ff00::/8")
	far("a reserved address", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4")
	far("a NAT64 address", "64:ff9b::/96", "64:ff9b:1::/48")
	far("an IPv4-in-IPv6 tunnel address", "2002::/16", "2001::/32", "::/96", "::ffff:0:0:0/96")
	far("a reserved address", "2001::/23", "2001:db8::/32", "3fff::/20")
	return g
}

func (g *guard) add(kind string, near bool, prefixes []string) {
	for _, prefix := range prefixes {
		g.kinds = append(g.kinds, addressKind{prefix: netip.MustParsePrefix(prefix), kind: kind, near: near})
	}
}

// check refuses an address that is not public. named lifts the near kinds, literal lifts all but multicast.
func (g *guard) check(address netip.Addr, named, literal bool) error {
	if address.Zone() != "" {
		return &addressError{address.String(), "an address with a zone"}
	}
	plain := address.Unmap()
	for _, k := range g.kinds {
		if !k.prefix.Contains(plain) {
			continue
		}
		if literal && !plain.IsMulticast() || named && k.near {
			return nil
		}
		return &addressError{address.String(), k.kind}
	}
	if plain.Is6() && !netip.PrefixFrom(netip.AddrFrom16([16]byte{0x20}), 3).Contains(plain) {
		return &addressError{address.String(), "outside the public IPv6 range"}
	}
	return nil
}

// control is the last word before a connect: it sees the address after every look-up and redirect.
func (g *guard) control(named, literal bool) func(network, address string, _ syscall.RawConn) error {
	return func(network, address string, _ syscall.RawConn) error {
		if !strings.HasPrefix(network, "tcp") {
			return &addressError{address, "not reached by TCP"}
		}
		at, err := netip.ParseAddrPort(address)
		if err != nil {
			return &addressError{address, "not an IP address"}
		}
		return g.check(at.Addr(), named, literal)
	}
}

// allowed finds the entry of Allow for a host and port.
func (c *Client) allowed(host string, port int) (HostPort, bool) {
	host = canonicalHost(host)
	for _, entry := range c.options.Allow {
		if entry.Port == port && canonicalHost(entry.Host) == host {
			return entry, true
		}
	}
	return HostPort{}, false
}

// lifts says which kinds of address the rules lift for a host and port.
func (c *Client) lifts(host string, port int) (named, literal bool) {
	_, ok := c.allowed(host, port)
	if !ok && c.proxy != nil && canonicalHost(c.proxy.Hostname()) == canonicalHost(host) && portOf(c.proxy) == port {
		ok = true
	}
	if !ok {
		return false, false
	}
	_, err := netip.ParseAddr(host)
	return true, err == nil
}

func canonicalHost(host string) string {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if address, err := netip.ParseAddr(host); err == nil {
		return address.Unmap().String()
	}
	return host
}

func splitHostPort(address string) (string, int, error) {
	host, text, err := net.SplitHostPort(address)
	if err != nil {
		return "", 0, err
	}
	port, err := strconv.Atoi(text)
	return host, port, err
}
