package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"

	"lumbung/answer"
	"lumbung/answer/web/kalimat"
	"lumbung/load/snapshot"
	"lumbung/load/trino"
	"lumbung/sql"
)

// request is one request with the snapshot that it reads.
type request struct {
	*state
	http *http.Request
	lang kalimat.Lang
	path string // without the prefix of the language
	pin  string
}

// view makes the body of a page. It reads the snapshot and nothing else.
type view func(ctx context.Context, q *request) (*page, error)

// Handler is the dashboard as a handler.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	for pattern, v := range map[string]view{
		"/{$}": s.home, "/{kode}": s.area, "/{kode}/{bagian}": s.section,
		"/cocokkan": s.check, "/berkas/{mart}": s.slices, "/mutu": s.quality, "/karantina/{id}": s.finding, "/pembaruan": s.runs, "/cari": s.search,
		"/asal/mart_tren_status/{kode}/{tahun}/{status}":                   s.number,
		"/asal/mart_tren_status/{kode}/{tahun}/{status}/perubahan":         s.change,
		"/asal/mart_transisi/{kode}/{dari}/{ke}/{status_dari}/{status_ke}": s.moved,
		"/asal/mart_profil_desa/{kode}/{tahun}":                            s.row,
		"/asal/fct_indikator/{kode}/{tahun}/{nomor}":                       s.indicator,
		"/asal/mart_rekonsiliasi/{id}/{kode}/{tahun}/{status}":             s.claim,
		"/asal/mart_program/{kode}/{tahun}":                                s.programmeNumber,
	} {
		mux.Handle(pattern, s.page(v))
	}
	mux.HandleFunc("/unduh/{kode}/{berkas}", s.download)
	mux.HandleFunc("/unduh/mart/{mart}/{berkas}", s.martFile)
	mux.HandleFunc("/sehat", s.health)
	mux.HandleFunc("/statis/{nama}", s.static)
	mux.Handle("/", s.page(func(context.Context, *request) (*page, error) { return nil, errNoPage }))
	return s.guard(s.recovered(s.language(mux)))
}

var errNoPage = errors.New("no such page")

type langKey struct{}

// language takes the /en prefix off the path.
func (s *Server) language(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		lang := kalimat.ID
		if rest, ok := strings.CutPrefix(r.URL.Path, "/en"); ok && (rest == "" || rest[0] == '/') {
			lang = kalimat.EN
			u := *r.URL
			u.Path, u.RawPath = rest, ""
			if rest == "" {
				u.Path = "/"
			}
			r = r.Clone(r.Context())
			r.URL = &u
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), langKey{}, lang)))
	})
}

func langOf(r *http.Request) kalimat.Lang {
	l, _ := r.Context().Value(langKey{}).(kalimat.Lang)
	if l == "" {
		return kalimat.ID
	}
	return l
}

// recovered turns a panic into the error page; the details go to the log only.
func (s *Server) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if v := recover(); v != nil {
				if err, ok := v.(error); ok && errors.Is(err, http.ErrAbortHandler) {
					panic(v)
				}
				s.opt.Log.Error("panic in a page", "path", r.URL.Path, "panic", fmt.Sprint(v), "stack", string(debug.Stack()))
				s.sendError(w, r, nil, http.StatusInternalServerError, fmt.Errorf("panic: %v", v))
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// page answers with a view.
func (s *Server) page(v view) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), s.timeout)
		defer cancel()
		q, err := s.begin(ctx, r)
		if err != nil {
			s.fail(w, r, nil, err)
			return
		}
		defer s.end(q)
		tag := s.etag(q)
		if matches(r.Header.Get("If-None-Match"), tag) {
			w.Header().Set("ETag", tag)
			w.WriteHeader(http.StatusNotModified)
			return
		}
		leave, err := s.light.enter(ctx)
		if err != nil {
			s.fail(w, r, q, err)
			return
		}
		defer leave()
		p, err := v(ctx, q)
		if err != nil {
			s.fail(w, r, q, err)
			return
		}
		if p.redirect != "" {
			http.Redirect(w, r, p.Href(p.redirect), http.StatusFound)
			return
		}
		body, err := s.render(p)
		if err != nil {
			s.fail(w, r, q, err)
			return
		}
		w.Header().Set("ETag", tag)
		send(w, r, max(p.status, http.StatusOK), "text/html; charset=utf-8", body)
	})
}

