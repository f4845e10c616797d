package catalog

import (
	"fmt"
	"net/url"
	"path"
	"regexp"
	"strings"
)

// Pattern selects entries by their address or name and takes parts out of them.
type Pattern struct {
	text  string
	expr  *regexp.Regexp
	scope scope
}

type scope int

const (
	lastElement scope = iota // pattern without slash: the file's name
	pathEnd                  // pattern with slash: the end of the path, with the query when the pattern has one
	wholeURL                 // pattern with ://
)

// ParsePattern reads a pattern such as "idm-{tahun}-*.xlsx": {tahun} is a year 1990..2099, any other {name}
// and * stand for characters other than a slash, everything else for itself, case aside. A pattern without a slash is compared with the
// last element of the address (and with the entry's name), one with a slash with the end of the path, one with :// with the whole address.
func ParsePattern(text string) (Pattern, error) {
	if text == "" {
		return Pattern{}, fmt.Errorf("pattern: empty; \"*\" fits every entry")
	}
	var source strings.Builder
	names := map[string]bool{}
	for rest := text; rest != ""; {
		at := strings.IndexAny(rest, "{*")
		if at < 0 {
			source.WriteString(regexp.QuoteMeta(rest))
			break
		}
		source.WriteString(regexp.QuoteMeta(rest[:at]))
		if rest[at] == '*' {
			source.WriteString(`[^/]*`)
			rest = rest[at+1:]
			continue
		}
		name, after, ok := strings.Cut(rest[at+1:], "}")
		if !ok || !partName(name) || names[name] {
			return Pattern{}, fmt.Errorf("pattern %q: {%s} is not a part of its own name in letters", text, name)
		}
		names[name] = true
		if name == "tahun" {
			source.WriteString(`(?P<tahun>(?:19|20)[0-9]{2})`)
		} else {
			source.WriteString(`(?P<` + name + `>[^/]+?)`)
		}
		rest = after
	}
	p := Pattern{text: text}
	begin := `^`
	switch {
	case strings.Contains(text, "://"):
		p.scope = wholeURL
	case strings.Contains(text, "/"):
		p.scope = pathEnd
		begin = `(?:^|/)`
	}
	compiled, err := regexp.Compile(`(?i)` + begin + strings.TrimPrefix(source.String(), "/") + `$`)
	if err != nil {
		return Pattern{}, fmt.Errorf("pattern %q: %w", text, err)
	}
	p.expr = compiled
	return p, nil
}

func partName(name string) bool {
	return name != "" && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz_") == ""
}

// match compares the address first, then the name.
func (p Pattern) match(target *url.URL, name string) (map[string]string, bool) {
	for _, text := range p.subjects(target, name) {
		found := p.expr.FindStringSubmatch(text)
		if found == nil {
			continue
		}
		parts := map[string]string{}
		for i, part := range p.expr.SubexpNames() {
			if part != "" {
				parts[part] = found[i]
			}
		}
		return parts, true
	}
	return nil, false
}

func (p Pattern) subjects(target *url.URL, name string) []string {
	switch p.scope {
	case wholeURL:
		return []string{target.String()}
	case pathEnd:
		if strings.Contains(p.text, "?") {
			return []string{target.Path + "?" + target.RawQuery}
		}
		return []string{target.Path}
	}
	return []string{path.Base(target.Path), name}
}

var partInText = regexp.MustCompile(`\{([a-z_]+)\}`)

// fill puts parts into a template such as "{tahun}-{revisi}".
func fill(template string, parts map[string]string) (string, error) {
	var missing string
	out := partInText.ReplaceAllStringFunc(template, func(name string) string {
		value, ok := parts[name[1:len(name)-1]]
		if !ok {
			missing = name
		}
		return value
	})
	if missing != "" {
		return "", fmt.Errorf("the period %q needs %s, which the pattern does not have", template, missing)
	}
	return out, nil
}
