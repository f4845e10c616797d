package http

import (
	"encoding/base64"
	"net/url"
	"regexp"
	"strings"
	"unicode"
)

// secretWords in the name of a query parameter make its value a credential.
const secretWords = "token key secret sig auth pass pwd code cred session sid jwt bearer access sandi kunci"

// longOpaque is the length from which a value of letters and digits is taken for a credential whatever its name.
const longOpaque = 16

// MaskURL returns the URL without user info, fragment and the values of query parameters that look like credentials.
func MaskURL(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return maskBroken(raw)
	}
	return maskURL(u)
}

func maskURL(u *url.URL) string {
	shown := *u
	shown.Fragment, shown.RawFragment = "", ""
	if shown.User != nil {
		shown.User = url.User(redacted)
	}
	if shown.Opaque != "" {
		return shown.Scheme + ":" + redacted
	}
	shown.RawQuery = maskQuery(shown.RawQuery)
	return printable(shown.String())
}

func maskQuery(query string) string {
	if query == "" {
		return ""
	}
	parts := strings.Split(query, "&")
	for i, part := range parts {
		name, value, ok := strings.Cut(part, "=")
		switch {
		case !ok && opaque(name):
			parts[i] = redacted
		case ok && (secretName(name) || opaque(value)):
			parts[i] = name + "=" + redacted
		}
	}
	return strings.Join(parts, "&")
}

func secretName(name string) bool {
	if plain, err := url.QueryUnescape(name); err == nil {
		name = plain
	}
	name = strings.ToLower(name)
	for word := range strings.FieldsSeq(secretWords) {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}

func opaque(value string) bool {
	return len(value) >= longOpaque && strings.ContainsFunc(value, unicode.IsDigit) && strings.ContainsFunc(value, unicode.IsLetter)
}

// maskBroken serves texts that are no URL: what stands before @ and after ? goes.
func maskBroken(raw string) string {
	raw, _, _ = strings.Cut(raw, "#")
	raw, _, cut := strings.Cut(raw, "?")
	if at := strings.LastIndexByte(raw, '@'); at >= 0 {
		raw = redacted + raw[at:]
	}
	if cut {
		raw += "?" + redacted
	}
	return printable(raw)
}

// printable keeps what a server sent from acting on a terminal or a log.
func printable(text string) string {
	const most = 500
	out := strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, text)
	if len(out) > most {
		out = strings.ToValidUTF8(out[:most], "") + "..."
	}
	return out
}

// scrubber takes known credentials and URLs out of texts that others made.
type scrubber struct {
	known *strings.Replacer
	urls  *regexp.Regexp
}

func newScrubber(auth Auth, others ...Secret) scrubber {
	var pairs []string
	add := func(text string) {
		if text != "" {
			pairs = append(pairs, text, redacted)
		}
	}
	for _, holder := range append(others, auth.Secret) {
		secret := holder.Reveal()
		add(secret)
		add(url.QueryEscape(secret))
		add(url.PathEscape(secret))
		add(base64.StdEncoding.EncodeToString([]byte(secret)))
	}
	if secret := auth.Secret.Reveal(); secret != "" {
		add(base64.StdEncoding.EncodeToString([]byte(auth.User + ":" + secret)))
	}
	return scrubber{known: strings.NewReplacer(pairs...), urls: regexp.MustCompile(`[a-zA-Z][a-zA-Z0-9+.-]*://[^\s"'<>]+`)}
}

func (s scrubber) text(text string) string {
	text = s.known.Replace(text)
	return printable(s.urls.ReplaceAllStringFunc(text, MaskURL))
}
