package contract

import (
	"fmt"
	"regexp"
	"strconv"

	"github.com/apache/arrow/go/v17/arrow"
)

// Kind is a column type of the staged tables.
type Kind uint8

const (
	Code Kind = iota + 1
	Year
	Integer
	BigInt
	Decimal
	Text
	Category
	Date
	Boolean
)

var kindNames = map[string]Kind{
	"code": Code, "year": Year, "integer": Integer, "bigint": BigInt, "text": Text,
	"category": Category, "date": Date, "boolean": Boolean,
}

// Type is a column type with its parameters.
type Type struct {
	Kind      Kind
	Precision int // Decimal only, at most 18
	Scale     int // Decimal only
	name      string
}

var decimalType = regexp.MustCompile(`^decimal\((\d{1,2}),(\d{1,2})\)$`)

// ParseType reads a type name such as "code" or "decimal(10,8)".
func ParseType(s string) (Type, error) {
	if k, ok := kindNames[s]; ok {
		return Type{Kind: k, name: s}, nil
	}
	if m := decimalType.FindStringSubmatch(s); m != nil {
		p, _ := strconv.Atoi(m[1])
		sc, _ := strconv.Atoi(m[2])
		if p < 1 || p > 18 || sc > p {
			return Type{}, fmt.Errorf("type %s: precision is 1..18 and scale at most the precision", s)
		}
		return Type{Kind: Decimal, Precision: p, Scale: sc, name: s}, nil
	}
	return Type{}, fmt.Errorf("type %q is not one of code, year, integer, bigint, decimal(p,s), text, category, date, boolean", s)
}

func (t Type) String() string { return t.name }

// IsText says whether values of the type are kept as text.
func (t Type) IsText() bool { return t.Kind == Text || t.Kind == Category }

// Arrow is the Arrow type in which the column is staged.
func (t Type) Arrow() arrow.DataType {
	switch t.Kind {
	case Code, BigInt:
		return arrow.PrimitiveTypes.Int64
	case Year:
		return arrow.PrimitiveTypes.Int16
	case Integer:
		return arrow.PrimitiveTypes.Int32
	case Decimal:
		return &arrow.Decimal128Type{Precision: int32(t.Precision), Scale: int32(t.Scale)}
	case Date:
		return arrow.FixedWidthTypes.Date32
	case Boolean:
		return arrow.FixedWidthTypes.Boolean
	default:
		return arrow.BinaryTypes.String
	}
}