// begin takes the snapshot that a request reads.
func (s *Server) begin(ctx context.Context, r *http.Request) (*request, error) {
	pin := r.URL.Query().Get("potret")
	st, err := s.snaps.take(ctx, pin)
	if err != nil {
		return nil, err
	}
	return &request{state: st, http: r, lang: langOf(r), path: r.URL.Path, pin: pin}, nil
}

func (s *Server) end(q *request) {
	if err := q.done(); err != nil {
		s.opt.Log.Warn("snapshot close", "snapshot", q.Snap.ID(), "error", err)
	}
}

// etag changes with all that a page shows: snapshot, language, address, runs, damage, day, and the templates.
func (s *Server) etag(q *request) string {
	run := ""
	if len(q.History) > 0 {
		run = q.History[0].ID + q.History[0].Outcome
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%s\n%s\n%s\n%s\n%v\n%s", q.Snap.ID(), q.lang, q.http.URL.RequestURI(), s.assets, run, q.Damage,
		s.opt.Clock().In(s.opt.Location).Format("2006-01-02")))
	return `W/"` + hex.EncodeToString(sum[:12]) + `"`
}

func matches(header, tag string) bool {
	for _, t := range strings.Split(header, ",") {
		if t = strings.TrimSpace(t); t == tag || t == strings.TrimPrefix(tag, "W/") || t == "*" {
			return true
		}
	}
	return false
}

func (s *Server) render(p *page) ([]byte, error) {
	var buf bytes.Buffer
	if err := s.pages[p.template].ExecuteTemplate(&buf, "bingkai", p); err != nil {
		return nil, fmt.Errorf("page %s: %w", p.template, err)
	}
	return buf.Bytes(), nil
}

// fail chooses the error page.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, q *request, err error) {
	var unknown *answer.UnknownAreaError
	var ambiguous *answer.AmbiguousError
	var damaged *snapshot.DamagedError
	var gone *trino.GoneError
	var outdated *sql.OutdatedError
	var network net.Error
	switch {
	case errors.Is(err, errBusy):
		w.Header().Set("Retry-After", "5")
		s.sendError(w, r, q, http.StatusServiceUnavailable, err)
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		s.sendError(w, r, q, http.StatusServiceUnavailable, context.DeadlineExceeded)
	case errors.Is(err, snapshot.ErrNone), errors.As(err, &damaged), errors.As(err, &gone), errors.As(err, &outdated), errors.As(err, &network):
		s.sendError(w, r, q, http.StatusServiceUnavailable, err)
	case errors.As(err, &unknown), errors.As(err, &ambiguous), errors.Is(err, errNoPage), errors.Is(err, fs.ErrNotExist), errors.Is(err, errBadAddress), errors.Is(err, errElsewhere):
		s.sendError(w, r, q, http.StatusNotFound, err)
	default:
		s.opt.Log.Error("page", "path", r.URL.Path, "error", err)
		s.sendError(w, r, q, http.StatusInternalServerError, err)
	}
}

// sendError writes an error page; it needs no snapshot.
func (s *Server) sendError(w http.ResponseWriter, r *http.Request, q *request, status int, err error) {
	body, rerr := s.render(s.errorPage(r, q, status, err))
	if rerr != nil {
		s.opt.Log.Error("error page", "error", rerr)
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	send(w, r, status, "text/html; charset=utf-8", body)
}

// health says in JSON whether a snapshot is served: 200 or 503.
func (s *Server) health(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), s.timeout)
	defer cancel()
	status, answer := http.StatusOK, map[string]string{"status": "ok"}
	q, err := s.begin(ctx, r)
	if err != nil {
		status, answer = http.StatusServiceUnavailable, map[string]string{"status": "no snapshot"}
	} else {
		defer s.end(q)
		answer["snapshot"] = q.Snap.ID()
		if q.Damage != nil {
			answer["status"] = "damaged, serving an older snapshot"
		}
	}
	body, err := json.Marshal(answer)
	if err != nil {
		s.fail(w, r, nil, err)
		return
	}
	send(w, r, status, "application/json", body)
}

// static serves the style sheet, the script and the mark; their address carries their hash.
func (s *Server) static(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("nama")
	types := map[string]string{"lumbung.css": "text/css; charset=utf-8", "lumbung.js": "text/javascript; charset=utf-8", "lumbung.svg": "image/svg+xml"}
	body, err := embedded.ReadFile("static/" + url.PathEscape(name))
	if err != nil || types[name] == "" {
		s.fail(w, r, nil, errNoPage)
		return
	}
	if r.URL.Query().Get("v") == s.assets {
		w.Header().Set("Cache-Control", "max-age=31536000, immutable")
	}
	send(w, r, http.StatusOK, types[name], body)
}
