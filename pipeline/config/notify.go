package config

import (
	"fmt"
	"net"
	"net/mail"
	"slices"
	"time"

	"lumbung/extract/http"
	"lumbung/pipeline/notify"
)

// KindMail is the kind of a channel over SMTP; the other kinds are webhooks.
const KindMail = "mail"

var channelKinds = []string{"slack", "mattermost", "telegram", "webhook", KindMail}

// defaultRemind is after what time people are told again of what is not mended.
const defaultRemind = 7 * 24 * time.Hour

// Channel is where people are told what became of runs.
type Channel struct {
	Name   string   `yaml:"name"`
	Kind   string   `yaml:"kind"`    // slack, mattermost, telegram, webhook, mail
	On     []string `yaml:"on"`      // kinds of news; default all
	Remind string   `yaml:"remind"`  // tell again after this time; default 168h
	CAFile string   `yaml:"ca_file"` // certificates trusted in place of the system's

	URLEnv   string   `yaml:"url_env"`  // webhooks: environment variable with the address, which is a secret
	URLFile  string   `yaml:"url_file"` // or a file, mode 0600
	Template string   `yaml:"template"` // webhooks: the body, in place of the kind's own
	Chat     string   `yaml:"chat"`     // telegram: id of the chat
	Allow    []string `yaml:"allow"`    // webhooks: http://host:port that is spoken to without TLS

	Server       string   `yaml:"server"`   // mail: host:port
	Security     string   `yaml:"security"` // mail: starttls (default), tls, plain
	From         string   `yaml:"from"`
	To           []string `yaml:"to"`
	User         string   `yaml:"user"`
	PasswordEnv  string   `yaml:"password_env"`
	PasswordFile string   `yaml:"password_file"`

	RemindAfter time.Duration   `yaml:"-"`
	Plain       []http.HostPort `yaml:"-"` // Allow
	Body        *notify.Body    `yaml:"-"`
	Sender      *mail.Address   `yaml:"-"`
	Recipients  []*mail.Address `yaml:"-"`
}

// Wants says whether the channel is told of a kind of news.
func (c *Channel) Wants(kind string) bool { return len(c.On) == 0 || slices.Contains(c.On, kind) }

func (v *validator) channels() {
	seen := map[string]bool{}
	for i := range v.c.Notify {
		c := &v.c.Notify[i]
		at := fmt.Sprintf("$.notify[%d]", i)
		if !plainName.MatchString(c.Name) || seen[c.Name] {
			v.fail(at+".name", "name: letters, digits and hyphens, each name once; %q is not", c.Name)
		}
		seen[c.Name] = true
		for k, on := range c.On {
			if !slices.Contains(notify.Kinds(), on) {
				v.fail(fmt.Sprintf("%s.on[%d]", at, k), "on: %q is not one of %v", on, notify.Kinds())
			}
		}
		if c.RemindAfter = v.duration(at+".remind", c.Remind); c.Remind == "" {
			c.RemindAfter = defaultRemind
		}
		switch {
		case !slices.Contains(channelKinds, c.Kind):
			v.fail(at+".kind", "kind %q is not one of %v", c.Kind, channelKinds)
		case c.Kind == KindMail:
			v.mail(at, c)
		default:
			v.webhook(at, c)
		}
	}
}

func (v *validator) webhook(at string, c *Channel) {
	if c.Server != "" || c.Security != "" || c.From != "" || len(c.To) > 0 || c.User != "" || c.PasswordEnv != "" || c.PasswordFile != "" {
		v.fail(at, "server, security, from, to, user and password are for a channel of kind mail")
	}
	if (c.URLEnv == "") == (c.URLFile == "") {
		v.fail(at, "channel %s: url_env or url_file says where the address is; it is a secret and does not stand here", c.Name)
	}
	if (c.Chat != "") != (c.Kind == "telegram") {
		v.fail(at, "channel %s: chat is the id of a Telegram chat, and one of kind telegram wants it", c.Name)
	}
	for k, a := range c.Allow {
		hp, err := http.ParseHostPort(a)
		if err != nil {
			v.fail(fmt.Sprintf("%s.allow[%d]", at, k), "%v", err)
		}
		c.Plain = append(c.Plain, hp)
	}
	body, err := notify.NewBody(c.Kind, c.Template, c.Chat)
	if err != nil {
		v.fail(at+".template", "template: %v", err)
	}
	c.Body = body
}

func (v *validator) mail(at string, c *Channel) {
	if c.URLEnv != "" || c.URLFile != "" || c.Template != "" || c.Chat != "" || len(c.Allow) > 0 {
		v.fail(at, "url_env, url_file, template, chat and allow are for webhooks")
	}
	if _, _, err := net.SplitHostPort(c.Server); err != nil {
		v.fail(at+".server", "server: %q is no host:port such as smtp.example:587", c.Server)
	}
	if !slices.Contains([]string{"", notify.StartTLS, notify.TLS, notify.Plain}, c.Security) {
		v.fail(at+".security", "security: %q is not one of %s, %s, %s", c.Security, notify.StartTLS, notify.TLS, notify.Plain)
	}
	if c.PasswordEnv != "" && c.PasswordFile != "" || (c.User == "") != (c.PasswordEnv == "" && c.PasswordFile == "") {
		v.fail(at, "channel %s: user goes with password_env or with password_file", c.Name)
	}
	if c.User != "" && c.Security == notify.Plain {
		v.fail(at+".user", "channel %s: a password is not sent without encryption; leave security: plain or user out", c.Name)
	}
	var err error
	if c.Sender, err = mail.ParseAddress(c.From); err != nil {
		v.fail(at+".from", "from: %q is no mail address", c.From)
	}
	if len(c.To) == 0 {
		v.fail(at+".to", "to: at least one address is wanted")
	}
	for k, to := range c.To {
		a, err := mail.ParseAddress(to)
		if err != nil {
			v.fail(fmt.Sprintf("%s.to[%d]", at, k), "to: %q is no mail address", to)
		}
		c.Recipients = append(c.Recipients, a)
	}
}
