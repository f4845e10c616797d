package pipeline

import (
	"crypto/x509"
	"fmt"
	"os"
	"path/filepath"

	"lumbung/pipeline/config"
	"lumbung/pipeline/notify"
)

// sender makes what delivers a channel's messages, with its secrets as they are now.
func (p *Project) sender(c *config.Channel) (notify.Sender, error) {
	roots, err := p.roots(c.CAFile)
	if err != nil {
		return nil, err
	}
	if c.Kind != config.KindMail {
		address, err := secretFrom(c.URLEnv, c.URLFile, p.Config.Dir)
		if err != nil {
			return nil, err
		}
		return notify.NewWebhook(address, c.Body, c.Plain, roots)
	}
	password, err := secretFrom(c.PasswordEnv, c.PasswordFile, p.Config.Dir)
	if err != nil {
		return nil, err
	}
	return &notify.Mail{Server: c.Server, Security: c.Security, From: c.Sender, To: c.Recipients, User: c.User, Password: password, Roots: roots}, nil
}

// roots reads certificates; nil are the system's.
func (p *Project) roots(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	if !filepath.IsAbs(file) {
		file = filepath.Join(p.Config.Dir, file)
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("ca_file: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("ca_file %s: no certificate in PEM form", file)
	}
	return pool, nil
}
