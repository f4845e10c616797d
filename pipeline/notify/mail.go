package notify

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"net/smtp"
	"strings"
	"time"

	fetch "lumbung/extract/http"
)

// The ways in which a mail server is spoken to.
const (
	StartTLS = "starttls" // begins in plain text; without STARTTLS nothing is sent
	TLS      = "tls"      // from the first byte
	Plain    = "plain"    // no encryption and no login, for a relay on the same machine or network
)

// Mail sends messages over SMTP.
type Mail struct {
	Server   string // host:port
	Security string // StartTLS when empty
	From     *mail.Address
	To       []*mail.Address
	User     string // "" logs in nowhere
	Password fetch.Secret
	Roots    *x509.CertPool // the system's when nil
}

// Send delivers one mail to all recipients.
func (m *Mail) Send(ctx context.Context, msg Message) (err error) {
	c, err := m.connect(ctx)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = c.Close() // the first error says why
		}
	}()
	if err := c.Mail(m.From.Address); err != nil {
		return fmt.Errorf("sender %s: %w", m.From.Address, err)
	}
	for _, to := range m.To {
		if err := c.Rcpt(to.Address); err != nil {
			return fmt.Errorf("recipient %s: %w", to.Address, err)
		}
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if err := m.write(w, msg); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	_ = c.Quit() // the mail is taken; saying that it was not would send it again
	return nil
}

// connect opens the connection, which lives no longer than the context, and logs in.
func (m *Mail) connect(ctx context.Context) (*smtp.Client, error) {
	host, _, err := net.SplitHostPort(m.Server)
	if err != nil {
		return nil, fmt.Errorf("mail server: %w", err)
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", m.Server)
	if err != nil {
		return nil, err
	}
	if at, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(at); err != nil {
			return nil, errors.Join(err, conn.Close())
		}
	}
	config := &tls.Config{ServerName: host, RootCAs: m.Roots, MinVersion: tls.VersionTLS12}
	if m.Security == TLS {
		conn = tls.Client(conn, config)
	}
	c, err := smtp.NewClient(conn, host)
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	if err := m.begin(c, host, config); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

func (m *Mail) begin(c *smtp.Client, host string, config *tls.Config) error {
	if m.Security == StartTLS || m.Security == "" {
		if ok, _ := c.Extension("STARTTLS"); !ok {
			return fmt.Errorf("%s offers no STARTTLS; `security: tls` encrypts from the first byte", m.Server)
		}
		if err := c.StartTLS(config); err != nil {
			return err
		}
	}
	if m.User == "" {
		return nil
	}
	if err := c.Auth(smtp.PlainAuth("", m.User, m.Password.Reveal(), host)); err != nil {
		return fmt.Errorf("login at %s: %w", m.Server, err)
	}
	return nil
}

// write gives the mail's header and text.
func (m *Mail) write(w io.Writer, msg Message) error {
	to := make([]string, len(m.To))
	for i, a := range m.To {
		to[i] = a.String()
	}
	_, domain, _ := strings.Cut(m.From.Address, "@")
	var b bytes.Buffer
	for _, h := range [][2]string{
		{"From", m.From.String()},
		{"To", strings.Join(to, ", ")},
		{"Subject", mime.QEncoding.Encode("utf-8", strings.Join(strings.Fields(msg.Title), " "))},
		{"Date", msg.Time.Format(time.RFC1123Z)},
		{"Message-ID", "<" + rand.Text() + "@" + domain + ">"},
		{"Auto-Submitted", "auto-generated"},
		{"MIME-Version", "1.0"},
		{"Content-Type", "text/plain; charset=utf-8"},
		{"Content-Transfer-Encoding", "quoted-printable"},
	} {
		fmt.Fprintf(&b, "%s: %s\r\n", h[0], h[1])
	}
	b.WriteString("\r\n")
	text := quotedprintable.NewWriter(&b)
	if _, err := io.WriteString(text, msg.Text()+"\n"); err != nil {
		return err
	}
	if err := text.Close(); err != nil {
		return err
	}
	_, err := w.Write(b.Bytes())
	return err
}
