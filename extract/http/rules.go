package http

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// checkURL applies every rule that can be decided before a look-up.
func (c *Client) checkURL(u *url.URL) *Error {
	host, port := u.Hostname(), portOf(u)
	switch {
	case u.Opaque != "" || host == "":
		return fault(ClassForbidden, "the URL has no host")
	case u.User != nil:
		return fault(ClassForbidden, "the URL holds user info").remedy("put the credential into a secret")
	case port < 1 || port > 65535:
		return fault(ClassForbidden, "port %q is not between 1 and 65535", printable(u.Port()))
	case !plainHost(host):
		return fault(ClassForbidden, "host %q has characters other than a-z, 0-9, '-' and '.'", printable(host)).remedy("write an internationalised name in its xn-- form")
	}
	if err := c.checkScheme(u, host, port); err != nil {
		return err
	}
	if err := c.checkLiteral(host, port); err != nil {
		return err
	}
	if !c.listed(host) {
		return fault(ClassForbidden, "host %s is not one of the source's hosts", host).remedy("add it to the source when it belongs there")
	}
	return nil
}

func (c *Client) checkScheme(u *url.URL, host string, port int) *Error {
	if _, other := c.options.Schemes[u.Scheme]; other || u.Scheme == "https" {
		return nil
	}
	if entry, ok := c.allowed(host, port); u.Scheme == "http" && ok && entry.Insecure {
		return nil
	}
	return fault(ClassForbidden, "scheme %q instead of https", printable(u.Scheme)).remedy("use https, or allow http://host:port for this source")
}

// checkLiteral decides about addresses written into the URL, also in spellings
// that only some resolvers read as one (0x7f.1, 127.1, 2130706433).
func (c *Client) checkLiteral(host string, port int) *Error {
	named, literal := c.lifts(host, port)
	if address, err := netip.ParseAddr(host); err == nil {
		if err := c.guard.check(address, named, literal); err != nil {
			return fault(ClassPrivate, "%w", err).remedy("allow host:port for this source when it is meant")
		}
		return nil
	}
	if endsInNumber(host) || strings.Contains(host, ":") {
		return fault(ClassPrivate, "host %q is a number in disguise", printable(host))
	}
	if name := canonicalHost(host); !named && (name == "localhost" || strings.HasSuffix(name, ".localhost")) {
		return fault(ClassPrivate, "host %s is this machine", name).remedy("allow host:port for this source when it is meant")
	}
	return nil
}

func (c *Client) listed(host string) bool {
	if len(c.options.OnlyHosts) == 0 {
		return true
	}
	host = canonicalHost(host)
	for _, entry := range c.options.OnlyHosts {
		entry = canonicalHost(entry)
		if host == entry || strings.HasPrefix(entry, ".") && strings.HasSuffix(host, entry) {
			return true
		}
	}
	return false
}

// endsInNumber is the rule by which browsers take a host for an IPv4 address: its last label is a number.
func endsInNumber(host string) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	last := host[strings.LastIndexByte(host, '.')+1:]
	if hex, ok := strings.CutPrefix(last, "0x"); ok {
		return strings.Trim(hex, "0123456789abcdef") == ""
	}
	return strings.Trim(last, "0123456789") == ""
}

func plainHost(host string) bool {
	for _, c := range []byte(host) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '.', c == ':', c == '_':
		case c == '%': // the zone of an IPv6 literal; checkLiteral refuses it by name
		default:
			return false
		}
	}
	return true
}

func portOf(u *url.URL) int {
	if text := u.Port(); text != "" {
		port, err := strconv.Atoi(text)
		if err != nil {
			return 0
		}
		return port
	}
	switch u.Scheme {
	case "https":
		return 443
	case "http":
		return 80
	}
	return 443 // so that an odd scheme is refused as such, not for its port
}
