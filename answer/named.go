package answer

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"lumbung/load/duck"
)

// Params are the values of a query's :names; text or whole numbers.
type Params map[string]any

var parameter = regexp.MustCompile(`:([a-z_]+)`)

// Bind gives a query with ? for its :names, and their values in order.
func Bind(named string, p Params) (query string, args []any, err error) {
	query = parameter.ReplaceAllStringFunc(named, func(m string) string {
		v, ok := p[m[1:]]
		if !ok {
			err = fmt.Errorf("parameter %s has no value", m)
		}
		args = append(args, v)
		return "?"
	})
	return query, args, err
}

// Typed is a query with :names as a person can run it: with its values.
func Typed(named string, p Params) string {
	return strings.TrimSpace(parameter.ReplaceAllStringFunc(named, func(m string) string {
		switch v := p[m[1:]].(type) {
		case string:
			return duck.Literal(v)
		case int:
			return strconv.Itoa(v)
		case int64:
			return strconv.FormatInt(v, 10)
		}
		return "NULL"
	}))
}
