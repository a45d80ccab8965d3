package temporald

import (
	"context"
	"fmt"
	"log/slog"

	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/log/tag"
)

// logger hands the server's log lines to slog.
type logger struct{ out *slog.Logger }

var _ log.WithLogger = logger{}

// The levels of a server's life. While its services look for each other and
// while they hang up on each other, lines say nothing about its health.
const (
	starting = slog.LevelError
	serving  = slog.LevelWarn
	stopping = slog.LevelError + 1
)

// quiet lets lines through from the level on and marks where they come from.
func quiet(out *slog.Logger, minimum slog.Leveler) *slog.Logger {
	return slog.New(atLeast{minimum, out.Handler()}).With("component", "temporal")
}

// Debug drops the line: it is below what quiet lets through.
func (l logger) Debug(string, ...tag.Tag) {}

// Info drops the line: it is below what quiet lets through.
func (l logger) Info(string, ...tag.Tag) {}

// Warn writes a warning.
func (l logger) Warn(message string, tags ...tag.Tag) { l.out.Warn(message, attrs(tags)...) }

// Error writes an error.
func (l logger) Error(message string, tags ...tag.Tag) { l.out.Error(message, attrs(tags)...) }

// DPanic writes an error; outside development it doesn't panic.
func (l logger) DPanic(message string, tags ...tag.Tag) { l.out.Error(message, attrs(tags)...) }

// Panic writes an error and panics, as the server relies on.
func (l logger) Panic(message string, tags ...tag.Tag) {
	l.out.Error(message, attrs(tags)...)
	panic("temporal: " + message)
}

// Fatal writes an error and panics: the caller must not go on, and a library
// has no business ending the process without a trace.
func (l logger) Fatal(message string, tags ...tag.Tag) {
	l.out.Error(message, attrs(tags)...)
	panic("temporal: " + message)
}

// With gives a logger that adds the tags to every line.
func (l logger) With(tags ...tag.Tag) log.Logger {
	return logger{l.out.With(attrs(tags)...)}
}

// attrs translates tags; a line carries only what the server tagged it with.
func attrs(tags []tag.Tag) []any {
	attributes := make([]any, 0, len(tags))
	for _, each := range tags {
		value := each.Value()
		if err, ok := value.(error); ok {
			value = err.Error()
		}
		if text, ok := value.(fmt.Stringer); ok {
			value = text.String()
		}
		attributes = append(attributes, slog.Any(each.Key(), value))
	}
	return attributes
}

// atLeast is a handler that also asks for a minimum level.
type atLeast struct {
	minimum slog.Leveler
	slog.Handler
}

// Enabled tells whether the line is important enough for both.
func (h atLeast) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= h.minimum.Level() && h.Handler.Enabled(ctx, level)
}

// WithAttrs keeps the minimum level on the derived handler.
func (h atLeast) WithAttrs(attributes []slog.Attr) slog.Handler {
	return atLeast{h.minimum, h.Handler.WithAttrs(attributes)}
}

// WithGroup keeps the minimum level on the derived handler.
func (h atLeast) WithGroup(name string) slog.Handler {
	return atLeast{h.minimum, h.Handler.WithGroup(name)}
}
