package activities

import (
	"bytes"
	"embed"
	"fmt"
	html "html/template"
	"io/fs"
	"log/slog"
	"strings"
	text "text/template"
	"time"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"go.yaml.in/yaml/v3"
	"golang.org/x/text/language"

	"dialtone/domain"
	"dialtone/domain/policy"
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

// TextData is what a message can tell. Unused fields may be empty. It holds
// secrets: printed or logged it shows none of them.
type TextData struct {
	FirstName, LastName string
	Company, Operator   string
	Link                string // http or https, as are LoginURL and the brand's links
	Number, Extension   string
	ExpiresAt           time.Time // of the link or the password; zero leaves it out
	ValidHours          int
	Zone                *time.Location // the user's; nil = UTC

	Username, Password, Passcode string
	Code                         string    // the one that verifies a mobile
	ByHand                       bool      // the password is handed over, not sent
	LoginURL                     string    // where people log in; empty leaves the button out
	Days, Minutes                int       // until a password ends; for which a link or a code is valid
	At                           time.Time // when the thing happened that is told; zero leaves it out

	Colleague string // who left; "" where that has been forgotten
	Groups    string // which ones, as a list

	Brand        policy.Brand
	GreekUnicode bool // SMS in Greek as it is written (policy.Sender)
}

// String tells nothing but what it is.
func (TextData) String() string { return "what a message tells" }

// GoString tells nothing but what it is.
func (d TextData) GoString() string { return d.String() }

// LogValue tells nothing but what it is.
func (d TextData) LogValue() slog.Value { return slog.StringValue(d.String()) }

// Rendered is a message in all its forms: a mail as plain text and as HTML
// (both UTF-8), and for some purposes an SMS, of one GSM-7 segment wherever its
// alphabet and its words allow.
type Rendered struct {
	Subject, Text, HTML string // empty where the purpose has no mail
	SMS                 string // empty where the purpose has none
	Language            string // the one it was rendered in, a BCP 47 tag
}

// String names the subject only, for the rest may hold secrets.
func (r Rendered) String() string { return fmt.Sprintf("%q in %s", r.Subject, r.Language) }

// GoString names the subject only.
func (r Rendered) GoString() string { return r.String() }

// LogValue names the subject only.
func (r Rendered) LogValue() slog.Value { return slog.StringValue(r.String()) }

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
	sample := TextData{Link: "https://example.org/", Username: "ada", Password: "x", Code: "1"}
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
	if err := letter.check(purpose, data); err != nil {
		return Rendered{}, err
	}
	_, index := language.MatchStrings(t.matcher, languageTag)
	voice := t.voices[index]
	page, err := letter.page(voice, data)
	if err != nil {
		return Rendered{}, fmt.Errorf("writing %q in %q: %w", purpose, voice.tag, err)
	}
	rendered := Rendered{Subject: page.Subject, SMS: page.sms, Language: voice.tag.String()}
	if letter.subject == "" {
		return rendered, nil
	}
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
