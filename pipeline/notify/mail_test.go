package notify

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/http/httptest"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// mailbox is what a real SMTP server has taken.
type mailbox struct {
	mu      sync.Mutex
	user    string
	from    string
	to      []string
	letters []string
}

// session is one connection to the server.
type session struct{ *mailbox }

func (s session) Reset()        {}
func (s session) Logout() error { return nil }

func (s session) Mail(from string, _ *smtp.MailOptions) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.from = from
	return nil
}

func (s session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if strings.HasPrefix(to, "tidak-ada") {
		return &smtp.SMTPError{Code: 550, Message: "no such mailbox"}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.to = append(s.to, to)
	return nil
}

func (s session) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.letters = append(s.letters, string(b))
	return err
}

func (s session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if password != hookKey {
			return errors.New("wrong password")
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.user = user
		return nil
	}), nil
}

// mailServer starts a server that speaks STARTTLS, TLS from the first byte, or neither.
func mailServer(t *testing.T, security string) (addr string, roots *x509.CertPool, box *mailbox) {
	t.Helper()
	web := httptest.NewTLSServer(nil) // for its certificate
	t.Cleanup(web.Close)
	roots = x509.NewCertPool()
	roots.AddCert(web.Certificate())
	box = &mailbox{}
	srv := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return session{box}, nil }))
	srv.Domain = "mail.example"
	config := &tls.Config{Certificates: web.TLS.Certificates}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr = l.Addr().String()
	switch security {
	case StartTLS:
		srv.TLSConfig = config
	case TLS:
		l = tls.NewListener(l, config)
	}
	done := make(chan error, 1)
	go func() { done <- srv.Serve(l) }()
	t.Cleanup(func() {
		_ = srv.Close()
		<-done
	})
	return addr, roots, box
}

func letter(t *testing.T, addr string) *Mail {
	t.Helper()
	return &Mail{Server: addr, From: &mail.Address{Name: "Lumbung", Address: "lumbung@kukar.example"},
		To: []*mail.Address{{Name: "Dinas PMD", Address: "pmd@kukar.example"}, {Address: "data@kukar.example"}}}
}

func TestMail(t *testing.T) {
	for _, security := range []string{StartTLS, TLS, Plain} {
		t.Run(security, func(t *testing.T) {
			addr, roots, box := mailServer(t, security)
			m := letter(t, addr)
			m.Security, m.Roots = security, roots
			if security != Plain {
				m.User, m.Password = "lumbung", secret(t, hookKey)
			}
			msg := message()
			msg.Title = "Kukar: rilis baru — Maju\r\nBcc: x@jahat.example"
			if err := m.Send(t.Context(), msg); err != nil {
				t.Fatal(err)
			}
			if box.user != m.User || box.from != "lumbung@kukar.example" || strings.Join(box.to, " ") != "pmd@kukar.example data@kukar.example" || len(box.letters) != 1 {
				t.Fatalf("%+v", box)
			}
			got, err := mail.ReadMessage(strings.NewReader(box.letters[0]))
			if err != nil {
				t.Fatal(err)
			}
			subject, err := new(mime.WordDecoder).DecodeHeader(got.Header.Get("Subject"))
			if err != nil || subject != "Kukar: rilis baru — Maju Bcc: x@jahat.example" || got.Header.Get("Bcc") != "" {
				t.Errorf("header %v (%v)", got.Header, err)
			}
			text, err := io.ReadAll(quotedprintable.NewReader(got.Body))
			if err != nil || !strings.Contains(string(text), "TERTINGGAL 53 → 21") {
				t.Errorf("%q (%v)", text, err)
			}
		})
	}
}

func TestMailFails(t *testing.T) {
	plain, _, _ := mailServer(t, Plain)
	encrypted, roots, box := mailServer(t, StartTLS)
	mute, err := net.Listen("tcp", "127.0.0.1:0") // takes connections and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer mute.Close()
	for name, test := range map[string]struct {
		addr   string
		change func(*Mail)
		want   string
		within time.Duration // a minute when 0
	}{
		"no STARTTLS":     {plain, func(*Mail) {}, "offers no STARTTLS", 0},
		"wrong password":  {encrypted, func(m *Mail) { m.Roots, m.User, m.Password = roots, "lumbung", secret(t, "salah-"+hookKey) }, "login at", 0},
		"unknown maker":   {encrypted, func(*Mail) {}, "certificate", 0},
		"no such mailbox": {encrypted, func(m *Mail) { m.Roots, m.To[1].Address = roots, "tidak-ada@kukar.example" }, "recipient tidak-ada@kukar.example", 0},
		"a mute server":   {mute.Addr().String(), func(m *Mail) { m.Security = Plain }, "timeout", 100 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			m := letter(t, test.addr)
			test.change(m)
			ctx, cancel := context.WithTimeout(t.Context(), cmp.Or(test.within, time.Minute))
			defer cancel()
			if err := m.Send(ctx, message()); err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), hookKey) {
				t.Errorf("%v, want %q", err, test.want)
			}
		})
	}
	if len(box.letters) > 0 {
		t.Errorf("%d letters arrived", len(box.letters))
	}
}
