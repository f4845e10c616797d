package rumusan

import (
	"fmt"
	"net"
	nethttp "net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"lumbung/extract/http"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// api is a server that answers like the ministry's.
type api struct {
	*httptest.Server
	mu      sync.Mutex
	asked   []Question
	special map[string]func(w nethttp.ResponseWriter) // by kode
	latency time.Duration
}

func newAPI(t testing.TB) *api {
	t.Helper()
	a := &api{}
	a.Server = httptest.NewServer(a)
	t.Cleanup(a.Close)
	return a
}

func (a *api) ServeHTTP(w nethttp.ResponseWriter, r *nethttp.Request) {
	kode, year, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/rumusan/"), "/")
	tahun, err := strconv.Atoi(year)
	if err != nil {
		nethttp.NotFound(w, r)
		return
	}
	a.mu.Lock()
	a.asked = append(a.asked, Question{kode, tahun})
	play := a.special[kode]
	a.mu.Unlock()
	if a.latency > 0 {
		<-time.After(a.latency)
	}
	if play != nil {
		play(w)
		return
	}
	_, _ = w.Write(replyBytes(kode, tahun))
}

// play sets what is answered about some villages.
func (a *api) play(special map[string]func(nethttp.ResponseWriter)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.special = special
}

func (a *api) taken() []Question {
	a.mu.Lock()
	defer a.mu.Unlock()
	asked := a.asked
	a.asked = nil
	return asked
}

func (a *api) client(t testing.TB, change func(*http.Options)) *http.Client {
	t.Helper()
	u, err := url.Parse(a.URL)
	if err != nil {
		t.Fatal(err)
	}
	port, err := net.LookupPort("tcp", u.Port())
	if err != nil {
		t.Fatal(err)
	}
	o := http.Options{Allow: []http.HostPort{{Host: u.Hostname(), Port: port, Insecure: true}}, Retries: -1, ConcurrencyPerHost: 8}
	if change != nil {
		change(&o)
	}
	client, err := http.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

// replyBytes is an answer of the API's shape and size (about 15 kB).
func replyBytes(kode string, tahun int) []byte {
	var rows []string
	for i := range 55 {
		rows = append(rows, fmt.Sprintf(`{"NO":%d,"INDIKATOR":"Skor %d","SKOR":%d,"KETERANGAN":"Waktu tempuh dari ≤ 30  Menit dan keterangan lain yang panjang supaya ukuran jawaban mirip","KEGIATAN":"-","NILAI":"0","PUSAT":null,"PROV":null,"KAB":"Dinkes, PU","DESA":null,"CSR":null,"LAINNYA":null,"ROW_CELL":%d}`, i+1, i, i%6, i+10))
	}
	return fmt.Appendf(nil, `{"status":200,"error":false,"mapData":{"SUMMARIES":{"SKOR_SAAT_INI":0.7,"STATUS":"BERKEMBANG","TARGET_STATUS":"MAJU","SKOR_MINIMAL":"0.7073","PENAMBAHAN":0.0073,"TAHUN":%d},"ROW":[%s],"IDENTITAS":[{"id_desa":"%s","nama_desa":"DESA"}]}}`, tahun, strings.Join(rows, ","), kode)
}

func villages(n int) []string {
	codes := make([]string, n)
	for i := range codes {
		codes[i] = fmt.Sprintf("%04d%02d2%03d", 6402+i/9900, 1+i/100%99, 1+i%100)
	}
	return codes
}

const notFound = `{"error":true,"message":"ID Desa tidak ditemukan"}`

func status(code int, body string) func(nethttp.ResponseWriter) {
	return func(w nethttp.ResponseWriter) {
		w.WriteHeader(code)
		_, _ = w.Write([]byte(body))
	}
}
