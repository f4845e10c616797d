package contract

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
)

// Expr is a comparison of columns and numbers, such as
// "balita_stunting <= balita_diukur" or "abs(a + b - c) <= 0.01 and a > 0".
// It knows + - * / ( ), abs, the comparisons < <= > >= = !=, and, or.
type Expr struct {
	Text string
	cols []string
	eval func(get Getter) (v float64, known bool)
}

// Getter gives the value of a table column; known is false for an empty one.
type Getter func(column int) (v float64, known bool)

// Holds evaluates the comparison. An expression that meets an empty value
// holds: emptiness is the business of required.
func (e *Expr) Holds(get Getter) bool {
	v, known := e.eval(get)
	return !known || v != 0
}

// columns are the table columns that the expression reads; none of a nil one.
func (e *Expr) columns() []string {
	if e == nil {
		return nil
	}
	return e.cols
}

// equalTolerance absorbs binary rounding in sums of decimals of up to 15 digits.
const equalTolerance = 1e-9

// ParseExpr compiles an expression over the columns of a table.
func ParseExpr(text string, t *Table) (*Expr, error) {
	p := &exprParser{text: text, table: t}
	if err := p.lex(); err != nil {
		return nil, fmt.Errorf("expr %q: %w", text, err)
	}
	f, err := p.or()
	if err == nil && p.pos < len(p.toks) {
		err = fmt.Errorf("%q is not expected here", p.toks[p.pos])
	}
	if err != nil {
		return nil, fmt.Errorf("expr %q: %w", text, err)
	}
	if !p.compared {
		return nil, fmt.Errorf("expr %q: a comparison such as a <= b is wanted", text)
	}
	return &Expr{Text: text, cols: p.cols, eval: f}, nil
}

type evalFunc = func(Getter) (float64, bool)

type exprParser struct {
	text     string
	table    *Table
	toks     []string
	cols     []string
	pos      int
	depth    int
	compared bool
}

func (p *exprParser) lex() error {
	s := p.text
	for len(s) > 0 {
		c := rune(s[0])
		n := 1
		switch {
		case unicode.IsSpace(c):
			s = s[1:]
			continue
		case unicode.IsLetter(c) || c == '_':
			for n < len(s) && (unicode.IsLetter(rune(s[n])) || unicode.IsDigit(rune(s[n])) || s[n] == '_') {
				n++
			}
		case unicode.IsDigit(c):
			for n < len(s) && (unicode.IsDigit(rune(s[n])) || s[n] == '.') {
				n++
			}
		case strings.HasPrefix(s, "<=") || strings.HasPrefix(s, ">=") || strings.HasPrefix(s, "!="):
			n = 2
		case strings.ContainsRune("+-*/()<>=", c):
		default:
			return fmt.Errorf("character %q is not part of the language", c)
		}
		p.toks = append(p.toks, s[:n])
		s = s[n:]
	}
	return nil
}

func (p *exprParser) peek() string {
	if p.pos < len(p.toks) {
		return p.toks[p.pos]
	}
	return ""
}

func (p *exprParser) accept(toks ...string) string {
	for _, t := range toks {
		if p.peek() == t {
			p.pos++
			return t
		}
	}
	return ""
}

// chain parses a left-associative run of operators over the next level.
func (p *exprParser) chain(next func() (evalFunc, error), apply func(op string, a, b float64) float64, ops ...string) (evalFunc, error) {
	left, err := next()
	if err != nil {
		return nil, err
	}
	for {
		op := p.accept(ops...)
		if op == "" {
			return left, nil
		}
		right, err := next()
		if err != nil {
			return nil, err
		}
		l := left
		left = func(g Getter) (float64, bool) {
			a, ok := l(g)
			b, ok2 := right(g)
			return apply(op, a, b), ok && ok2
		}
	}
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func (p *exprParser) or() (evalFunc, error) {
	return p.chain(p.and, func(_ string, a, b float64) float64 { return truth(a != 0 || b != 0) }, "or")
}

func (p *exprParser) and() (evalFunc, error) {
	return p.chain(p.comparison, func(_ string, a, b float64) float64 { return truth(a != 0 && b != 0) }, "and")
}

func (p *exprParser) comparison() (evalFunc, error) {
	before := p.pos
	f, err := p.chain(p.sum, compare, "<=", ">=", "!=", "<", ">", "=")
	for _, t := range p.toks[before:p.pos] {
		p.compared = p.compared || strings.Contains("<= >= != < > =", t)
	}
	return f, err
}

func compare(op string, a, b float64) float64 {
	tol := equalTolerance * math.Max(1, math.Max(math.Abs(a), math.Abs(b)))
	equal := math.Abs(a-b) <= tol
	switch op {
	case "<=":
		return truth(a <= b || equal)
	case ">=":
		return truth(a >= b || equal)
	case "<":
		return truth(a < b && !equal)
	case ">":
		return truth(a > b && !equal)
	case "!=":
		return truth(!equal)
	}
	return truth(equal)
}

func (p *exprParser) sum() (evalFunc, error) {
	return p.chain(p.product, func(op string, a, b float64) float64 {
		if op == "-" {
			return a - b
		}
		return a + b
	}, "+", "-")
}

func (p *exprParser) product() (evalFunc, error) {
	return p.chain(p.factor, func(op string, a, b float64) float64 {
		if op == "/" {
			return a / b
		}
		return a * b
	}, "*", "/")
}

func (p *exprParser) factor() (evalFunc, error) {
	if p.depth++; p.depth > 100 {
		return nil, fmt.Errorf("nested too deep")
	}
	defer func() { p.depth-- }()
	tok := p.peek()
	if tok == "" {
		return nil, fmt.Errorf("ends too early")
	}
	p.pos++
	switch {
	case tok == "-":
		f, err := p.factor()
		return func(g Getter) (float64, bool) { v, ok := f(g); return -v, ok }, err
	case tok == "(":
		return p.closed(p.or)
	case tok == "abs":
		if p.accept("(") == "" {
			return nil, fmt.Errorf("abs wants ( )")
		}
		f, err := p.closed(p.sum)
		return func(g Getter) (float64, bool) { v, ok := f(g); return math.Abs(v), ok }, err
	case unicode.IsDigit(rune(tok[0])):
		n, err := strconv.ParseFloat(tok, 64)
		return func(Getter) (float64, bool) { return n, true }, err
	}
	i, ok := p.table.Column(tok)
	if !ok {
		return nil, fmt.Errorf("column %q does not exist in table %s", tok, p.table.Name)
	}
	if p.table.Columns[i].Type.IsText() {
		return nil, fmt.Errorf("column %q is text", tok)
	}
	p.cols = append(p.cols, tok)
	return func(g Getter) (float64, bool) { return g(i) }, nil
}

func (p *exprParser) closed(inner func() (evalFunc, error)) (evalFunc, error) {
	f, err := inner()
	if err != nil {
		return nil, err
	}
	if p.accept(")") == "" {
		return nil, fmt.Errorf("( is not closed")
	}
	return f, nil
}
