package web

import (
	"context"
	"errors"
	"net"
	"net/http"

	"lumbung/answer"
	"lumbung/load/snapshot"
	"lumbung/load/trino"
	"lumbung/sql"
)

// errorBody is an error page: what is wrong, and what helps.
type errorBody struct {
	Code   int
	Hints  []link
	Search bool
}

// errorPage says what went wrong without showing anything of the system.
func (s *Server) errorPage(r *http.Request, q *request, status int, err error) *page {
	var p *page
	if q != nil {
		p = s.newPage(q, "galat", answer.Area{})
	} else {
		p = s.barePage(r, "galat")
		p.Menu = s.menu(p, answer.Area{})
	}
	p.status = status
	body := errorBody{Code: status, Search: q != nil}
	var unknown *answer.UnknownAreaError
	var ambiguous *answer.AmbiguousError
	var gone *trino.GoneError
	var outdated *sql.OutdatedError
	var network net.Error
	switch {
	case errors.Is(err, snapshot.ErrNone):
		p.Head = p.T("Belum ada data. Jalankan `lumbung run`, lalu muat ulang.", "No data yet. Run `lumbung run`, then reload.")
	case errors.Is(err, errBusy):
		p.Head = p.T("Sedang ramai; coba sebentar lagi", "Busy; try again shortly")
	case errors.Is(err, context.DeadlineExceeded):
		p.Head = p.T("Terlalu lama; coba wilayah yang lebih kecil", "This took too long; try a smaller area")
	case errors.As(err, &gone):
		p.Head = p.T("Potret data ini baru saja diganti; muat ulang", "This snapshot has just been replaced; reload")
	case errors.As(err, &outdated):
		p.Head = p.T("Potret data ini dibuat oleh versi Lumbung yang lain; jalankan `lumbung run`", "Another version of Lumbung made this snapshot; run `lumbung run`")
	case errors.As(err, &network):
		p.Head = p.T("Mesin data tidak menjawab; coba sebentar lagi", "The data engine does not answer; try again shortly")
	case status == http.StatusServiceUnavailable:
		p.Head = p.T("Potret data rusak; lihat `lumbung verify`", "The snapshot is damaged; see `lumbung verify`")
	case errors.As(err, &unknown):
		p.Head = p.T("Tidak ada wilayah dengan kode atau nama itu", "No area has that code or name")
		p.Deck = unknown.Name
	case errors.As(err, &ambiguous):
		p.Head = p.T("Nama itu dipakai beberapa wilayah", "Several areas have that name")
		for _, c := range ambiguous.Candidates {
			body.Hints = append(body.Hints, link{Href: p.Href("/" + c.Code), Text: c.Code + " " + c.Name})
		}
	case errors.Is(err, errElsewhere):
		p.Head = p.T("Berkas Parquet tidak ada di sini: halaman ini dijawab oleh Trino", "There are no Parquet files here: Trino answers these pages")
	case status == http.StatusNotFound:
		p.Head = p.T("Halaman tidak ada", "There is no such page")
	default:
		p.Head = p.T("Halaman ini tidak dapat dibuat", "This page could not be made")
		p.Deck = p.T("Rinciannya ada di catatan peladen.", "The server's log has the details.")
	}
	p.Title, p.Body = p.Head, body
	return p
}
