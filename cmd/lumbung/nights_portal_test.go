package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/xuri/excelize/v2"
)

// book is one workbook of the portal.
type book struct {
	number   int // from 1
	body     []byte
	modified time.Time
}

// fault is a way in which a night goes wrong. It answers in place of the
// sound server; last and before are the newest workbook and the one before it.
type fault struct {
	name   string
	stale  bool // what is published says so afterwards
	older  bool // sends a workbook that was published before
	answer func(w http.ResponseWriter, last, before []byte, now time.Time)
}

// faults are those of a ministry's portal.
func faults(withoutKecamatan []byte) []fault {
	status := func(code int) func(http.ResponseWriter, []byte, []byte, time.Time) {
		return func(w http.ResponseWriter, _, _ []byte, _ time.Time) { http.Error(w, "galat", code) }
	}
	send := func(w http.ResponseWriter, body []byte, modified time.Time) {
		w.Header().Set("Last-Modified", modified.UTC().Format(http.TimeFormat))
		_, _ = w.Write(body)
	}
	return []fault{
		{"500", true, false, status(http.StatusInternalServerError)},
		{"404", true, false, status(http.StatusNotFound)},
		{"401", true, false, status(http.StatusUnauthorized)},
		{"reset", true, false, func(w http.ResponseWriter, _, _ []byte, _ time.Time) { panic(http.ErrAbortHandler) }},
		{"cut", true, false, func(w http.ResponseWriter, last, _ []byte, _ time.Time) {
			w.Header().Set("Content-Length", strconv.Itoa(len(last)))
			_, _ = w.Write(last[:len(last)/3])
			panic(http.ErrAbortHandler)
		}},
		{"cut without a length", true, false, func(w http.ResponseWriter, last, _ []byte, now time.Time) { send(w, last[:len(last)*2/3], now) }},
		{"login page", true, false, func(w http.ResponseWriter, _, _ []byte, now time.Time) {
			send(w, []byte("<!doctype html><title>Masuk</title>"), now)
		}},
		{"nothing", true, false, func(w http.ResponseWriter, _, _ []byte, now time.Time) { send(w, nil, now) }},
		{"older content", true, true, func(w http.ResponseWriter, _, before []byte, now time.Time) { send(w, before, now.AddDate(0, 0, -40)) }},
		{"older content under a new date", true, true, func(w http.ResponseWriter, _, before []byte, now time.Time) { send(w, before, now) }},
		{"a kecamatan is missing", false, false, func(w http.ResponseWriter, _, _ []byte, now time.Time) { send(w, withoutKecamatan, now) }},
	}
}

// serve answers as the portal does tonight.
func (s *simulation) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fault != nil {
		s.fault.answer(w, s.last.body, s.before.body, s.clock.Now())
		return
	}
	w.Header().Set("ETag", fmt.Sprintf(`"v%d"`, s.last.number))
	http.ServeContent(w, r, "idm-2024.xlsx", s.last.modified, bytes.NewReader(s.last.body))
}

// newBook gives the portal a workbook that differs from all before it.
func (s *simulation) newBook() {
	n := s.last.number + 1
	body := editedBook(s.t, s.file, func(f *excelize.File) error { return f.SetCellStr("IDM 2024", "N2", fmt.Sprintf("Revisi %d", n)) })
	sum := sha256.Sum256(body)
	s.of[hex.EncodeToString(sum[:])] = n
	s.before, s.last = s.last, book{n, body, s.clock.Now()}
}
