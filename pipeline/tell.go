package pipeline

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"lumbung/internal/disk"
	"lumbung/pipeline/config"
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
			compared[n.known] = compareCounts(ctx, changes, n.known, n.snapshot)
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

// compareCounts says which counts differ. That it cannot be said is no reason to say nothing.
func compareCounts(ctx context.Context, changes Changes, from, to string) []string {
	ctx, cancel := context.WithTimeout(ctx, comparePatience)
	defer cancel()
	lines, err := changes(ctx, from, to)
	if err != nil {
		lines = append(lines, "the counts could not be compared: "+oneLine(err.Error()))
	}
	return lines
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
