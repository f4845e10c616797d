package pipeline

import (
	"fmt"
	"strings"
	"time"

	"lumbung/pipeline/config"
	"lumbung/pipeline/ledger"
	"lumbung/pipeline/notify"
)

// releaseSubject is what notices of published snapshots go by; their state is the snapshot's id.
const releaseSubject = "release"

// news is what one channel has not been told yet.
type news struct {
	c         *config.Channel
	published string          // what is published now
	snapshot  string          // the same, when the channel is to be told
	known     string          // the snapshot that it was told of last
	lines     []string        // of the message
	head      []string        // what the title says of them
	notices   []ledger.Notice // for the ledger, once the message has arrived
}

func newsFor(c *config.Channel, st *Status, told []ledger.Notice, now time.Time) *news {
	n := &news{c: c, published: st.Snapshot}
	before := map[string]ledger.Notice{}
	for _, t := range told {
		if t.Channel == c.Name {
			before[t.Subject] = t
		}
	}
	n.problems(st.Problems(), before, now)
	for _, t := range told {
		if t.Channel == c.Name && t.Subject != releaseSubject && before[t.Subject].State != "" {
			n.note(t.Subject, "")
			if c.Wants(notify.Recovery) {
				n.say("recovered", fmt.Sprintf("recovered: %s, %s since %s", t.Subject, t.State, t.Told.In(now.Location()).Format("2006-01-02 15:04")))
			}
		}
	}
	if n.known = before[releaseSubject].State; st.Snapshot != "" && st.Snapshot != n.known && c.Wants(notify.Release) {
		n.note(releaseSubject, st.Snapshot)
		n.say("new release", "published: snapshot "+st.Snapshot)
		n.snapshot = st.Snapshot
	}
	return n
}

// problems says those that are new, of another kind, or due for a reminder, and takes them out of before.
func (n *news) problems(now []Problem, before map[string]ledger.Notice, at time.Time) {
	for _, problem := range now {
		was := before[problem.Subject]
		delete(before, problem.Subject)
		if !n.c.Wants(problem.Kind) || was.State == problem.Kind && at.Sub(was.Told) < n.c.RemindAfter {
			continue
		}
		n.note(problem.Subject, problem.Kind)
		text := oneLine(problem.Text)
		if was.State == problem.Kind {
			text = "still so: " + text
		}
		n.say("needs a person", text)
	}
}

func (n *news) note(subject, state string) {
	n.notices = append(n.notices, ledger.Notice{Channel: n.c.Name, Subject: subject, State: state})
}

func (n *news) say(head, line string) {
	if len(n.head) == 0 || n.head[len(n.head)-1] != head {
		n.head = append(n.head, head)
	}
	n.lines = append(n.lines, line)
}

func (n *news) headline() string { return strings.Join(n.head, ", ") }

// maxLine is what one trouble may take of a message, in characters.
const maxLine = 600

func oneLine(s string) string {
	text := []rune(strings.Join(strings.Fields(s), " "))
	if len(text) > maxLine {
		text = append(text[:maxLine], []rune(" …")...)
	}
	return string(text)
}
