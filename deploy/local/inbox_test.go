package local_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"dialtone/deploy/local"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// clock goes on by a second each time it is read.
func clock() func() time.Time {
	var mu sync.Mutex
	now := noon
	return func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(time.Second)
		return now
	}
}

func openInbox(t *testing.T, file string, limit int) *local.Inbox {
	t.Helper()
	inbox, err := local.OpenInbox(t.Context(), file, limit, clock())
	if err != nil {
		t.Fatalf("open the inbox: %v", err)
	}
	t.Cleanup(func() {
		if err := inbox.Close(); err != nil {
			t.Errorf("close the inbox: %v", err)
		}
	})
	return inbox
}

func newInbox(t *testing.T) *local.Inbox {
	t.Helper()
	return openInbox(t, filepath.Join(t.TempDir(), "inbox #1.db"), 100)
}

func put(t *testing.T, inbox *local.Inbox, message local.Message) {
	t.Helper()
	if _, err := inbox.Put(t.Context(), message); err != nil {
		t.Fatalf("put: %v", err)
	}
}

func received(t *testing.T, inbox *local.Inbox, to string) []local.Message {
	t.Helper()
	messages, err := inbox.Messages(t.Context(), to)
	if err != nil {
		t.Fatalf("read the inbox: %v", err)
	}
	return messages
}

func texts(messages []local.Message) []string {
	read := []string{}
	for _, message := range messages {
		read = append(read, message.Text)
	}
	return read
}

func TestMessagesComeOldestFirstForExactlyOneRecipient(t *testing.T) {
	inbox := newInbox(t)
	for _, m := range []local.Message{
		{To: "ada@example.org", Text: "one"},
		{To: "ada@example.org.uk", Text: "other"},
		{To: "ada@example.org", Text: "two", MessageID: "same"},
		{To: "ada@example.org", Text: "two", MessageID: "same"},
	} {
		put(t, inbox, m)
	}
	if got := texts(received(t, inbox, "ada@example.org")); !slices.Equal(got, []string{"one", "two", "two"}) {
		t.Errorf("her messages are %v", got)
	}
	if got := received(t, inbox, ""); len(got) != 4 || !got[0].At.Equal(noon.Add(time.Second)) {
		t.Errorf("all messages are %v", got)
	}
	if got := received(t, inbox, "nobody@example.org"); got == nil || len(got) != 0 {
		t.Errorf("nobody got %v", got)
	}
}

func TestTheInboxSurvivesARestartAndIsPrivate(t *testing.T) {
	file := filepath.Join(t.TempDir(), "inbox.db")
	first, err := local.OpenInbox(t.Context(), file, 10, clock())
	if err != nil {
		t.Fatal(err)
	}
	put(t, first, local.Message{To: "+491701234567", Text: "kept", Headers: map[string]string{"X-A": "b"}})
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	kept := received(t, openInbox(t, file, 10), "+491701234567")
	if len(kept) != 1 || kept[0].Text != "kept" || kept[0].Headers["X-A"] != "b" {
		t.Errorf("after the restart there is %v", kept)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v, %v", info.Mode(), err)
	}
}

func TestBeyondTheLimitTheOldestAreForgotten(t *testing.T) {
	inbox := openInbox(t, filepath.Join(t.TempDir(), "inbox.db"), 3)
	for i := range 5 {
		put(t, inbox, local.Message{To: "a", Text: fmt.Sprint(i)})
	}
	if got := texts(received(t, inbox, "a")); !slices.Equal(got, []string{"2", "3", "4"}) {
		t.Errorf("kept %v", got)
	}
}

func TestManySendersLoseNothing(t *testing.T) {
	inbox := newInbox(t)
	var senders sync.WaitGroup
	for range 10 {
		senders.Go(func() {
			for range 5 {
				if _, err := inbox.Put(context.Background(), local.Message{To: "a"}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	senders.Wait()
	if got := received(t, inbox, "a"); len(got) != 50 {
		t.Errorf("%d of 50 arrived", len(got))
	}
}

func TestLinksAreWhatAReaderCouldClick(t *testing.T) {
	inbox := newInbox(t)
	for name, c := range map[string]struct {
		text, html string
		want       []string
	}{
		"none":           {"call 110", "<p>nothing</p>", []string{}},
		"at the end":     {"Open https://a.example/x/y?z=1.", "", []string{"https://a.example/x/y?z=1"}},
		"in brackets":    {"(see <http://a.example/b>)", "", []string{"http://a.example/b"}},
		"twice":          {"https://a.example https://a.example", `<a href="https://a.example">x</a>`, []string{"https://a.example"}},
		"escaped anchor": {"", `<a class=b href="https://a.example/?p=1&amp;q=2">x</a>`, []string{"https://a.example/?p=1&q=2"}},
		"other schemes":  {"", `<a href="mailto:a@b">x</a><a>y</a><link href="https://a.example/c.css">`, []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			kept, err := inbox.Put(t.Context(), local.Message{To: name, Text: c.text, HTML: c.html})
			if err != nil || !slices.Equal(kept.Links, c.want) {
				t.Errorf("links %q, %v", kept.Links, err)
			}
		})
	}
}
