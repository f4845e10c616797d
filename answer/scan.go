package answer

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"lumbung/load/duck"
)

// The values of a query's row as the Go types that they are read into; null is the zero value.

// Text is a text or an exact decimal, "" for anything else.
func Text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case duck.Decimal:
		return string(v)
	}
	return ""
}

// Int is a whole number, 0 for null; anything else is a mistake in a query of ours.
func Int(v any) int64 {
	switch v := v.(type) {
	case nil:
		return 0
	case int64:
		return v
	case duck.Decimal: // a sum of whole numbers is HUGEINT
		if n, err := strconv.ParseInt(string(v), 10, 64); err == nil {
			return n
		}
	}
	panic(fmt.Sprintf("%v is no whole number", v)) // a query of ours asks for the wrong column
}

// mean is the SQL of the mean of scores, rounded half up at 8 places. The mean
// of whole numbers is one division of numbers that a DOUBLE holds exactly, so
// every engine rounds it alike.
func mean(column string) string {
	return "CAST(CAST(round(avg(CAST(" + column + " * 100000000 AS BIGINT))) AS BIGINT) * 0.00000001 AS DECIMAL(10,8))"
}

func asBool(v any) bool {
	b, _ := v.(bool)
	return b
}

func asTime(v any) time.Time {
	t, _ := v.(time.Time)
	return t
}

// asIntOrNil tells null from zero.
func asIntOrNil(v any) *int64 {
	if n, ok := v.(int64); ok {
		return &n
	}
	return nil
}

// within is the LIKE pattern of the codes below an area, and the area's own
// code for the comparison that a village needs.
func within(code string) (pattern string) {
	if code == "0" {
		return "%"
	}
	if strings.Count(code, ".") == 3 {
		return code
	}
	return code + ".%"
}
