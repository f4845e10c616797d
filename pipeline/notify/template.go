package notify

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"text/template"
)

// shapes are the bodies that chat servers take; a webhook without a template gets the message itself.
var shapes = map[string]string{
	"slack":      `{"text": {{slack .Text | json}}}`,
	"mattermost": `{"username": "lumbung", "text": {{mattermost .Text | json}}}`,
	"telegram":   `{"chat_id": {{json .Chat}}, "text": {{json .Text}}, "link_preview_options": {"is_disabled": true}}`,
	"webhook":    `{{json .Message}}`,
}

// Body makes the JSON body of a webhook.
type Body struct {
	chat string
	tmpl *template.Template
}

// field is what templates see.
type field struct {
	Message
	Chat string
}

// NewBody reads the template of a webhook, or takes the shape of its kind when
// there is none. Templates see the fields of Message, .Text and .Chat; the
// function json quotes a value. One that does not give JSON is refused here.
func NewBody(kind, text, chat string) (*Body, error) {
	if text == "" {
		text = shapes[kind]
	}
	t, err := template.New(kind).Option("missingkey=error").Funcs(template.FuncMap{
		"json": quote, "slack": escapeSlack, "mattermost": escapeMattermost,
	}).Parse(text)
	if err != nil {
		return nil, err
	}
	b := &Body{chat, t}
	_, err = b.render(Message{Project: "desa", Title: `a "title"`, Lines: []string{"<one>", "two\n@all"}})
	return b, err
}

func (b *Body) render(m Message) ([]byte, error) {
	var out bytes.Buffer
	if err := b.tmpl.Execute(&out, field{m, b.chat}); err != nil {
		return nil, err
	}
	if !json.Valid(out.Bytes()) {
		return nil, errors.New("the template gives no JSON: quote values with the function json, such as {{json .Text}}")
	}
	return out.Bytes(), nil
}

func quote(v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("json: %w", err)
	}
	return string(b), nil
}

// escapeSlack keeps text of a source from becoming a link or calling a channel.
func escapeSlack(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}

// escapeMattermost does so for its Markdown: an invisible space breaks up what
// calls people, and a code block shows the rest as it is.
func escapeMattermost(s string) string {
	return "```\n" + strings.NewReplacer("@", "@\u200b", "`", "'").Replace(s) + "\n```"
}
