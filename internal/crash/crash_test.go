package crash

import (
	"context"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

func TestPointsListsEveryConstant(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "points.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var declared []Point
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		text, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		declared = append(declared, Point(text))
		return true
	})
	if got := Points(); !slices.Equal(got, declared) {
		t.Errorf("Points() is %v\ndeclared %v", got, declared)
	}
	seen := map[Point]bool{}
	for _, p := range declared {
		if seen[p] || !strings.Contains(string(p), ".") {
			t.Errorf("%s: twice, or not room.step", p)
		}
		seen[p] = true
	}
}

func TestHook(t *testing.T) {
	var hit []Point
	ctx := With(context.Background(), func(p Point) { hit = append(hit, p) })
	t.Setenv(envPoint, string(PublishMoved)) // the hook comes first
	Hit(ctx, PublishMoved)
	Hit(ctx, RunFinished)
	if !slices.Equal(hit, []Point{PublishMoved, RunFinished}) {
		t.Errorf("hit %v", hit)
	}
}

func TestWithoutSettingsNothingHappens(t *testing.T) {
	for _, p := range Points() {
		Hit(t.Context(), p)
	}
}

// TestVictim is the process that TestKill starts.
func TestVictim(t *testing.T) {
	if os.Getenv("CRASH_TEST_VICTIM") == "" {
		t.Skip("only as the child of TestKill")
	}
	for range 3 {
		Hit(t.Context(), StageRenamed)
		Hit(t.Context(), PublishMoved)
	}
}

func TestKill(t *testing.T) {
	for _, c := range []struct {
		name, point, log string
		killed           bool
	}{
		{"at a point", "publish.moved", "stage.renamed publish.moved", true},
		{"at another point", "run.finished", strings.TrimSpace(strings.Repeat("stage.renamed publish.moved ", 3)), false},
		{"nowhere", "", strings.TrimSpace(strings.Repeat("stage.renamed publish.moved ", 3)), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			log := filepath.Join(t.TempDir(), "log")
			cmd := exec.Command(os.Args[0], "-test.run=^TestVictim$")
			cmd.Env = append(os.Environ(), "CRASH_TEST_VICTIM=1", envPoint+"="+c.point, envLog+"="+log)
			err := cmd.Run()
			var exit *exec.ExitError
			if c.killed {
				if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
					t.Errorf("ended with %v", err)
				}
			} else if err != nil {
				t.Errorf("ended with %v", err)
			}
			text, err := os.ReadFile(log)
			if got := strings.Join(strings.Fields(string(text)), " "); err != nil || got != c.log {
				t.Errorf("log %q (%v), want %q", got, err, c.log)
			}
		})
	}
}
