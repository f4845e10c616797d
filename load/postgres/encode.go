package postgres

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// pgType is PostgreSQL's name of a DuckDB type.
func pgType(duck string) (string, error) {
	switch duck {
	case "VARCHAR":
		return "text", nil
	case "SMALLINT", "INTEGER", "BIGINT", "BOOLEAN", "DATE", "TIMESTAMP":
		return strings.ToLower(duck), nil
	case "TINYINT":
		return "smallint", nil
	case "DOUBLE":
		return "double precision", nil
	}
	if strings.HasPrefix(duck, "DECIMAL(") {
		return "numeric" + strings.TrimPrefix(duck, "DECIMAL"), nil
	}
	return "", fmt.Errorf("type %s has no counterpart in PostgreSQL", duck)
}

// appendCopy appends a row in COPY's text format, spelled as PostgreSQL itself
// spells it, so that what comes back can be compared byte by byte.
func appendCopy(b []byte, row []any) ([]byte, error) {
	for i, v := range row {
		if i > 0 {
			b = append(b, '\t')
		}
		switch v := v.(type) {
		case nil:
			b = append(b, '\\', 'N')
		case bool:
			if v {
				b = append(b, 't')
			} else {
				b = append(b, 'f')
			}
		case int64:
			b = strconv.AppendInt(b, v, 10)
		case time.Time:
			b = appendTime(b, v)
		case string:
			if strings.IndexByte(v, 0) >= 0 {
				return nil, fmt.Errorf("column %d holds a NUL character, which PostgreSQL cannot keep", i+1)
			}
			b = appendText(b, v)
		case float64:
			return nil, fmt.Errorf("column %d is a binary fraction; marts publish decimals", i+1)
		case fmt.Stringer:
			b = appendText(b, v.String())
		default:
			b = appendText(b, fmt.Sprint(v))
		}
	}
	return append(b, '\n'), nil
}

func appendTime(b []byte, t time.Time) []byte {
	t = t.UTC()
	if t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0 && t.Nanosecond() == 0 {
		return t.AppendFormat(b, time.DateOnly)
	}
	s := t.Format("2006-01-02 15:04:05.999999")
	return append(b, s...)
}

var copyEscapes = strings.NewReplacer("\\", `\\`, "\b", `\b`, "\f", `\f`, "\n", `\n`, "\r", `\r`, "\t", `\t`, "\v", `\v`)

func appendText(b []byte, s string) []byte {
	if strings.ContainsAny(s, "\\\b\f\n\r\t\v") {
		s = copyEscapes.Replace(s)
	}
	return append(b, s...)
}
