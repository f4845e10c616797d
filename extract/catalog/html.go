package catalog

import (
	"bytes"
	"io"
	"regexp"
	"strings"
	"time"

	"golang.org/x/net/html"
)

// HTML lists the links of an index page. Dates in the text behind a link, as web servers print them, become Modified.
func HTML(source string, body []byte, rules Rules) ([]Listed, error) {
	c, err := collect(source, rules)
	if err != nil {
		return nil, err
	}
	page := page{collector: c, tokens: html.NewTokenizer(bytes.NewReader(body))}
	page.tokens.SetMaxBuf(1 << 20)
	if err := page.read(); err != nil {
		return nil, err
	}
	if len(c.found) == 0 && page.trouble != "" {
		return nil, c.fault(KindErrorPage, "the page is headed %q", page.trouble)
	}
	if !page.markup {
		return nil, c.fault(KindShape, "no HTML")
	}
	return c.done()
}

// page reads tokens, not a tree: its depth and memory do not grow with what a page nests.
type page struct {
	*collector
	tokens  *html.Tokenizer
	markup  bool
	trouble string // a heading that speaks of an error

	href    string // of the link that is open or was closed last
	name    strings.Builder
	after   strings.Builder
	inLink  bool
	heading bool
}

func (p *page) read() error {
	for {
		switch p.tokens.Next() {
		case html.ErrorToken:
			if err := p.tokens.Err(); err != io.EOF {
				return p.fault(KindShape, "%w", err)
			}
			return p.flush()
		case html.TextToken:
			p.text(string(p.tokens.Text()))
		case html.StartTagToken, html.SelfClosingTagToken:
			if err := p.open(p.tokens.Token()); err != nil {
				return err
			}
		case html.EndTagToken:
			p.close(p.tokens.Token().Data)
		}
	}
}

func (p *page) open(token html.Token) error {
	p.markup = true
	switch token.Data {
	case "base":
		if base, err := p.base.Parse(attribute(token, "href")); err == nil && base.Host != "" {
			p.base = base
		}
	case "title", "h1", "h2":
		p.heading = true
	case "script", "style":
		p.skip(token.Data)
	case "a":
		if err := p.flush(); err != nil {
			return err
		}
		p.href, p.inLink = attribute(token, "href"), true
	}
	return nil
}

// skip passes over an element whose text is no text.
func (p *page) skip(name string) {
	for {
		kind := p.tokens.Next()
		if kind == html.ErrorToken {
			return
		}
		if tag, _ := p.tokens.TagName(); kind == html.EndTagToken && string(tag) == name {
			return
		}
	}
}

func (p *page) close(name string) {
	switch name {
	case "a":
		p.inLink = false
	case "title", "h1", "h2":
		p.heading = false
	}
}

const longestText = 1000

func (p *page) text(text string) {
	text = html.UnescapeString(text)
	if p.heading && p.trouble == "" && troubled(text) {
		p.trouble = clip(strings.Join(strings.Fields(text), " "), 80)
	}
	switch {
	case p.href == "":
	case p.inLink && p.name.Len() < longestText:
		p.name.WriteString(text + " ")
	case !p.inLink && p.after.Len() < longestText:
		p.after.WriteString(text + " ")
	}
}

// flush hands the last link over once the text behind it is known.
func (p *page) flush() error {
	if p.href == "" {
		return nil
	}
	name := clip(strings.Join(strings.Fields(p.name.String()), " "), 300)
	err := p.add(p.href, name, dateIn(p.after.String()))
	p.href, p.inLink = "", false
	p.name.Reset()
	p.after.Reset()
	return err
}

func attribute(token html.Token, name string) string {
	for _, a := range token.Attr {
		if a.Key == name {
			return strings.TrimSpace(a.Val)
		}
	}
	return ""
}

// troubled knows the headings of error, login and maintenance pages in both languages.
func troubled(heading string) bool {
	heading = strings.ToLower(heading)
	for _, word := range []string{"error", "galat", "not found", "tidak ditemukan", "forbidden", "denied", "ditolak", "unavailable", "maintenance", "pemeliharaan", "perbaikan", "login", "masuk", "sign in", "bad gateway", "timeout", "403", "404", "500", "502", "503", "504"} {
		if strings.Contains(heading, word) {
			return true
		}
	}
	return false
}

var serverDate = regexp.MustCompile(`\b(\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}(?::\d{2})?)?|\d{2}-[A-Z][a-z]{2}-\d{4} \d{2}:\d{2})\b`)

func dateIn(text string) time.Time {
	at, _ := parseTime(serverDate.FindString(text))
	return at
}

// parseTime reads the spellings that catalogues use. Times without a zone are UTC.
func parseTime(text string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02", "02-Jan-2006 15:04", time.RFC1123} {
		if at, err := time.Parse(layout, strings.TrimSpace(text)); err == nil {
			return at.UTC(), true
		}
	}
	return time.Time{}, false
}

func clip(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "")
}
