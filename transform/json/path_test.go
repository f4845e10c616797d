package json

import (
	"strings"
	"testing"
)

func TestPaths(t *testing.T) {
	const desa = `{"k":"64","kec":[{"k":"6402","ds":[["01","A"],["02","B"]],"n":2},{"k":"6403","ds":[["03",null]],"n":1}],"x":{"y":[{"z":7}]}}`
	tests := []struct {
		name, doc, rows string
		columns         []string
		want            []string
		refs            string // of the last row
	}{
		{"nested arrays", desa, "kec[*].ds[*]", []string{"k", "kec[*].k", "@[0]", "@[1]"},
			[]string{`"64" "6402" "01" "A"`, `"64" "6402" "02" "B"`, `"64" "6403" "03" -`}, "/k /kec/1/k /kec/1/ds/0/0 /kec/1/ds/0/1"},
		{"values behind the rows", desa, "kec[*].ds[*]", []string{"@[0]", "kec[*].n", "x.y[0].z"},
			[]string{`"01" 2 7`, `"02" 2 7`, `"03" 1 7`}, "/kec/1/ds/0/0 /kec/1/n /x/y/0/z"},
		{"absent values", desa, "kec[*].ds[*]", []string{"@[0]", "@[9]", "kec[*].q", "q", "x.y[3].z"},
			[]string{`"01" - - - -`, `"02" - - - -`, `"03" - - - -`}, "/kec/1/ds/0/0 /kec/1/ds/0/9 /kec/1/q /q /x/y/3/z"},
		{"the same path twice", desa, "kec[*]", []string{"@.k", "kec[*].k", "@.k"}, []string{`"6402" "6402" "6402"`, `"6403" "6403" "6403"`}, "/kec/1/k /kec/1/k /kec/1/k"},
		{"scalars with keys", `{"6402":"505","6403":"123"}`, "*", []string{"@key", "@"}, []string{`"6402" "505"`, `"6403" "123"`}, "/6403 /6403"},
		{"entries of a nested object", `{"d":{"a":{"v":1,"w":[2]},"b/c":{"w":[3,4]}}}`, "d.*", []string{"@key", "@.v", "@.w[1]"},
			[]string{`"a" 1 -`, `"b/c" - 4`}, "/d/b~1c /d/b~1c/v /d/b~1c/w/1"},
		{"array in object entries", `{"a":[1,2],"b":[3]}`, "*[*]", []string{"@"}, []string{"1", "2", "3"}, "/b/0"},
		{"object entries in an array", `[{"a":1},{"b":2,"c":3}]`, "[*].*", []string{"@key", "@"}, []string{`"a" 1`, `"b" 2`, `"c" 3`}, "/1/c /1/c"},
		{"array at the root", `[true,false,null,"",0]`, "[*]", []string{"@"}, []string{"true", "false", "-", `""`, "0"}, "/4"},
		{"the whole document", `{"a":{"b":1},"c":[5]}`, "", []string{"@.a.b", "c[0]"}, []string{"1 5"}, "/a/b /c/0"},
		{"one record on a path", `{"m":{"s":{"a":1}},"n":2}`, "m.s", []string{"@.a", "n"}, []string{"1 2"}, "/m/s/a /n"},
		{"one element", `[[1],[2]]`, "[1][*]", []string{"@"}, []string{"2"}, "/1/0"},
		{"a record inside an element", `[{"r":{"v":1},"q":"x"},{"q":"y","r":{"v":2}}]`, "[*].r", []string{"@.v", "[*].q"}, []string{`1 "x"`, `2 "y"`}, "/1/r/v /1/q"},
		{"no rows", `{"kec":[]}`, "kec[*].ds[*]", []string{"@"}, nil, ""},
		{"escaped member name", `{"a\u0062":[1]}`, "ab[*]", []string{"@"}, []string{"1"}, "/ab/0"},
		{"null where a path goes on", `[{"a":null},{"a":{"b":1}}]`, "[*]", []string{"@.a.b"}, []string{"-", "1"}, "/1/a/b"},
		{"byte order marks", "\uFEFF\uFEFF[1]", "[*]", []string{"@"}, []string{"1"}, "/0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rows, r, err := all(strings.NewReader(tt.doc), Config{Rows: tt.rows, Columns: tt.columns})
			if err != nil {
				t.Fatal(err)
			}
			sameRows(t, rows, tt.want...)
			var refs []string
			for i := range tt.columns {
				if len(rows) > 0 {
					refs = append(refs, r.Ref(len(rows), i))
				}
			}
			if got := strings.Join(refs, " "); got != tt.refs {
				t.Errorf("refs %q, want %q", got, tt.refs)
			}
		})
	}
}

