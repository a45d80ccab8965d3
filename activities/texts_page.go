package activities

import (
	"errors"
	"strings"
	"time"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// page is a letter in one language, filled in: what the layouts show.
type page struct {
	Language, Subject, Title string
	Greeting, Closing, Help  string
	Operator                 string
	Before, After            []string
	Pairs, Guides            []pair
	Button, CopyHint, Link   string
	Ground, Ink, Accent      string // colours, "#0b57d0"
	sms                      string
}

// pair is a line with a name: a user name, a link.
type pair struct{ Label, Value string }

// page words the letter. The values are plain text on one line; the HTML
// layout escapes the finished sentences.
func (l letter) page(voice voice, data TextData) (page, error) {
	words, err := voice.words(data)
	if err != nil {
		return page{}, err
	}
	speech := &speech{voice: voice, words: words}
	filled := page{Language: voice.tag.String()}
	if l.subject != "" {
		filled = l.mail(speech, data)
	}
	if l.sms != "" {
		filled.sms = speech.sayShort(l.sms, data.GreekUnicode)
	}
	return filled, errors.Join(speech.errs...)
}

func (l letter) mail(speech *speech, data TextData) page {
	brand := data.Brand
	filled := page{
		Language: speech.voice.tag.String(),
		Subject:  plain(speech.say(l.subject)),
		Title:    speech.say(l.title),
		Greeting: speech.say("common.greeting"),
		Closing:  speech.say("common.closing"),
		Operator: speech.words.Operator,
		Before:   speech.sayAll(l.before),
		After:    speech.sayAll(l.after),
		Pairs:    l.pairs(speech),
		Ground:   brand.Ground(), Ink: brand.Ink(), Accent: brand.Accent(),
	}
	if link := l.link(data); link != "" {
		filled.Button, filled.CopyHint, filled.Link = speech.say(l.button), speech.say("common.copy"), link
	}
	if speech.words.HelpPhone != "" {
		filled.Help = speech.say("common.help")
	}
	if l.guides && brand.AppURL != "" {
		filled.Guides = append(filled.Guides, pair{speech.say("common.app"), brand.AppURL})
	}
	if l.guides && brand.InfoURL != "" {
		filled.Guides = append(filled.Guides, pair{speech.say("common.info"), brand.InfoURL})
	}
	return filled
}

// pairs are the letter's values that are to be copied; those missing are left out.
func (l letter) pairs(speech *speech) []pair {
	values := map[string]string{
		"username": speech.words.Username, "password": speech.words.Password, "passcode": speech.words.Passcode,
	}
	var pairs []pair
	for _, name := range l.shown {
		if values[name] != "" {
			pairs = append(pairs, pair{speech.say("common." + name), values[name]})
		}
	}
	return pairs
}

// words are what the catalogues can mention.
type words struct {
	Name, Company, Operator, Number, Extension string
	Expires, ExpiresShort, When                string
	Hours, Days, Minutes                       string
	Username, Password, Passcode, Code         string
	Colleague, Groups                          string
	ByHand                                     bool
	HelpPhone, InfoURL                         string
	Link                                       string // in SMS only: mails have a button
}

// voice is one language.
type voice struct {
	tag       language.Tag
	localizer *i18n.Localizer
}

func (v voice) words(data TextData) (words, error) {
	speech := &speech{voice: v}
	filled := words{
		Name:      plain(data.FirstName + " " + data.LastName),
		Company:   plain(data.Company),
		Operator:  plain(data.Operator),
		Number:    plain(data.Number),
		Extension: plain(data.Extension),
		Username:  plain(data.Username),
		Password:  plain(data.Password),
		Passcode:  plain(data.Passcode),
		Code:      plain(data.Code),
		Colleague: plain(data.Colleague),
		Groups:    plain(data.Groups),
		ByHand:    data.ByHand,
		HelpPhone: plain(data.Brand.HelpPhone),
		InfoURL:   data.Brand.InfoURL,
		Link:      data.Link,
		Hours:     speech.count("common.hours", data.ValidHours),
		Days:      speech.count("common.days", max(data.Days, 1)), // a last day that has begun is one
		Minutes:   speech.count("common.minutes", data.Minutes),
	}
	filled.Expires, filled.ExpiresShort = speech.moment(data.ExpiresAt, data.Zone)
	filled.When, _ = speech.moment(data.At, data.Zone)
	return filled, errors.Join(speech.errs...)
}

// speech says catalogue entries and remembers which it could not say.
type speech struct {
	voice voice
	words words
	errs  []error
}

// moment words a moment with its zone, for a mail and for an SMS; nothing for
// the zero one.
func (s *speech) moment(at time.Time, zone *time.Location) (long, short string) {
	if at.IsZero() {
		return "", ""
	}
	if zone == nil {
		zone = time.UTC
	}
	at = at.In(zone)
	abbreviation := at.Format("MST")
	zoneName := zone.String()
	if zoneName == "Local" || zoneName == "" {
		zoneName = abbreviation
	}
	long = s.sayWith(&i18n.LocalizeConfig{MessageID: "common.moment", TemplateData: map[string]string{
		"Day": at.Format("2"), "Year": at.Format("2006"), "Clock": at.Format("15:04"), "Zone": zoneName,
		"Month": s.say("month." + strings.ToLower(at.Month().String())),
	}})
	short = s.sayWith(&i18n.LocalizeConfig{MessageID: "common.moment-short", TemplateData: map[string]string{
		"Day": at.Format("02"), "MonthNumber": at.Format("01"), "MonthShort": at.Format("Jan"), "Year": at.Format("2006"),
		"Clock": at.Format("15:04"), "Zone": abbreviation,
	}})
	return long, short
}

func (s *speech) count(id string, n int) string {
	return s.sayWith(&i18n.LocalizeConfig{MessageID: id, PluralCount: n})
}

func (s *speech) say(id string) string {
	return s.sayWith(&i18n.LocalizeConfig{MessageID: id, TemplateData: s.words})
}

func (s *speech) sayAll(ids []string) []string {
	said := make([]string, 0, len(ids))
	for _, id := range ids {
		said = append(said, s.say(id))
	}
	return said
}

func (s *speech) sayWith(config *i18n.LocalizeConfig) string {
	said, err := s.voice.localizer.Localize(config)
	if err != nil {
		s.errs = append(s.errs, err)
	}
	return strings.TrimSpace(said)
}
