package api

import (
	"errors"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"dialtone/api/locales"
	"dialtone/api/pages"
	"dialtone/domain"
)

// formLimit is the most bytes a page's form may hold.
const formLimit = 16 << 10

// form reads what a page's form holds: its own fields, each at most once, and
// nothing else.
func form(c *gin.Context, fields ...string) (url.Values, error) {
	return formOf(c, func(name string) bool { return slices.Contains(fields, name) })
}

// formOf is form for fields that are known by more than a list of names.
func formOf(c *gin.Context, own func(name string) bool) (url.Values, error) {
	kind, _, err := mime.ParseMediaType(c.GetHeader("Content-Type"))
	if (err != nil || kind != "application/x-www-form-urlencoded") && c.Request.ContentLength != 0 {
		return nil, domain.Faultf(domain.Invalid, codeMalformed, "a form is sent as application/x-www-form-urlencoded")
	}
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, formLimit)
	if err := c.Request.ParseForm(); err != nil {
		if large := new(http.MaxBytesError); errors.As(err, &large) {
			return nil, domain.Faultf(domain.Invalid, codeTooLarge, "a form holds at most %d bytes", large.Limit)
		}
		return nil, domain.Faultf(domain.Invalid, codeMalformed, "the form could not be read")
	}
	for name, values := range c.Request.PostForm {
		if !own(name) || len(values) != 1 {
			return nil, domain.Faultf(domain.Invalid, codeMalformed, "the form holds a field that is not its own, or one twice")
		}
	}
	return c.Request.PostForm, nil
}

// commanded reads a form of the back-office and gives the command it stands
// for: the same form sent twice is the same command.
func (f *front) commanded(c *gin.Context, fields ...string) (url.Values, domain.Cause, error) {
	fields = append(fields, "command")
	return f.commandedOf(c, func(name string) bool { return slices.Contains(fields, name) })
}

// commandedOf is commanded for fields that are known by more than a list of names.
func (f *front) commandedOf(c *gin.Context, own func(name string) bool) (url.Values, domain.Cause, error) {
	values, err := formOf(c, own)
	if err != nil {
		return nil, domain.Cause{}, err
	}
	command := values.Get("command")
	if len(command) < 16 || len(command) > 64 {
		return nil, domain.Cause{}, domain.Faultf(domain.Invalid, "no-command", "the form does not say which command it is; load the page anew")
	}
	actor := exchangeOf(c.Request.Context()).actor
	return values, f.cause(actor, domain.ChannelPage, c.FullPath()+" "+c.Param("id")+" "+command), nil
}

// wordedFaults gives the broken fields of an error in the reader's language. In
// English the rule speaks for itself.
func wordedFaults(voice locales.Voice, p *Problem) pages.Faults {
	faults := pages.Faults{}
	for _, field := range p.Errors {
		message := field.Detail
		if voice.Tag != "en" {
			message = voice.First(message, "fault."+field.Code, "refusal."+field.Code)
		}
		faults[field.Pointer] = append(faults[field.Pointer], sentence(message))
	}
	if pointer := takenFields[p.Code]; pointer != "" {
		faults[pointer] = append(faults[pointer], sentence(wordedRefusal(voice, p)))
	}
	return faults
}

// takenFields are the fields that refusals of the whole order are about.
var takenFields = map[string]string{
	"email-taken": "/email", "extension-taken": "/extension", "number-taken": "/number", "number-foreign": "/number",
	"username-taken": "/username", "quota-reached": "/licence", "pool-empty": "/number", "no-free-number": "/number",
}

// wordedRefusal says why something was refused as a whole.
func wordedRefusal(voice locales.Voice, p *Problem) string {
	if voice.Tag == "en" {
		return sentence(p.Detail)
	}
	return voice.First(sentence(p.Detail), "refusal."+p.Code)
}

// sentence begins with a capital letter and ends with a full stop.
func sentence(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	if size == 0 {
		return ""
	}
	text = string(unicode.ToUpper(first)) + text[size:]
	if last, _ := utf8.DecodeLastRuneInString(text); unicode.IsPunct(last) && last != ')' && last != '"' && last != '/' {
		return text
	}
	return text + "."
}
