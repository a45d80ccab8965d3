package kurrent

import (
	"log/slog"
	"time"

	"dialtone/domain"
)

// The values that stand for a zero in Config.
const (
	usualWatch    = time.Second
	usualOutage   = 30 * time.Second
	usualRetry    = 50 * time.Millisecond
	longestRetry  = 2 * time.Second
	usualAttempts = 8
)

// Config says how to reach the server. DSN or Settings, Clock and NewID are
// needed; zero means the usual value everywhere else.
type Config struct {
	DSN      string   // read with Parse; "" means that Settings is set
	Settings Settings // left alone if there is a DSN

	Clock   func() time.Time
	NewID   func() string                    // a new UUID in its text form each time
	Shuffle func(n int, swap func(i, j int)) // rand.Shuffle; nil: nodes are asked in the order given
	Log     *slog.Logger                     // nil: silent

	WatchEvery time.Duration // how often subscriptions are compared with the head of the log; 1 s
	MaxOutage  time.Duration // how long a subscription goes on trying without an answer; 30 s
	RetryAfter time.Duration // the first pause between two tries, doubled up to 2 s; 50 ms
	Tries      int           // of a write whose outcome is unknown; 8
}

// complete puts in what is missing, or tells what can't be.
func (c Config) complete() (Config, error) {
	if c.DSN != "" {
		settings, err := Parse(c.DSN)
		if err != nil {
			return Config{}, err
		}
		c.Settings, c.DSN = settings, ""
	}
	switch {
	case len(c.Settings.Hosts) == 0:
		return Config{}, domain.Faultf(domain.Invalid, "no-host", "the event store's connection names no host")
	case c.Clock == nil:
		return Config{}, domain.Faultf(domain.Invalid, "no-clock", "the event store needs a clock")
	case c.NewID == nil:
		return Config{}, domain.Faultf(domain.Invalid, "no-ids", "the event store needs new ids")
	}
	if c.Settings.ConnectionName == "" {
		c.Settings.ConnectionName = c.NewID()
	}
	usual := defaults()
	c.Settings.MaxDiscoverAttempts = or(c.Settings.MaxDiscoverAttempts, usual.MaxDiscoverAttempts)
	c.Settings.GossipTimeout = or(c.Settings.GossipTimeout, usual.GossipTimeout)
	c.Settings.DefaultDeadline = or(c.Settings.DefaultDeadline, usual.DefaultDeadline)
	if c.Settings.NodePreference == "" {
		c.Settings.NodePreference = usual.NodePreference
	}
	if c.Shuffle == nil {
		c.Shuffle = func(int, func(i, j int)) {}
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	c.WatchEvery, c.MaxOutage = or(c.WatchEvery, usualWatch), or(c.MaxOutage, usualOutage)
	c.RetryAfter, c.Tries = or(c.RetryAfter, usualRetry), or(c.Tries, usualAttempts)
	return c, nil
}

// or gives a value unless it is zero.
func or[T time.Duration | int](value, usual T) T {
	if value <= 0 {
		return usual
	}
	return value
}
