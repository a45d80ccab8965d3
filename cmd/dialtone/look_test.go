package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// looking are the commands that look at what is there.
var looking = [][]string{
	{"user", "history", "ada"},
	{"user", "show", "ada"},
	{"verify"},
	{"verify", "--stream", "user-ada"},
	{"projections", "status"},
	{"projections", "rebuild", "users"},
	{"projections", "unpark", "companies", "company-acme"},
}

func TestLookingMakesNothing(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, args := range looking {
		folder := filepath.Join(t.TempDir(), "data")
		if status, out, told := dialtone(folder, args...); status != 1 || out != "" || !strings.Contains(told, "there is no ") {
			t.Errorf("%v where nothing is: status %d\n%s%s", args, status, out, told)
		}
		if _, err := os.Stat(folder); !os.IsNotExist(err) {
			t.Errorf("%v made %v", args, files(t, folder))
		}
	}
}

func TestLookingNamesTheFileThatIsMissing(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, c := range []struct {
		missing string
		args    [][]string
	}{
		{"events.db", looking},
		{"keys.db", slices.Concat(looking[:2], looking[4:])},
		{"master.key", slices.Concat(looking[:2], looking[4:])},
		{"projections.db", looking[4:]},
	} {
		folder := t.TempDir()
		furnish(t, folder)
		if err := os.Remove(filepath.Join(folder, c.missing)); err != nil {
			t.Fatal(err)
		}
		before := files(t, folder)
		for _, args := range c.args {
			if status, _, told := dialtone(folder, args...); status != 1 || !strings.Contains(told, c.missing) {
				t.Errorf("%v without %s: status %d\n%s", args, c.missing, status, told)
			}
		}
		if after := files(t, folder); !slices.Equal(after, before) {
			t.Errorf("looking without %s made of %v these: %v", c.missing, before, after)
		}
	}
}

func TestLookingAtAHouseThatStandsStill(t *testing.T) {
	t.Chdir(t.TempDir())
	folder := t.TempDir()
	furnish(t, folder)
	before := files(t, folder)
	for _, args := range looking {
		if status, out, told := dialtone(folder, args...); status != 0 || out == "" {
			t.Errorf("%v: status %d\n%s%s", args, status, out, told)
		}
	}
	if after := files(t, folder); !slices.Equal(after, before) {
		t.Errorf("looking made of %v these: %v", before, after)
	}
}

func TestUnparkAppliesWhatWaits(t *testing.T) {
	t.Chdir(t.TempDir())
	folder := t.TempDir()
	furnish(t, folder)
	h, err := lookAtViews(t.Context(), folderConfig(t, folder), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	const parked = `INSERT INTO parked (projection, position, stream, revision, type, error, at) VALUES
		('companies', 1, 'company-acme', 0, 'company.created.v1', 'it was not known', '2026-03-02 12:00:00+00:00'),
		('companies', 5, 'company-acme', 1, 'company.site-opened.v1', '', '2026-03-02 12:00:00+00:00')`
	if _, err := h.views.DB().ExecContext(t.Context(), parked); err != nil {
		t.Fatal(err)
	}
	if err := h.close(); err != nil {
		t.Fatal(err)
	}
	if status, out, told := dialtone(folder, "projections", "unpark", "companies", "company-acme"); status != 0 || !strings.Contains(out, "company-acme") {
		t.Fatalf("status %d\n%s%s", status, out, told)
	}
	if h, err = lookAtViews(t.Context(), folderConfig(t, folder), slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	defer h.close()
	if stale, err := h.views.Stale(t.Context(), "company-acme"); err != nil || stale {
		t.Errorf("it still waits: %v, %v", stale, err)
	}
	if status, _, told := dialtone(folder, "projections", "unpark", "nothing", "company-acme"); status != 1 || !strings.Contains(told, "nothing") {
		t.Errorf("a projection that is none: status %d\n%s", status, told)
	}
}
