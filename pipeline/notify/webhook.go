package notify

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	fetch "lumbung/extract/http"
)

// Webhook posts messages to an address, which is a secret: who knows it can write.
type Webhook struct {
	url    fetch.Secret
	body   *Body
	client *http.Client
}

// NewWebhook checks the address: https, or plain http to a host and port that
// allow names. roots nil are the system's certificates.
func NewWebhook(address fetch.Secret, body *Body, allow []fetch.HostPort, roots *x509.CertPool) (*Webhook, error) {
	u, err := url.Parse(address.Reveal())
	if err != nil || u.Host == "" {
		return nil, errors.New("the address of the webhook is no URL such as https://chat.example/hooks/abc")
	}
	plain := false
	for _, a := range allow {
		plain = plain || a.Insecure && u.Hostname() == a.Host && u.Port() == fmt.Sprint(a.Port)
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !plain) {
		return nil, fmt.Errorf("the address of the webhook does not begin with https://; `allow: [\"http://%s\"]` admits plain http", u.Host)
	}
	return &Webhook{address, body, &http.Client{
		Transport:     &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// Send posts the message once. Any answer but 2xx is an error.
func (w *Webhook) Send(ctx context.Context, m Message) error {
	body, err := w.body.render(m)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.url.Reveal(), bytes.NewReader(body))
	if err != nil {
		return errors.New("the address of the webhook is no URL")
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "lumbung")
	res, err := w.client.Do(req)
	if err != nil {
		var wrapped *url.Error // its text has the whole address
		if errors.As(err, &wrapped) {
			err = wrapped.Err
		}
		return err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return fmt.Errorf("the webhook answered %s", res.Status)
	}
	return nil
}
