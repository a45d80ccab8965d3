package local

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"time"

	_ "modernc.org/sqlite" // the driver named "sqlite"
)

// The channels a message can have come by.
const (
	ChannelMail = "mail"
	ChannelSMS  = "sms"
)

// Message is one delivery to one recipient. A mail to two people is two
// messages, and a mail sent twice is two messages with one MessageID.
type Message struct {
	Channel   string            `json:"channel"` // mail or sms
	To        string            `json:"to"`      // address of the envelope, or E.164 number
	From      string            `json:"from"`    // address, number or sender name
	Subject   string            `json:"subject"`
	Text      string            `json:"text"`
	HTML      string            `json:"html"`
	Links     []string          `json:"links"` // http and https, text before HTML, each once
	At        time.Time         `json:"at"`    // when it was delivered, UTC
	MessageID string            `json:"messageId,omitempty"`
	Headers   map[string]string `json:"headers,omitempty"`  // of a mail; repeated ones joined by ", "
	ReportTo  string            `json:"reportTo,omitempty"` // of an SMS: where its delivery is reported
	Envelope  string            `json:"envelope,omitempty"` // of a mail: the sender's name for it in reports (RFC 3461)
}

// Inbox keeps the newest messages in a SQLite file, so that they are still
// there after a restart.
type Inbox struct {
	db    *sql.DB
	limit int
	now   func() time.Time
}

// inboxSchema keeps a message as the JSON it is handed out as.
const inboxSchema = `
CREATE TABLE IF NOT EXISTS messages (
	id        INTEGER PRIMARY KEY AUTOINCREMENT,
	recipient TEXT NOT NULL,
	message   TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS messages_recipient ON messages (recipient, id);`

// OpenInbox opens the file, made where it is missing and readable by its owner
// only. Beyond limit messages the oldest are forgotten. Close it after use.
func OpenInbox(ctx context.Context, file string, limit int, now func() time.Time) (*Inbox, error) {
	created, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the inbox: %w", err)
	}
	if err := created.Close(); err != nil {
		return nil, fmt.Errorf("open the inbox: %w", err)
	}
	dsn := "file:" + (&url.URL{Path: file}).EscapedPath() +
		"?_pragma=journal_mode=wal&_pragma=synchronous=normal&_pragma=busy_timeout=5000"
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, fmt.Errorf("open the inbox: %w", err)
	}
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(ctx, inboxSchema); err != nil {
		return nil, errors.Join(fmt.Errorf("open the inbox: %w", err), db.Close())
	}
	return &Inbox{db: db, limit: limit, now: now}, nil
}

// Close closes the file.
func (b *Inbox) Close() error { return b.db.Close() }

// Put delivers a message and gives it back with its time and its links. What
// Put has accepted survives the process.
func (b *Inbox) Put(ctx context.Context, message Message) (Message, error) {
	message.At = b.now().UTC()
	message.Links = links(message.Text, message.HTML)
	body, err := json.Marshal(message)
	if err != nil {
		return Message{}, fmt.Errorf("keep a message: %w", err)
	}
	tx, err := b.db.BeginTx(ctx, nil)
	if err != nil {
		return Message{}, fmt.Errorf("keep a message: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // after a commit there is nothing to roll back
	result, err := tx.ExecContext(ctx, "INSERT INTO messages (recipient, message) VALUES (?, ?)", message.To, string(body))
	if err != nil {
		return Message{}, fmt.Errorf("keep a message: %w", err)
	}
	id, err := result.LastInsertId()
	if err != nil {
		return Message{}, fmt.Errorf("keep a message: %w", err)
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM messages WHERE id <= ?", id-int64(b.limit)); err != nil {
		return Message{}, fmt.Errorf("forget old messages: %w", err)
	}
	if err := tx.Commit(); err != nil {
		return Message{}, fmt.Errorf("keep a message: %w", err)
	}
	return message, nil
}

// Messages gives what was delivered to exactly this address or number, to
// anybody where it is empty, oldest first.
func (b *Inbox) Messages(ctx context.Context, to string) ([]Message, error) {
	return b.read(ctx, "SELECT message FROM messages WHERE recipient = ?1 COLLATE NOCASE OR ?1 = '' ORDER BY id", to)
}

// newest gives at most count messages, newest first.
func (b *Inbox) newest(ctx context.Context, to string, count int) ([]Message, error) {
	return b.read(ctx, "SELECT message FROM messages WHERE recipient = ?1 OR ?1 = '' ORDER BY id DESC LIMIT ?2", to, count)
}

func (b *Inbox) read(ctx context.Context, query string, args ...any) ([]Message, error) {
	rows, err := b.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read the inbox: %w", err)
	}
	defer rows.Close()
	messages := []Message{}
	for rows.Next() {
		var body string
		if err := rows.Scan(&body); err != nil {
			return nil, fmt.Errorf("read the inbox: %w", err)
		}
		var message Message
		if err := json.Unmarshal([]byte(body), &message); err != nil {
			return nil, fmt.Errorf("read the inbox: %w", err)
		}
		messages = append(messages, message)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read the inbox: %w", err)
	}
	return messages, nil
}
