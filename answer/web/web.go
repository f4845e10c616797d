// Package web serves the read-only dashboard: pages, downloads and a health check over a project's published snapshots.
package web

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"time"

	"lumbung/answer"
)

//go:embed templates static petak
var embedded embed.FS

// Options say what is served, and to whom.
type Options struct {
	DataDir  string         // the project's data directory
	Engine   Engine         // that answers; nil: the snapshots of DataDir
	Area     string         // dotted code of the area on the start page; "" is Indonesia
	Hosts    []string       // names that a request's Host may have beside localhost and loopback addresses
	Location *time.Location // of times on pages; nil is UTC
	// Runs lists the last runs, newest first; nil: no history is shown.
	Runs func(ctx context.Context) ([]Run, error)
	// Sources leads to the raw objects; nil: only the place of a row is shown, not the text of its cells.
	Sources *answer.Sources
	Log     *slog.Logger
	// Clock is the time of "printed on" and of the once-a-second look at current; nil is time.Now.
	Clock func() time.Time
}

// Engine has snapshots. Current tells one that is current from any other;
// Open opens the one that asOf names, or the current one for "".
type Engine interface {
	Current(ctx context.Context) (string, error)
	Open(ctx context.Context, asOf string) (*answer.Reader, error)
}

// Run is one entry of the run history.
type Run struct {
	ID                string
	Started, Finished time.Time
	Outcome           string // published, unchanged, refused, failed, interrupted, running, missed
	Snapshot, Error   string
	In, Loaded        int64
	Quarantined       int64
	Skipped           int64
}

// Server is the dashboard. Close it after its handler has answered the last request.
type Server struct {
	opt     Options
	snaps   *readers
	pages   map[string]*template.Template
	assets  string // hash of style sheet, script and templates
	tiles   map[string]tileMap
	light   *gate // pages
	heavy   *gate // downloads and long lists
	timeout time.Duration
}

// queryTimeout bounds one request's queries; each of another engine takes a fixed time, whatever it reads.
const (
	queryTimeout  = 10 * time.Second
	engineTimeout = 40 * time.Second
)

// New prepares a server; it opens no snapshot before the first request.
func New(opt Options) (*Server, error) {
	if opt.Location == nil {
		opt.Location = time.UTC
	}
	if opt.Clock == nil {
		opt.Clock = time.Now
	}
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	if opt.Area == "" {
		opt.Area = "0"
	}
	timeout := engineTimeout
	if opt.Engine == nil {
		opt.Engine, timeout = onDisk(opt.DataDir), queryTimeout
	}
	s := &Server{opt: opt, snaps: newReaders(opt.Engine, opt.Clock, opt.Runs), light: newGate(4, 64), heavy: newGate(1, 8), timeout: timeout}
	var err error
	if s.pages, err = parsePages(embedded); err != nil {
		return nil, err
	}
	if s.tiles, err = readTiles(embedded); err != nil {
		return nil, err
	}
	s.assets, err = hashOf(embedded)
	return s, err
}

func hashOf(fsys fs.FS) (string, error) {
	h := sha256.New()
	err := fs.WalkDir(fsys, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := fs.ReadFile(fsys, name)
		h.Write(b)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("dashboard assets: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil))[:12], nil
}

// The limits on a connection. A page is rendered in memory, so a slow reader holds a connection but no query.
const (
	headerTimeout = 5 * time.Second
	readTimeout   = 10 * time.Second
	writeTimeout  = 60 * time.Second
	idleTimeout   = 60 * time.Second
	maxHeader     = 16 << 10
	maxConns      = 2048
	shutdownGrace = 10 * time.Second
)

// Serve answers requests until ctx ends, and then lets those under way finish.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	srv := &http.Server{
		Handler: s.Handler(), ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout,
		IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader, ErrorLog: slog.NewLogLogger(s.opt.Log.Handler(), slog.LevelWarn),
	}
	done := make(chan error, 1)
	go func() { done <- srv.Serve(limitListener(l, maxConns)) }()
	select {
	case err := <-done:
		return fmt.Errorf("dashboard on %s: %w", l.Addr(), err)
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownGrace)
	defer cancel()
	err := srv.Shutdown(grace)
	if served := <-done; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}

// Close closes the snapshots.
func (s *Server) Close() error { return s.snaps.close() }
