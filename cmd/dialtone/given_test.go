package main

import (
	"bytes"
	"io/fs"
	"log/slog"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/number"
	"dialtone/domain/user"
)

// folderConfig is the default configuration on a folder.
func folderConfig(t *testing.T, folder string) Config {
	t.Helper()
	c, err := configOf(t, "--data", folder)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// configOf reads the configuration from flags, beside whatever environment and
// file there are.
func configOf(t *testing.T, flags ...string) (Config, error) {
	t.Helper()
	root := rootCommand()
	if err := root.PersistentFlags().Parse(flags); err != nil {
		t.Fatal(err)
	}
	return loadConfig(root.PersistentFlags())
}

// furnish makes a house with a few facts in a folder: a company, its number and
// a user, written in turns.
func furnish(t *testing.T, folder string) {
	t.Helper()
	h, err := build(t.Context(), folderConfig(t, folder), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	for n, told := range []struct {
		stream string
		event  domain.Event
	}{
		{"company-acme", company.Created{ID: "acme", Name: "Acme", Language: "en", Country: "DE"}},
		{"user-ada", user.Created{ID: "ada", Company: "acme", Personal: &user.Person{FirstName: "Ada"}}},
		{"number-+4930123450", number.Connected{Company: "acme"}},
		{"user-ada", user.Suspended{}},
		{"company-acme", company.SiteOpened{ID: "berlin", Name: "Berlin", Country: "DE"}},
		{"user-ada", user.Resumed{}},
	} {
		cause := domain.Cause{Command: "told " + strconv.Itoa(n), Channel: domain.ChannelAPI, Actor: domain.Actor{Kind: domain.ActorOperator}}
		_, err := h.journal.Execute(t.Context(), told.stream, cause, func([]domain.Fact) ([]domain.Event, error) { return []domain.Event{told.event}, nil })
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := h.close(); err != nil {
		t.Fatal(err)
	}
}

// dialtone runs a command on a folder as a shell would.
func dialtone(folder string, args ...string) (status int, out, errOut string) {
	var o, e bytes.Buffer
	status = start(append(args, "--data", folder), &o, &e)
	return status, o.String(), e.String()
}

// files lists what lies in a folder.
func files(t *testing.T, folder string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
		if path != folder {
			names = append(names, filepath.Base(path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	return names
}
