package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"lumbung/extract/bucket"
	"lumbung/extract/http"
	"lumbung/extract/sftp"
	"lumbung/pipeline/config"
	"lumbung/pipeline/ledger"
)

// asker asks one source: its client, its credential and what the ledger knows of it.
type asker struct {
	s      *config.Source
	client *http.Client
	auth   http.Auth
}

// asker makes the client of a source. Secrets come from the environment or a file.
func (r *run) asker(ctx context.Context, s *config.Source) (*asker, error) {
	opt := http.Options{CAFile: s.CAFile, Proxy: s.Proxy, MaxBytes: s.MaxBytes, UserAgent: Tool, RatePerHost: s.Rate,
		Timeouts: http.Timeouts{Total: s.Limit}, Limits: r.limits, Clock: clockOf{now: r.p.clock}}
	if s.Retries != nil {
		if opt.Retries = *s.Retries; opt.Retries == 0 {
			opt.Retries = -1 // there 0 is the default and below it is none
		}
	}
	auth, err := r.identify(s, &opt)
	if err != nil {
		return nil, fmt.Errorf("source %s: %w", s.Name, err)
	}
	for _, a := range s.Allow {
		hp, err := http.ParseHostPort(a)
		if err != nil {
			return nil, fmt.Errorf("source %s: %w", s.Name, err)
		}
		opt.Allow = append(opt.Allow, hp)
	}
	known, err := r.p.Ledger.Breakers(ctx)
	if err != nil {
		return nil, err
	}
	for _, b := range known {
		if b.Source == s.Name {
			opt.Breakers = append(opt.Breakers, http.BreakerState{Source: b.Source, Failures: b.Failures, OpenUntil: b.OpenUntil})
		}
	}
	client, err := http.New(opt)
	if err != nil {
		return nil, fmt.Errorf("source %s: %w", s.Name, err)
	}
	return &asker{s: s, client: client, auth: auth}, nil
}

// identify gets the credential of a source, and readies the client for a server that speaks no HTTP.
func (r *run) identify(s *config.Source, opt *http.Options) (auth http.Auth, err error) {
	dir := r.p.Config.Dir
	switch s.Kind {
	case config.KindS3:
		return bucket.Credential(s.Region)
	case config.KindSFTP:
		if auth.Secret, err = secretFrom(s.PasswordEnv, s.PasswordFile, dir); err != nil {
			return auth, err
		}
		login, err := sftp.NewLogin(s.User, inProject(s.KeyFile, dir), auth.Secret, inProject(s.KnownHosts, dir))
		opt.Schemes = map[string]http.Scheme{"sftp": login.Scheme}
		return auth, err
	}
	if auth.Secret, err = secretFrom(s.TokenEnv, s.TokenFile, dir); auth.Secret.IsZero() {
		return http.Auth{}, err
	}
	auth.Prefix = "Bearer "
	return auth, err
}

// fetch gets one document. What a store answers in place of one is explained.
func (a *asker) fetch(ctx context.Context, req http.Request, sink http.Sink) (http.Result, error) {
	if a.s.Kind == config.KindS3 {
		req.ErrorBody = 4 << 10
	}
	res, err := a.client.Fetch(ctx, req, sink)
	var fault *http.Error
	if a.s.Kind == config.KindS3 && errors.As(err, &fault) {
		bucket.Explain(fault)
	}
	return res, err
}

// secretFrom reads a secret from an environment variable or from a file of the project; none when both are "".
func secretFrom(env, file, dir string) (http.Secret, error) {
	switch {
	case env != "":
		return http.SecretFromEnv(os.LookupEnv, env)
	case file == "":
		return http.Secret{}, nil
	}
	return http.SecretFromFile(inProject(file, dir))
}

// inProject is where a file of lumbung.yaml lies; "" stays.
func inProject(file, dir string) string {
	if file == "" || filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(dir, file)
}

// done lets the next run know how the source fails, and closes the client.
func (r *run) done(ctx context.Context, a *asker) error {
	a.client.Close()
	var states []ledger.Breaker
	for _, b := range a.client.Breakers() {
		states = append(states, ledger.Breaker{Source: b.Source, Failures: b.Failures, OpenUntil: b.OpenUntil})
	}
	return r.p.Ledger.RecordBreakers(context.WithoutCancel(ctx), a.s.Name, states)
}

// resting says until when the ledger's breaker keeps a source from being asked.
func (p *Project) resting(ctx context.Context, source string) (until time.Time, err error) {
	known, err := p.Ledger.Breakers(ctx)
	for _, b := range known {
		if b.Source == source && b.OpenUntil.After(p.clock()) {
			until = b.OpenUntil
		}
	}
	return until, err
}
