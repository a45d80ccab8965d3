package main

import (
	"io"
	"log/slog"
)

func logLevel(name string) (slog.Level, error) {
	var level slog.Level
	err := level.UnmarshalText([]byte(name))
	return level, err
}

// newLog writes JSON lines. Names, addresses, numbers and secrets never get here:
// what is logged are ids, kinds and durations.
func newLog(out io.Writer, name string) *slog.Logger {
	level, err := logLevel(name)
	if err != nil {
		level = slog.LevelInfo
	}
	return slog.New(slog.NewJSONHandler(out, &slog.HandlerOptions{Level: level}))
}
