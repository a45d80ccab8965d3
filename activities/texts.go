package activities

import (
	"bytes"
	"embed"
	"fmt"
	html "html/template"
	"io/fs"
	"strings"
	text "text/template"
	"time"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"go.yaml.in/yaml/v3"
	"golang.org/x/text/language"

	"dialtone/domain"
)

//go:embed locales
var locales embed.FS

// Texts renders what is sent to people. A language is one file in locales.
type Texts struct {
	matcher language.Matcher
	voices  []voice // in the order of the matcher's languages, English first
	html    *html.Template
	text    *text.Template
}

// TextData is what a message can tell. Unused fields may be empty.
type TextData struct {
	FirstName, LastName string
	Company, Operator   string
	Link                string // http or https
	Number, Extension   string
	ExpiresAt           time.Time
	ValidHours          int
	Zone                *time.Location // the user's; nil = UTC
}

// Rendered is a message in all its forms: a mail as plain text and as HTML
// (both UTF-8), and for some purposes an SMS of one GSM-7 segment.
type Rendered struct {
	Subject, Text, HTML string
	SMS                 string // empty where the purpose has none
	Language            string // the one it was rendered in, a BCP 47 tag
}

// NewTexts reads the catalogues and renders every message in every language
// once, so that a missing word shows at start and not in front of a user.
func NewTexts() (*Texts, error) {
	texts := new(Texts)
	var err error
	if texts.html, err = html.ParseFS(locales, "locales/mail.html.tmpl"); err != nil {
		return nil, fmt.Errorf("reading the layout of HTML mails: %w", err)
	}
	if texts.text, err = text.ParseFS(locales, "locales/mail.txt.tmpl"); err != nil {
		return nil, fmt.Errorf("reading the layout of text mails: %w", err)
	}
	if err := texts.readVoices(); err != nil {
		return nil, err
	}
	sample := TextData{Link: "https://example.org/"}
	for purpose := range letters {
		for _, voice := range texts.voices {
			if _, err := texts.Render(purpose, voice.tag.String(), sample); err != nil {
				return nil, err
			}
		}
	}
	return texts, nil
}

func (t *Texts) readVoices() error {
	bundle := i18n.NewBundle(language.English)
	bundle.RegisterUnmarshalFunc("yaml", yaml.Unmarshal)
	files, err := fs.Glob(locales, "locales/active.*.yaml")
	if err != nil {
		return fmt.Errorf("listing the catalogues: %w", err)
	}
	for _, file := range files {
		if _, err := bundle.LoadMessageFileFS(locales, file); err != nil {
			return fmt.Errorf("reading the catalogue %s: %w", file, err)
		}
	}
	tags := bundle.LanguageTags()
	t.matcher = language.NewMatcher(tags)
	for _, tag := range tags {
		t.voices = append(t.voices, voice{tag: tag, localizer: i18n.NewLocalizer(bundle, tag.String())})
	}
	return nil
}

// Render makes the message of a purpose in the nearest language there is,
// English where none is near.
func (t *Texts) Render(purpose, languageTag string, data TextData) (Rendered, error) {
	letter, ok := letters[purpose]
	if !ok {
		return Rendered{}, domain.Faultf(domain.Invalid, "unknown-purpose", "there is no text for the purpose %q", purpose)
	}
	if letter.button != "" && !webLink(data.Link) {
		return Rendered{}, domain.Faultf(domain.Invalid, "link", "the text %q needs an http or https link", purpose)
	}
	_, index := language.MatchStrings(t.matcher, languageTag)
	voice := t.voices[index]
	page, err := letter.page(voice, data)
	if err != nil {
		return Rendered{}, fmt.Errorf("writing %q in %q: %w", purpose, voice.tag, err)
	}
	rendered := Rendered{Subject: page.Subject, SMS: page.sms, Language: voice.tag.String()}
	var plainBody, htmlBody bytes.Buffer
	if err := t.text.Execute(&plainBody, page); err != nil {
		return Rendered{}, fmt.Errorf("laying out %q as text: %w", purpose, err)
	}
	if err := t.html.Execute(&htmlBody, page); err != nil {
		return Rendered{}, fmt.Errorf("laying out %q as HTML: %w", purpose, err)
	}
	rendered.Text, rendered.HTML = strings.TrimSpace(plainBody.String())+"\n", htmlBody.String()
	return rendered, nil
}
