package pipeline

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"lumbung/internal/disk"
	"lumbung/pipeline/config"
	"lumbung/pipeline/ledger"
	"lumbung/pipeline/notify"
)

// Changes says in a line each which counts differ between two snapshots. from is "" when there was none before.
type Changes func(ctx context.Context, from, to string) ([]string, error)

// Delivery is a message that a channel was given.
type Delivery struct {
	Channel string
	Title   string
	Err     error // why it did not arrive; it is tried again after the next run
}

// comparePatience bounds the comparison of two snapshots for a message.
const comparePatience = 30 * time.Second

// releaseSubject is what notices of published snapshots go by; their state is the snapshot's id.
const releaseSubject = "release"

// Tell gives each channel the news since it was last told. What a channel has
// taken stands in the ledger and is not said again, but for troubles that last
// longer than its `remind`. Deliveries go beside one another, each with a
// deadline. The error is for what kept Tell from finding the news.
func (p *Project) Tell(ctx context.Context, changes Changes) ([]Delivery, error) {
	if len(p.Config.Notify) == 0 {
		return nil, nil
	}
	lock, err := disk.Acquire(filepath.Join(p.Config.DataDir(), "notify.lock"), p.clock())
	if errors.Is(err, disk.ErrBusy) {
		return nil, nil // another process is telling
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = lock.Release() }()
	st, err := p.Status(ctx)
	if err != nil {
		return nil, err
	}
	told, err := p.Ledger.Notices(ctx)
	if err != nil {
		return nil, err
	}
	var all []*news
	compared := map[string][]string{} // by what a channel knows: mostly all know the same
	for i := range p.Config.Notify {
		n := newsFor(&p.Config.Notify[i], &st, told, p.clock())
		all = append(all, n)
		if n.snapshot == "" {
			continue
		}
		if compared[n.known] == nil {
			compared[n.known] = compare(ctx, changes, n.known, n.snapshot)
		}
		n.lines = append(n.lines, compared[n.known]...)
	}
	out := p.deliver(ctx, all)
	for i, n := range all {
		if out[i].Err == nil {
			err = errors.Join(err, p.Ledger.RecordTold(ctx, n.notices))
		}
	}
	return out, err
}

// deliver sends the messages that have something to say.
func (p *Project) deliver(ctx context.Context, all []*news) []Delivery {
	out := make([]Delivery, len(all))
	var sending sync.WaitGroup
	for i, n := range all {
		out[i].Channel = n.c.Name
		if len(n.lines) == 0 {
			continue
		}
		msg := notify.Message{Project: p.Config.Name, Title: p.title() + ": " + n.headline(), Lines: n.lines, Snapshot: n.published, Time: p.clock().In(p.Config.Location)}
		out[i].Title = msg.Title
		sending.Go(func() { out[i].Err = p.send(ctx, n.c, msg) })
	}
	sending.Wait()
	return out
}

// TellTest sends a message to one channel, to see that it arrives.
func (p *Project) TellTest(ctx context.Context, channel string) error {
	for i := range p.Config.Notify {
		if c := &p.Config.Notify[i]; c.Name == channel {
			return p.send(ctx, c, notify.Message{Project: p.Config.Name, Title: p.title() + ": test", Lines: []string{"This channel works."}, Time: p.clock().In(p.Config.Location)})
		}
	}
	return fmt.Errorf("no channel %q under notify in %s", channel, config.FileName)
}

func (p *Project) title() string {
	if p.Config.Title != "" {
		return p.Config.Title
	}
	return p.Config.Name
}

func (p *Project) send(ctx context.Context, c *config.Channel, msg notify.Message) error {
	ctx, cancel := context.WithTimeout(ctx, notify.Deadline)
	defer cancel()
	to, err := p.sender(c)
	if err == nil {
		err = to.Send(ctx, msg)
	}
	if err != nil {
		return fmt.Errorf("channel %s: %w", c.Name, err)
	}
	return nil
}

// sender makes what delivers a channel's messages, with its secrets as they are now.
func (p *Project) sender(c *config.Channel) (notify.Sender, error) {
	roots, err := p.roots(c.CAFile)
	if err != nil {
		return nil, err
	}
	if c.Kind != config.KindMail {
		address, err := secretFrom(c.URLEnv, c.URLFile, p.Config.Dir)
		if err != nil {
			return nil, err
		}
		return notify.NewWebhook(address, c.Body, c.Plain, roots)
	}
	password, err := secretFrom(c.PasswordEnv, c.PasswordFile, p.Config.Dir)
	if err != nil {
		return nil, err
	}
	return &notify.Mail{Server: c.Server, Security: c.Security, From: c.Sender, To: c.Recipients, User: c.User, Password: password, Roots: roots}, nil
}

// roots reads certificates; nil are the system's.
func (p *Project) roots(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	if !filepath.IsAbs(file) {
		file = filepath.Join(p.Config.Dir, file)
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("ca_file: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("ca_file %s: no certificate in PEM form", file)
	}
	return pool, nil
}

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

// compare says which counts differ. That it cannot be said is no reason to say nothing.
func compare(ctx context.Context, changes Changes, from, to string) []string {
	ctx, cancel := context.WithTimeout(ctx, comparePatience)
	defer cancel()
	lines, err := changes(ctx, from, to)
	if err != nil {
		lines = append(lines, "the counts could not be compared: "+oneLine(err.Error()))
	}
	return lines
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
