package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/term"

	"lumbung/answer"
	"lumbung/transform/indeks"
)

// matrix prints the moves of two years: rows from, columns to, then the villages that moved.
func (a *app) matrix(ctx context.Context, r *answer.Reader, m *answer.Matrix, f trendFlags) error {
	w := words[f.lang]
	fmt.Fprintf(a.out, w["moves"]+"\n\n", m.Area.Name, m.Area.Code, m.From, m.To)
	names := indeks.Names()
	tab := &table{head: append([]string{strconv.Itoa(m.From) + " \\ " + strconv.Itoa(m.To)}, names...), right: map[int]bool{1: true, 2: true, 3: true, 4: true, 5: true}}
	for i, name := range names {
		row := []string{name}
		for j := range names {
			row = append(row, thousands(m.Counts[i+1][j+1]))
		}
		tab.add(row...)
	}
	if err := tab.as(a.out, f.format); err != nil {
		return err
	}
	fmt.Fprintf(a.out, "\n"+w["up"]+"\n", m.Up(), m.Down(), m.Same())
	movers, _, err := r.Movers(ctx, answer.MoverFilter{Area: m.Area.Code, From: m.From, To: m.To, Moved: true})
	if err != nil {
		return err
	}
	list := &table{head: []string{"kode", "desa", "kecamatan", strconv.Itoa(m.From), strconv.Itoa(m.To)}}
	for _, v := range movers {
		code := v.CodeTo
		if v.CodeFrom != v.CodeTo {
			code = v.CodeFrom + " → " + v.CodeTo
		}
		list.add(code, v.Name, v.District, v.StatusFrom, v.StatusTo)
	}
	if len(list.rows) > 0 {
		fmt.Fprintln(a.out)
		list.print(a.out)
	}
	fmt.Fprintln(a.out)
	return nil
}

// onTerminal says whether a person sees the output as it is written.
func (a *app) onTerminal() bool {
	f, ok := a.out.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// barWidth is how many columns the largest count gets.
const barWidth = 40

// bars draws one bar a status and year, in eighth blocks.
func (a *app) bars(t *answer.Trend, ascii bool) {
	var most int64 = 1
	for _, s := range t.Status {
		for _, n := range s.Counts {
			most = max(most, n)
		}
	}
	if !strings.Contains(strings.ToUpper(os.Getenv("LC_ALL")+os.Getenv("LC_CTYPE")+os.Getenv("LANG")), "UTF") {
		ascii = true
	}
	for _, s := range t.Status {
		fmt.Fprintln(a.out)
		for i, y := range t.Years {
			name := ""
			if i == 0 {
				name = s.Status
			}
			n := s.Counts[strconv.Itoa(y)]
			fmt.Fprintf(a.out, "%-17s %d %5s %s\n", name, y, thousands(n), bar(n, most, ascii))
		}
	}
}

func bar(n, most int64, ascii bool) string {
	if ascii {
		return strings.Repeat("#", int((n*barWidth+most/2)/most))
	}
	eighths := int((n*barWidth*8 + most/2) / most)
	text := strings.Repeat("█", eighths/8)
	if rest := eighths % 8; rest > 0 {
		text += string([]rune("▏▎▍▌▋▊▉")[rest-1])
	}
	return text
}
