package json

import (
	"fmt"
	"strings"
	"testing"
)

func TestSurvey(t *testing.T) {
	var many strings.Builder
	for i := range 200 {
		fmt.Fprintf(&many, `"desa %d":{"skor":%d},`, i, i)
	}
	cases := []struct {
		name, rows, doc string
		lines           bool
		want            []string // path, rows, name and number of samples
	}{
		{"members and elements", "", `{"a":1,"b":{"c":"x","d":[1,2]},"e":[{"f":null},{"f":2,"g":3}]}`, false,
			[]string{"a||a 1", "b.c||c 1", "b.d[0]|| 1", "b.d[1]|| 1", "e[*].f|e[*]|f 2", "e[*].g|e[*]|g 1"}},
		{"names of digits are entries", "", `{"6402":{"n":1},"6403":{"n":2,"m":3}}`, false, []string{"*.n|*|n 2", "*.m|*|m 1"}},
		{"so are very many", "", "{" + many.String() + `"desa x":{"skor":1}}`, false, []string{"*.skor|*|skor 201"}},
		{"the path of the rows says so", "*", `{"a":{"n":1},"b":{"n":2}}`, false, []string{"*.n|*|n 2"}},
		{"and of scalars", "r[*]", `{"r":[1,2]}`, false, []string{"r[*]|r[*]| 2"}},
		{"and of one element", "r[0].s[*]", `{"r":[{"s":[{"n":1},{"n":1}]},7]}`, false, []string{"r[0].s[*].n|r[0].s[*]|n 2", "r[1]|| 1"}},
		{"rows of elements", "", `[["a",1],["b",2]]`, false, []string{"[*][0]|[*]| 2", "[*][1]|[*]| 2"}},
		{"lines", "", "{\"a\":1}\n{\"a\":2,\"b\":3}\n", true, []string{"a||a 2", "b||b 1"}},
		{"nothing", "", `{}`, false, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			places, err := Survey(strings.NewReader(c.doc), Config{Rows: c.rows, Lines: c.lines})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, p := range places {
				got = append(got, fmt.Sprintf("%s|%s|%s %d", p.Path, p.Rows, p.Name, len(p.Samples)))
			}
			sameRows(t, got, c.want...)
		})
	}
	for doc, want := range map[string]string{``: "ends in the middle", `{"a":1`: "ends in the middle", `{"a":1,"a":2}`: "twice", `{"a":1}{"a":2}`: "something follows", `{"a":01}`: "not written as JSON numbers",
		strings.Repeat("[", 1000): "nested deeper"} {
		_, err := Survey(strings.NewReader(doc), Config{})
		wantRefused(t, err, want)
	}
}

func TestResolveAndColumn(t *testing.T) {
	for _, c := range []struct{ column, rows, path, parent, shown string }{
		{"@", "*", "*", "", "@"},
		{"@[0]", "kec[*].ds[*]", "kec[*].ds[*][0]", "kec[*].ds[*]", "@[0]"},
		{"@.a.b", "kec[*]", "kec[*].a.b", "kec[*].a", "@.a.b"},
		{"kec[*].k", "kec[*].ds[*]", "kec[*].k", "kec[*]", "kec[*].k"},
		{"tahun", "kec[*]", "tahun", "", "tahun"},
		{"@.a", "", "a", "", "@.a"},
		{"@key", "*", "", "", ""},
	} {
		path, parent, err := Resolve(c.column, c.rows)
		if err != nil || path != c.path || parent != c.parent {
			t.Errorf("%s in %s: %q in %q, %v", c.column, c.rows, path, parent, err)
		}
		if shown := Column(path, c.rows); path != "" && shown != c.shown {
			t.Errorf("%s in %s is shown as %q", path, c.rows, shown)
		}
	}
	if _, _, err := Resolve("@.", ""); err == nil {
		t.Error("a broken path: no error")
	}
}
