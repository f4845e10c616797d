package rumusan

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lumbung/internal/realdata"

	"github.com/google/go-cmp/cmp"
)

func TestCheckKode(t *testing.T) {
	for _, kode := range []string{"6402012001", "1101012003", "9601053001", "6402082014"} {
		if err := CheckKode(kode); err != nil {
			t.Errorf("%s: %v", kode, err)
		}
	}
	for kode, want := range map[string]string{
		"": "ten digits", "64.02.01.2001": "ten digits", "640201200": "ten digits", "64020120011": "ten digits", "640201200a": "ten digits", "６402012001": "ten digits",
		"6403010001": "BPS", "6402011001": "kelurahan", "6402014001": "seventh digit 4", "0402012001": "province", "1001012001": "province",
		"6400012001": "above a village", "6402002001": "above a village", "6402012000": "above a village",
	} {
		if err := CheckKode(kode); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q in it", kode, err, want)
		}
	}
}

func TestBadCodesAskNothing(t *testing.T) {
	a := newAPI(t)
	_, err := New(a.client(t, nil), Options{Base: a.URL + "/rumusan"}).Run(context.Background(), []string{"6402012001", "6403010001"}, []int{2024}, nil, (&store{}).take)
	if err == nil || !strings.Contains(err.Error(), "1 of 2 codes") || len(a.taken()) != 0 {
		t.Errorf("got %v", err)
	}
	if _, err := New(a.client(t, nil), Options{}).Run(context.Background(), nil, []int{24}, nil, nil); err == nil {
		t.Error("year 24 was taken")
	}
}

func TestPlanOrder(t *testing.T) {
	now := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	day := 24 * time.Hour
	known := []Entry{
		{Kode: "6402012001", Tahun: 2024, State: Answered, Asked: now.Add(-40 * day)},
		{Kode: "6402012002", Tahun: 2024, State: Missing, Asked: now.Add(-40 * day), AskAgain: now},
		{Kode: "6402012003", Tahun: 2024, State: Failed, Asked: now, AskAgain: now.Add(day)},
		{Kode: "6402012001", Tahun: 2023, State: Answered, Asked: now.Add(-50 * day)},
		{Kode: "6402012002", Tahun: 2023, State: Missing, Asked: now},
	}
	got := Plan([]string{"6402012003", "6402012002", "6402012001", "6402012004", "6402012004"}, []int{2023, 2024}, known, 30*day, now)
	want := "[{6402012004 2024} {6402012003 2023} {6402012004 2023} {6402012002 2024} {6402012001 2023} {6402012001 2024}]"
	if fmt.Sprint(got) != want {
		t.Errorf("got  %v\nwant %s", got, want)
	}
}

func TestBundle(t *testing.T) {
	answers := []Answer{{"6402012002", 2024, []byte("b")}, {"6402012001", 2024, []byte("a")}, {"6402012001", 2023, []byte("c")}}
	one, err := Pack(answers)
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(answers)
	two, err := Pack(answers)
	if err != nil || !bytes.Equal(one, two) {
		t.Errorf("the order of answers changes the bundle: %v", err)
	}
	var names []string
	err = unpack(bytes.NewReader(one), int64(len(one)), func(a Answer) error { names = append(names, a.Part()+"="+string(a.Body)); return nil })
	if want := "[desa/6402012001/2023.json=c desa/6402012001/2024.json=a desa/6402012002/2024.json=b]"; err != nil || fmt.Sprint(names) != want {
		t.Errorf("got %v, %v", names, err)
	}
	for n := range one {
		if unpack(bytes.NewReader(one[:n]), int64(n), func(Answer) error { return nil }) == nil {
			t.Errorf("a bundle cut at %d was taken", n)
		}
	}
	bad, err := Pack([]Answer{{"6403010001", 2024, nil}})
	if err != nil {
		t.Fatal(err)
	}
	if unpack(bytes.NewReader(bad), int64(len(bad)), func(Answer) error { return nil }) == nil {
		t.Error("a bundle with a BPS code was taken")
	}
}

// TestRealAnswers holds the check against the 157 stored answers of the ministry.
func TestRealAnswers(t *testing.T) {
	paths := realdata.Files(t, "idm-api-rumusan/desa/*/*.json")
	if len(paths) < 150 {
		t.Fatalf("%d answers", len(paths))
	}
	var answers []Answer
	size := 0
	for _, path := range paths {
		body, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		q := Question{Kode: filepath.Base(filepath.Dir(path))}
		if _, err := fmt.Sscanf(filepath.Base(path), "%d.json", &q.Tahun); err != nil {
			t.Fatal(err)
		}
		if err := check(q).Verify(nil, bytes.NewReader(body), int64(len(body))); err != nil {
			t.Errorf("%v: %v", q, err)
		}
		if err := CheckKode(q.Kode); err != nil {
			t.Error(err)
		}
		size += len(body)
		answers = append(answers, Answer{q.Kode, q.Tahun, body})
	}
	packed, err := Pack(answers)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d answers of %d bytes make a bundle of %d", len(answers), size, len(packed))
}

func TestMembers(t *testing.T) {
	packed, err := Pack([]Answer{{"6402082002", 2024, []byte(`{"b":2}`)}, {"6402082001", 2024, []byte(`{"a":1}`)}})
	if err != nil {
		t.Fatal(err)
	}
	whole := bytes.NewReader(packed)
	archive, err := OpenArchive(whole, whole.Size())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Member{{"desa/6402082001/2024.json", 7}, {"desa/6402082002/2024.json", 7}}, archive.Members()); diff != "" {
		t.Fatal(diff)
	}
	body, err := archive.Open("desa/6402082002/2024.json")
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(body); err != nil || string(text) != `{"b":2}` {
		t.Errorf("%s (%v)", text, err)
	}
	if _, err := archive.Open("desa/6402082003/2024.json"); err == nil {
		t.Error("an answer that is not there was opened")
	}
	if _, err := OpenArchive(whole, whole.Size()-10); err == nil {
		t.Error("a cut bundle was listed")
	}
	for name, want := range map[string]bool{"bundel-00001.zip": true, "bundel-123456.zip": true, "bundel-1.zip": false, "bundel-0000a.zip": false, "idm.zip": false} {
		if IsBundle(name) != want {
			t.Errorf("%s: %v", name, !want)
		}
	}
}
