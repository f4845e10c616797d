package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path"
	"strings"

	"lumbung/answer"
	"lumbung/load/snapshot"
)

// slicesBody lists the files of a mart.
type slicesBody struct {
	Mart  string
	Files []slice
}

type slice struct {
	Href, Name, SHA256 string
	Bytes, Rows        int64
}

// slices is the page of a mart's own Parquet files.
func (s *Server) slices(_ context.Context, q *request) (*page, error) {
	mart := q.http.PathValue("mart")
	files := q.martFiles(mart)
	if len(files) == 0 {
		return nil, q.noFiles()
	}
	p := s.newPage(q, "berkas", answer.Area{})
	b := slicesBody{Mart: mart}
	for _, f := range files {
		name := path.Base(f.Name)
		b.Files = append(b.Files, slice{p.Href("/unduh/mart/" + mart + "/" + name), name, f.SHA256, f.Bytes, f.Rows})
	}
	p.Head = fmt.Sprintf(p.T("%s: %d berkas Parquet", "%s: %d Parquet file(s)"), mart, len(files))
	p.Title, p.Body = p.Head, b
	return p, nil
}

// martFiles lists the files of a mart by the manifest; none for a name that is no mart, or where there are no files.
func (q *request) martFiles(mart string) []snapshot.File {
	if !q.Snap.Here() || mart == "" || strings.Trim(mart, "abcdefghijklmnopqrstuvwxyz_") != "" {
		return nil
	}
	return q.Snap.Files("marts/" + mart)
}

// martFile hands out one of a mart's Parquet files after its bytes have been compared with the manifest.
func (s *Server) martFile(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), writeTimeout)
	defer cancel()
	q, err := s.begin(ctx, r)
	if err != nil {
		s.fail(w, r, nil, err)
		return
	}
	defer s.end(q)
	for _, f := range q.martFiles(r.PathValue("mart")) {
		if path.Base(f.Name) != r.PathValue("berkas") {
			continue
		}
		if err := s.sendFile(ctx, w, r, q, f); err != nil {
			s.fail(w, r, q, err)
		}
		return
	}
	s.fail(w, r, q, q.noFiles())
}

// errElsewhere means that the snapshot's files are not on this machine.
var errElsewhere = errors.New("the snapshot has no files here")

func (q *request) noFiles() error {
	if !q.Snap.Here() {
		return errElsewhere
	}
	return errBadAddress
}

func (s *Server) sendFile(ctx context.Context, w http.ResponseWriter, r *http.Request, q *request, f snapshot.File) error {
	leave, err := s.heavy.enter(ctx)
	if err != nil {
		return err
	}
	file, err := q.Snap.File(ctx, f.Name)
	leave() // sending may take as long as the client likes
	if err != nil {
		return err
	}
	in, err := os.Open(file)
	if err != nil {
		return fmt.Errorf("mart file: %w", err)
	}
	defer func() {
		if err := in.Close(); err != nil {
			s.opt.Log.Warn("mart file", "file", f.Name, "error", err)
		}
	}()
	attach(w, r.PathValue("mart")+"-"+path.Base(f.Name))
	w.Header().Set("Content-Type", "application/vnd.apache.parquet")
	w.Header().Set("ETag", `"`+f.SHA256[:24]+`"`)
	http.ServeContent(w, r, "", q.Snap.Manifest.Created, in)
	return nil
}
