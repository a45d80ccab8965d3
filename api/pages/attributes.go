package pages

import (
	"net/url"

	"github.com/a-h/templ"
)

// attributes gives what a field's input and select have in common.
func attributes(f Field) templ.Attributes {
	all := templ.Attributes{"id": f.Name, "name": f.Name, "required": f.Required, "autofocus": f.Focus}
	for name, value := range map[string]string{
		"autocomplete": f.Complete, "inputmode": f.Mode, "aria-describedby": f.describedBy(),
	} {
		if value != "" {
			all[name] = value
		}
	}
	if len(f.Errors) > 0 {
		all["aria-invalid"] = "true"
	}
	return all
}

// withLanguage gives an address with another language asked for. An empty
// address means the page itself and keeps what identifies it out of the link.
func withLanguage(address, tag string) string {
	parsed, err := url.Parse(address)
	if err != nil || parsed.IsAbs() || parsed.Host != "" {
		parsed = &url.URL{}
	}
	query := parsed.Query()
	query.Set("lang", tag)
	parsed.RawQuery = query.Encode()
	return parsed.String()
}
