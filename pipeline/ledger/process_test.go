package ledger

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// envPath and envRole make the test binary act as another process on a ledger.
const (
	envPath = "LEDGER_TEST_PATH"
	envRole = "LEDGER_TEST_ROLE"
)

func TestOtherProcess(t *testing.T) {
	role := os.Getenv(envRole)
	if role == "" {
		t.Skip("only as the other process of the tests below")
	}
	l, err := Open(t.Context(), os.Getenv(envPath), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	in := bufio.NewScanner(os.Stdin)
	switch role {
	case "publish": // begin, wait, then try to publish
		run, _, err := l.BeginRun(t.Context(), Start{Pipeline: "p"})
		fmt.Println("begun", err)
		in.Scan()
		err = l.Guarded(t.Context(), run.Fence, func() error { return nil })
		fmt.Println("fenced", errors.Is(err, ErrFenced))
	case "die": // be killed inside a transaction that has written
		err := l.begin(t, func() {
			fmt.Println("inside", err)
			in.Scan()
		})
		t.Fatal("not killed", err)
	case "claim":
		fmt.Println("ready")
		in.Scan()
		for i := range claimRounds {
			ok, err := l.Claim(t.Context(), "p", time.Unix(int64(i)*86400, 0))
			if err != nil {
				t.Fatal(err)
			}
			if ok {
				fmt.Println("won", i)
			}
		}
		fmt.Println("end")
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

// begin writes more than the page cache wants to hold and waits in mid-transaction.
func (l *Ledger) begin(t *testing.T, wait func()) error {
	tx, err := l.db.BeginTx(t.Context(), nil)
	if err != nil {
		return err
	}
	if l.server == nil {
		if _, err := tx.Exec("PRAGMA cache_size = 1"); err != nil {
			return err
		}
	}
	for i := range 500 {
		_, err := tx.Exec("INSERT INTO claims (pipeline, instant, claimed, state) VALUES (?, ?, '', 'claimed')", strings.Repeat("x", 500), fmt.Sprint(i))
		if err != nil {
			return err
		}
	}
	wait()
	return tx.Commit()
}

// other is a running other process.
type other struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

func startOther(t *testing.T, role, path string) *other {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestOtherProcess$")
	cmd.Env = append(os.Environ(), envRole+"="+role, envPath+"="+path)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return &other{cmd: cmd, in: in, out: bufio.NewReader(out)}
}

func (o *other) want(t *testing.T, line string) {
	t.Helper()
	if got, err := o.out.ReadString('\n'); strings.TrimSpace(got) != line {
		t.Fatalf("the other process says %q (%v), want %q", got, err, line)
	}
}

func (o *other) proceed(t *testing.T) {
	t.Helper()
	if _, err := fmt.Fprintln(o.in); err != nil {
		t.Fatal(err)
	}
}

// wait reads the rest of the output and waits for the end.
func (o *other) wait(t *testing.T) {
	t.Helper()
	if _, err := io.Copy(io.Discard, o.out); err != nil {
		t.Fatal(err)
	}
	if err := o.cmd.Wait(); err != nil {
		t.Errorf("the other process: %v", err)
	}
}

func TestRunThatWasOvertakenCannotPublish(t *testing.T) {
	path := newPath(t)
	l := openTest(t, path)
	slow := startOther(t, "publish", path)
	slow.want(t, "begun <nil>")
	run, interrupted, err := l.BeginRun(t.Context(), Start{Pipeline: "p"})
	if err != nil || len(interrupted) != 1 {
		t.Fatalf("interrupted %v (%v)", interrupted, err)
	}
	slow.proceed(t)
	slow.want(t, "fenced true")
	slow.wait(t)
	if err := l.CheckFence(t.Context(), run.Fence); err != nil {
		t.Error(err)
	}
}

func TestKillInsideATransaction(t *testing.T) {
	path := newPath(t)
	l := openTest(t, path)
	run, _, err := l.BeginRun(t.Context(), Start{Pipeline: "p"})
	if err != nil {
		t.Fatal(err)
	}
	victim := startOther(t, "die", path)
	victim.want(t, "inside <nil>")
	if _, err := os.Stat(path + "-journal"); err != nil && l.server == nil {
		t.Fatalf("no journal: the test proves nothing (%v)", err)
	}
	if err := victim.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := victim.cmd.Wait(); err == nil {
		t.Error("the killed process ended well")
	}
	again := openTest(t, path)
	if got, _, err := again.Run(t.Context(), run.ID); err != nil || got.Outcome != Running {
		t.Errorf("the run before: %+v (%v)", got, err)
	}
	var n int
	if err := again.db.QueryRow("SELECT count(*) FROM claims").Scan(&n); err != nil || n != 0 {
		t.Errorf("%d rows of a transaction that never ended (%v)", n, err)
	}
	if next, interrupted, err := again.BeginRun(t.Context(), Start{Pipeline: "p"}); err != nil || len(interrupted) != 1 || next.ID != "r000002" {
		t.Errorf("next run %s, interrupted %v (%v)", next.ID, interrupted, err)
	}
}

const claimRounds = 25

func TestProcessesClaimOnce(t *testing.T) {
	path := newPath(t)
	openTest(t, path)
	var others []*other
	for range 4 {
		o := startOther(t, "claim", path)
		o.want(t, "ready")
		others = append(others, o)
	}
	for _, o := range others {
		o.proceed(t)
	}
	won := map[string]int{}
	for _, o := range others {
		for {
			line, err := o.out.ReadString('\n')
			if err != nil {
				t.Fatalf("%q: %v", line, err)
			}
			if line == "end\n" {
				break
			}
			won[line]++
		}
		o.wait(t)
	}
	if len(won) != claimRounds {
		t.Errorf("%d instants were claimed, want %d", len(won), claimRounds)
	}
	for line, n := range won {
		if n != 1 {
			t.Errorf("%q %d times", line, n)
		}
	}
}

func TestRunWhoseProcessIsGone(t *testing.T) {
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	dead := exec.Command(os.Args[0], "-test.run", "^$")
	if err := dead.Run(); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		run  Run
		gone bool
	}{
		"dead":            {Run{Outcome: Running, Host: host, PID: dead.Process.Pid}, true},
		"alive":           {Run{Outcome: Running, Host: host, PID: os.Getpid()}, false},
		"on another host": {Run{Outcome: Running, Host: host + "-lain", PID: dead.Process.Pid}, false},
		"ended":           {Run{Outcome: Published, Host: host, PID: dead.Process.Pid}, false},
	} {
		if got := test.run.Gone(); got != test.gone {
			t.Errorf("%s: gone is %v", name, got)
		}
	}
}
