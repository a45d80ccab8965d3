package local

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

var textLink = regexp.MustCompile(`https?://[^\s<>"]+`)

// links finds what a reader could click: addresses in the text, then the
// anchors of the HTML, each once.
func links(text, markup string) []string {
	found := []string{}
	add := func(link string) {
		if !slices.Contains(found, link) {
			found = append(found, link)
		}
	}
	for _, link := range textLink.FindAllString(text, -1) {
		add(strings.TrimRight(link, `.,;:!?)]'`))
	}
	tokens := html.NewTokenizer(strings.NewReader(markup))
	for kind := tokens.Next(); kind != html.ErrorToken; kind = tokens.Next() {
		token := tokens.Token()
		if kind != html.StartTagToken || token.Data != "a" {
			continue
		}
		for _, attribute := range token.Attr {
			if attribute.Key == "href" && textLink.MatchString(attribute.Val) {
				add(attribute.Val)
			}
		}
	}
	return found
}