func TestConfigRefused(t *testing.T) {
	tests := []struct {
		rows, column, want string
	}{
		{"a[", "@", "not closed"},
		{"a[x]", "@", "neither [*] nor an index"},
		{"a[-1]", "@", "neither [*] nor an index"},
		{"a[99999]", "@", "index from 0 to 9999"},
		{"a..b", "@", "no member name"},
		{"a[*]b", "@", "dot is missing"},
		{"a", "@.", "use @"},
		{"a[*]", "", `"@"`},
		{"a[*]", "@x", "use @"},
		{"a[*]", "@key", "entries of an object"},
		{"a[*].b[*]", "a[*].c[*]", "names many values"},
		{"a[*]", "b.*", "names many values"},
		{"a[*].b[*]", "a[*].b", "rows go through it"},
		{"a[*]", "a[0]", "does not go together"},
		{"*", "meta", "does not go together"},
	}
	for _, tt := range tests {
		_, err := Open(strings.NewReader("[]"), Config{Rows: tt.rows, Columns: []string{tt.column}})
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("rows %q, column %q: %v; want %q", tt.rows, tt.column, err, tt.want)
		}
	}
	for _, s := range []Skip{{Name: "s", Path: "@.a"}, {Name: "s", Path: "kec[*].a"}, {Name: "s", Path: "kec"}} {
		if _, err := Open(strings.NewReader("[]"), Config{Rows: "kec[*]", SkipPart: []Skip{s}}); err == nil {
			t.Errorf("skip_part %q was taken", s.Path)
		}
	}
	if _, err := Open(strings.NewReader("[]"), Config{Lines: true, SkipPart: []Skip{{Name: "s", Path: "a"}}}); err == nil {
		t.Error("skip_part together with lines was taken")
	}
}

func TestMisshapen(t *testing.T) {
	tests := []struct {
		doc, rows, column, want string
	}{
		{`{"a":[[1]]}`, "a[*]", "@", "/a/0: is an array where the path a[*] names a single value"},
		{`{"a":[{"b":{}}]}`, "a[*]", "@.b", "/a/0/b: is an object where"},
		{`{"a":[{"b":"x"}]}`, "a[*]", "@.b.c", "/a/0/b: is a text where the path a[*].b goes on into an object"},
		{`{"a":[{"b":{}}]}`, "a[*]", "@.b[0]", "is an object where the path a[*].b goes on into an array"},
		{`{"a":[[1]]}`, "a[*]", "@.b", "is an array where"},
		{`{"a":{}}`, "a[*]", "@", "/a: is not an array"},
		{`{"a":null}`, "a[*]", "@", "/a: is not an array"},
		{`{"b":[]}`, "a[*]", "@", "there is no a"},
		{`{"a":[{"r":[1]},{"q":[2]}]}`, "a[*].r[*]", "@", "/a/1/q: there is no r"},
		{`[[1]]`, "[1][*]", "@", "there is no [1]"},
		{`[]`, "a[*]", "@", "is not an object"},
	}
	for _, tt := range tests {
		_, _, err := all(strings.NewReader(tt.doc), Config{Rows: tt.rows, Columns: []string{tt.column}})
		wantRefused(t, err, tt.want)
	}
}
