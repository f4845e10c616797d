// Package notify tells people what became of runs: messages over webhooks and mail, each within a short deadline.
package notify

import (
	"context"
	"strings"
	"time"
)

// Deadline bounds one delivery, its connection included: a channel that hangs holds nobody up.
const Deadline = 5 * time.Second

// What people can be told of.
const (
	Failure  = "failure"  // a run failed or died, or nothing is published
	Refusal  = "refusal"  // an audit refused a run, or a source has no release that can be used
	Stale    = "stale"    // a source failed, an older copy of it is used
	Late     = "late"     // nothing new within the time that a source declares
	Recovery = "recovery" // what people were told of is over
	Release  = "release"  // a snapshot was published
)

// Kinds are all of them, in the order of documentation.
func Kinds() []string { return []string{Failure, Refusal, Stale, Late, Recovery, Release} }

// Message is what people are told in one go.
type Message struct {
	Project  string    `json:"project"`
	Title    string    `json:"title"` // one line
	Lines    []string  `json:"lines"`
	Snapshot string    `json:"snapshot,omitempty"` // what is published
	Time     time.Time `json:"time"`
}

// maxText is what a message may have, in characters; Telegram takes 4,096.
const maxText = 3500

// Text is the message as plain text: its title, then a line for each item.
func (m Message) Text() string {
	text := []rune(m.Title + "\n" + strings.Join(m.Lines, "\n"))
	if len(text) > maxText {
		text = append(text[:maxText], []rune(" …")...)
	}
	return string(text)
}

// Sender delivers messages. Its errors hold no secret.
type Sender interface {
	Send(ctx context.Context, m Message) error
}
