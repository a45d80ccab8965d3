package temporald

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"go.temporal.io/server/common/log/tag"
)

func TestOnlyWhatMattersIsLogged(t *testing.T) {
	for name, c := range map[string]struct {
		level slog.Level
		want  string
	}{
		"starting": {starting, "error dpanic"},
		"serving":  {serving, "warn error dpanic"},
		"stopping": {stopping, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var lines bytes.Buffer
			var level slog.LevelVar
			level.Set(c.level)
			log := logger{quiet(slog.New(slog.NewTextHandler(&lines, &slog.HandlerOptions{
				ReplaceAttr: func(_ []string, attribute slog.Attr) slog.Attr {
					if attribute.Key == slog.MessageKey {
						return attribute
					}
					return slog.Attr{}
				},
			})), &level)}
			log.Debug("debug")
			log.Info("info")
			log.Warn("warn")
			log.Error("error")
			log.DPanic("dpanic")
			got := strings.ReplaceAll(strings.Join(strings.Fields(lines.String()), " "), "msg=", "")
			if got != c.want {
				t.Errorf("logged %q", got)
			}
		})
	}
}

func TestLinesCarryTheirTags(t *testing.T) {
	var lines bytes.Buffer
	log := logger{quiet(slog.New(slog.NewTextHandler(&lines, nil)), serving)}
	log.With(tag.WorkflowID("user/1")).Error("lost", tag.Error(errors.New("disk full")))
	for _, wanted := range []string{"level=ERROR", "msg=lost", "component=temporal", "wf-id=user/1", `error="disk full"`} {
		if !strings.Contains(lines.String(), wanted) {
			t.Errorf("%q lacks %s", lines.String(), wanted)
		}
	}
}

func TestAFatalLineStopsTheCaller(t *testing.T) {
	for name, fatal := range map[string]func(logger){
		"fatal": func(l logger) { l.Fatal("broken") },
		"panic": func(l logger) { l.Panic("broken") },
	} {
		t.Run(name, func(t *testing.T) {
			var lines bytes.Buffer
			defer func() {
				if recover() == nil || !strings.Contains(lines.String(), "broken") {
					t.Errorf("it went on, or silently: %q", lines.String())
				}
			}()
			fatal(logger{quiet(slog.New(slog.NewTextHandler(&lines, nil)), serving)})
		})
	}
}
