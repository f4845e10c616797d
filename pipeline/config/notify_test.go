package config

import (
	"strings"
	"testing"
	"time"
)

// oneSource is the shortest project; what a test adds follows it.
const oneSource = "  - {name: a, kind: files, releases: [{path: a.csv, period: 2024, contracts: [idm]}]}\nnotify:\n"

func TestChannels(t *testing.T) {
	c, err := load(t, oneSource+`  - {name: slack, kind: slack, url_env: URL_SLACK}
  - {name: tg, kind: telegram, url_file: tg.url, chat: "-100123", on: [failure, release], remind: 24h}
  - {name: surat, kind: mail, server: "smtp.kukar.example:587", from: "Lumbung <l@kukar.example>", to: [pmd@kukar.example], user: l, password_file: surat.kunci}
`)
	if err != nil {
		t.Fatal(err)
	}
	slack, tg, surat := c.Notify[0], c.Notify[1], c.Notify[2]
	if slack.RemindAfter != 168*time.Hour || !slack.Wants("late") || slack.Body == nil {
		t.Errorf("%+v", slack)
	}
	if tg.RemindAfter != 24*time.Hour || tg.Wants("late") || !tg.Wants("release") {
		t.Errorf("%+v", tg)
	}
	if surat.Sender.Name != "Lumbung" || surat.Recipients[0].Address != "pmd@kukar.example" {
		t.Errorf("%+v", surat)
	}
}

func TestChannelMistakes(t *testing.T) {
	for name, test := range map[string]struct{ channel, want string }{
		"kind":                  {"{name: x, kind: pager, url_env: U}", `6:21: kind "pager" is not one of [slack mattermost telegram webhook mail]`},
		"address in the file":   {"{name: x, kind: slack, url: \"https://hooks.example/abc\"}", `unknown field "url"`},
		"no address":            {"{name: x, kind: slack}", "url_env or url_file says where the address is"},
		"two addresses":         {"{name: x, kind: slack, url_env: U, url_file: u}", "url_env or url_file says where the address is"},
		"on":                    {"{name: x, kind: slack, url_env: U, on: [failure, sukses]}", `on: "sukses" is not one of [failure refusal stale late recovery release]`},
		"telegram without chat": {"{name: x, kind: telegram, url_env: U}", "one of kind telegram wants it"},
		"template":              {"{name: x, kind: webhook, url_env: U, template: '{\"a\": {{.Text}}}'}", "the template gives no JSON"},
		"mail for a webhook":    {"{name: x, kind: slack, url_env: U, to: [a@b.example]}", "are for a channel of kind mail"},
		"webhook for mail":      {"{name: x, kind: mail, url_env: U, server: \"a:25\", from: a@b.example, to: [a@b.example]}", "are for webhooks"},
		"server":                {"{name: x, kind: mail, server: a.example, from: a@b.example, to: [a@b.example]}", "no host:port"},
		"nobody":                {"{name: x, kind: mail, server: \"a:25\", from: a@b.example}", "at least one address"},
		"from":                  {"{name: x, kind: mail, server: \"a:25\", from: lumbung, to: [a@b.example]}", `"lumbung" is no mail address`},
		"user without password": {"{name: x, kind: mail, server: \"a:25\", from: a@b.example, to: [a@b.example], user: u}", "user goes with password_env"},
		"password in the clear": {"{name: x, kind: mail, server: \"a:25\", from: a@b.example, to: [a@b.example], user: u, password_env: P, security: plain}", "not sent without encryption"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := load(t, oneSource+"  - "+test.channel+"\n")
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), FileName+":6:") {
				t.Errorf("got %v\nwant a place on line 6 and %q", err, test.want)
			}
		})
	}
}
