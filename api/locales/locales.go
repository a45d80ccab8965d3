// Package locales holds what the pages say, one catalogue a language and page.
// A sentence is found by a key such as "login.title"; every language has every
// key.
package locales

import (
	"embed"
	"fmt"
	"io/fs"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"go.yaml.in/yaml/v3"
	"golang.org/x/text/language"
)

//go:embed *.yaml
var files embed.FS

// Catalogue is the set of all languages.
type Catalogue struct {
	matcher language.Matcher
	voices  []Voice // in the order of the matcher's languages, English first
}

// Voice is one language. It speaks HTML-free text; whoever shows it escapes it.
type Voice struct {
	Tag       string // BCP 47, "de"
	localizer *i18n.Localizer
}

// Open reads the catalogues that were compiled in.
func Open() (*Catalogue, error) {
	bundle := i18n.NewBundle(language.English)
	bundle.RegisterUnmarshalFunc("yaml", yaml.Unmarshal)
	names, err := fs.Glob(files, "*.yaml")
	if err != nil {
		return nil, fmt.Errorf("list the pages' catalogues: %w", err)
	}
	for _, name := range names {
		if _, err := bundle.LoadMessageFileFS(files, name); err != nil {
			return nil, fmt.Errorf("read the pages' catalogue %s: %w", name, err)
		}
	}
	tags := bundle.LanguageTags()
	c := &Catalogue{matcher: language.NewMatcher(tags)}
	for _, tag := range tags {
		c.voices = append(c.voices, Voice{Tag: tag.String(), localizer: i18n.NewLocalizer(bundle, tag.String())})
	}
	return c, nil
}

// Voice gives the language that fits best. A wish is a tag or the value of an
// Accept-Language header (RFC 9110 §12.5.4); the first that is not empty and
// known counts, English where none is.
func (c *Catalogue) Voice(wishes ...string) Voice {
	for _, wish := range wishes {
		tags, _, err := language.ParseAcceptLanguage(wish)
		if err != nil || len(tags) == 0 {
			continue
		}
		if _, index, confidence := c.matcher.Match(tags...); confidence > language.No {
			return c.voices[index]
		}
	}
	return c.voices[0]
}

// Tags lists the languages there are.
func (c *Catalogue) Tags() []string {
	tags := make([]string, 0, len(c.voices))
	for _, voice := range c.voices {
		tags = append(tags, voice.Tag)
	}
	return tags
}

// Say gives the sentence of a key with its words filled in, which are given as
// pairs of name and value. The word "Count" chooses between singular and
// plural. A key that is missing is said itself, so that the page still works.
func (v Voice) Say(key string, words ...any) string {
	if said, ok := v.Find(key, words...); ok {
		return said
	}
	return key
}

// Find is Say that tells whether there is such a sentence.
func (v Voice) Find(key string, words ...any) (string, bool) {
	filled := make(map[string]any, len(words)/2)
	for i := 0; i+1 < len(words); i += 2 {
		if name, ok := words[i].(string); ok {
			filled[name] = words[i+1]
		}
	}
	said, err := v.localizer.Localize(&i18n.LocalizeConfig{MessageID: key, TemplateData: filled, PluralCount: filled["Count"]})
	return strings.TrimSpace(said), err == nil
}

// First says the first of several keys that has a sentence, and otherwise the
// given text.
func (v Voice) First(otherwise string, keys ...string) string {
	for _, key := range keys {
		if said, ok := v.Find(key); ok {
			return said
		}
	}
	return otherwise
}
