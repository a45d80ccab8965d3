package local

import (
	_ "embed"
	"html/template"
	"net/http"
	"strings"
)

// pageLimit is how many messages the inbox page shows.
const pageLimit = 50

//go:embed inbox.gohtml
var inboxSource string

// inboxPage shows a mail's HTML in a frame without any rights: an escaped
// attribute is markup again to the frame, and only there.
var inboxPage = template.Must(template.New("inbox").Parse(inboxSource))

// InboxHandler serves /dev/messages?to=, all messages as JSON, oldest first,
// and /dev/inbox?to=, a page of the newest.
func InboxHandler(inbox *Inbox) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /dev/messages", func(w http.ResponseWriter, r *http.Request) {
		messages, err := inbox.Messages(r.Context(), recipient(r))
		if err != nil {
			problem(w, http.StatusServiceUnavailable, err.Error())
			return
		}
		w.Header().Set("Cache-Control", "no-store")
		writeJSON(w, http.StatusOK, messages)
	})
	mux.HandleFunc("GET /dev/inbox", func(w http.ResponseWriter, r *http.Request) {
		to := recipient(r)
		messages, err := inbox.newest(r.Context(), to, pageLimit)
		if err != nil {
			problem(w, http.StatusServiceUnavailable, err.Error())
			return
		}
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_ = inboxPage.Execute(w, map[string]any{"To": to, "Messages": messages, "Limit": pageLimit}) // the client may have gone
	})
	return mux
}

// recipient is whose messages are asked for. The plus of a number that was
// typed into an address arrives as a space.
func recipient(r *http.Request) string {
	to := r.URL.Query().Get("to")
	if number, typed := strings.CutPrefix(to, " "); typed {
		return "+" + number
	}
	return to
}
