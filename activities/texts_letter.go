package activities

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// letter names the catalogue entries a message is made of, in order.
type letter struct {
	subject, title string
	before         []string // paragraphs above the button
	button         string   // empty = no link at all
	after          []string // paragraphs below it
	sms            string   // empty = no SMS
}

// letters are the messages by purpose.
var letters = map[string]letter{
	"activation-link": {
		subject: "activation-link.subject", title: "activation-link.title",
		before: []string{"activation-link.intro", "activation-link.steps"},
		button: "common.activate",
		after:  []string{"common.validity", "common.several-accounts", "common.check-sender"},
	},
	"activation-renewed": {
		subject: "activation-renewed.subject", title: "activation-renewed.title",
		before: []string{"activation-renewed.intro"},
		button: "common.activate",
		after:  []string{"common.validity", "common.several-accounts", "common.check-sender"},
	},
	"activation-reminder": {
		subject: "activation-reminder.subject", title: "activation-reminder.title",
		before: []string{"activation-reminder.intro"},
		button: "common.activate",
		after:  []string{"common.validity", "common.several-accounts", "common.check-sender"},
		sms:    "activation-reminder.sms",
	},
	"activated": {
		subject: "activated.subject", title: "activated.title",
		before: []string{"activated.intro", "activated.not-you"},
	},
}

// page is a letter in one language, filled in: what the layouts show.
type page struct {
	Language, Subject, Title string
	Greeting, Closing        string
	Before, After            []string
	Button, CopyHint, Link   string
	sms                      string
}

// page words the letter. The values are plain text on one line; the HTML
// layout escapes the finished sentences.
func (l letter) page(voice voice, data TextData) (page, error) {
	words, err := voice.words(data)
	if err != nil {
		return page{}, err
	}
	speech := &speech{voice: voice, words: words}
	filled := page{
		Language: voice.tag.String(),
		Subject:  plain(speech.say(l.subject)),
		Title:    speech.say(l.title),
		Greeting: speech.say("common.greeting"),
		Closing:  speech.say("common.closing"),
		Before:   speech.sayAll(l.before),
		After:    speech.sayAll(l.after),
	}
	if l.button != "" {
		filled.Button, filled.CopyHint, filled.Link = speech.say(l.button), speech.say("common.copy"), data.Link
	}
	if l.sms != "" {
		filled.sms = speech.sayShort(l.sms)
	}
	return filled, errors.Join(speech.errs...)
}

// words are what the catalogues can mention.
type words struct {
	Name, Company, Operator, Number, Extension string
	Expires, ExpiresShort, Hours               string
}

// voice is one language.
type voice struct {
	tag       language.Tag
	localizer *i18n.Localizer
}

func (v voice) words(data TextData) (words, error) {
	zone := data.Zone
	if zone == nil {
		zone = time.UTC
	}
	at := data.ExpiresAt.In(zone)
	abbreviation := at.Format("MST")
	zoneName := zone.String()
	if zoneName == "Local" || zoneName == "" {
		zoneName = abbreviation
	}
	speech := &speech{voice: v}
	date := map[string]string{
		"Day": at.Format("2"), "Year": at.Format("2006"), "Clock": at.Format("15:04"), "Zone": zoneName,
		"Month": speech.say("month." + strings.ToLower(at.Month().String())),
	}
	short := map[string]string{
		"Day": at.Format("02"), "MonthNumber": at.Format("01"), "MonthShort": at.Format("Jan"), "Year": at.Format("2006"),
		"Clock": at.Format("15:04"), "Zone": abbreviation,
	}
	filled := words{
		Name:         plain(data.FirstName + " " + data.LastName),
		Company:      plain(data.Company),
		Operator:     plain(data.Operator),
		Number:       plain(data.Number),
		Extension:    plain(data.Extension),
		Expires:      speech.sayWith(&i18n.LocalizeConfig{MessageID: "common.moment", TemplateData: date}),
		ExpiresShort: speech.sayWith(&i18n.LocalizeConfig{MessageID: "common.moment-short", TemplateData: short}),
		Hours:        speech.sayWith(&i18n.LocalizeConfig{MessageID: "common.hours", PluralCount: data.ValidHours}),
	}
	return filled, errors.Join(speech.errs...)
}

// speech says catalogue entries and remembers which it could not say.
type speech struct {
	voice voice
	words words
	errs  []error
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

// sayShort says an entry in one GSM-7 segment; the operator's name gets what
// room the rest leaves.
func (s *speech) sayShort(id string) string {
	operator := s.words.Operator
	s.words.Operator = ""
	room := smsSegment - septets(gsm(s.say(id))) - smsJoint
	s.words.Operator = fitGSM(operator, room)
	said := gsm(s.say(id))
	s.words.Operator = operator
	if septets(said) > smsSegment {
		s.errs = append(s.errs, fmt.Errorf("the SMS %q takes more than one segment", id))
	}
	return said
}
