package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/alexedwards/argon2id"
)

func TestTheMasterKeyIsMadeOnceAndIsItsOwnersAlone(t *testing.T) {
	folder := t.TempDir()
	place := filepath.Join(folder, "master.key")
	keys := make([][]byte, 16)
	var all sync.WaitGroup
	for i := range keys { // processes that start at once agree
		all.Go(func() {
			var err error
			if keys[i], err = firstMasterKey(place, filepath.Join(folder, "keys.db")); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for _, key := range keys {
		if len(key) != 32 || !bytes.Equal(key, keys[0]) {
			t.Fatalf("they read %x", keys)
		}
	}
	info, err := os.Stat(place)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("its mode is %v, %v", info.Mode(), err)
	}
	if left := files(t, folder); !slices.Equal(left, []string{"master.key"}) {
		t.Errorf("left behind: %v", left)
	}
}

func TestAMasterKeyThatIsNoneIsRefusedAndLeftAsItIs(t *testing.T) {
	whole := strings.Repeat("ab", 32) + "\n"
	for name, c := range map[string]struct {
		text  string
		mode  os.FileMode
		fault string
	}{
		"whole":              {whole, 0o600, ""},
		"empty":              {"", 0o600, "64 hexadecimal digits"},
		"cut short":          {whole[:40], 0o600, "64 hexadecimal digits"},
		"readable by others": {whole, 0o644, "can be read by others"},
	} {
		t.Run(name, func(t *testing.T) {
			place := filepath.Join(t.TempDir(), "master.key")
			if err := os.WriteFile(place, []byte(c.text), c.mode); err != nil {
				t.Fatal(err)
			}
			_, err := firstMasterKey(place, filepath.Join(t.TempDir(), "keys.db"))
			if (err != nil) != (c.fault != "") || err != nil && !strings.Contains(err.Error(), c.fault) {
				t.Errorf("read with %v", err)
			}
			if text, err := os.ReadFile(place); err != nil || string(text) != c.text {
				t.Errorf("it holds %q, %v", text, err)
			}
		})
	}
}

func TestAMasterKeyComesFromTheEnvironment(t *testing.T) {
	t.Setenv("HOUSE_KEY", strings.Repeat("ab", 32))
	if key, err := masterKey("env:HOUSE_KEY"); err != nil || len(key) != 32 {
		t.Errorf("%x, %v", key, err)
	}
	if _, err := firstMasterKey("env:NO_KEY", filepath.Join(t.TempDir(), "keys.db")); err == nil || !strings.Contains(err.Error(), "NO_KEY") {
		t.Errorf("without it: %v", err)
	}
}

func TestALostMasterKeyIsNotReplaced(t *testing.T) {
	folder := t.TempDir()
	furnish(t, folder)
	place := filepath.Join(folder, "master.key")
	if err := os.Remove(place); err != nil {
		t.Fatal(err)
	}
	if _, err := firstMasterKey(place, filepath.Join(folder, "keys.db")); err == nil || !strings.Contains(err.Error(), "bring it back") {
		t.Errorf("read with %v", err)
	}
	if slices.Contains(files(t, folder), "master.key") {
		t.Error("another one was made")
	}
}

func TestATokenIsMadeWhereThereIsNone(t *testing.T) {
	good := strings.Repeat("t", tokenLength)
	for name, c := range map[string]struct {
		given *string
		kept  bool
	}{
		"missing": {nil, false}, "empty": {new(""), false}, "cut short": {new(good[1:] + "\n"), false}, "whole": {new(good + "\n"), true},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			place := filepath.Join(folder, "operator.token")
			if c.given != nil {
				write(t, place, *c.given)
			}
			token, err := operatorToken(place)
			if err != nil || len(token) < tokenLength || (token == good) != c.kept {
				t.Fatalf("%q, %v", token, err)
			}
			if again, err := operatorToken(place); err != nil || again != token {
				t.Errorf("the next start reads %q, %v", again, err)
			}
			if info, err := os.Stat(place); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("its mode is %v, %v", info.Mode(), err)
			}
			if left := files(t, folder); !slices.Equal(left, []string{"operator.token"}) {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

func TestASecretTakesNobodysPlace(t *testing.T) {
	place := filepath.Join(t.TempDir(), "secret")
	write(t, place, "first")
	if err := writeSecret(place, "second"); !errors.Is(err, fs.ErrExist) {
		t.Errorf("written with %v", err)
	}
	if text, err := os.ReadFile(place); err != nil || string(text) != "first" {
		t.Errorf("it holds %q, %v", text, err)
	}
}

func TestAPasswordIsTheSameHoweverItIsWritten(t *testing.T) {
	p := newPasswords(t.Context())
	hash, err := p.hash("sch\u00f6ne Gr\u00fc\u00dfe 12")
	if err != nil {
		t.Fatal(err)
	}
	for typed, want := range map[string]bool{
		"scho\u0308ne Gru\u0308\u00dfe 12": true, "sch\u00f6ne Gr\u00fc\u00dfe \uff11\uff12": true, "schone Gruße 12": false, "": false,
	} {
		if same, err := p.verify(typed, hash); err != nil || same != want {
			t.Errorf("%+q: %v, %v", typed, same, err)
		}
	}
	before, err := argon2id.CreateHash("gru\u0308n", argon2id.DefaultParams) // as an earlier version kept it
	if err != nil {
		t.Fatal(err)
	}
	if same, err := p.verify("gru\u0308n", before); err != nil || !same {
		t.Errorf("what was typed then is %v, %v", same, err)
	}
}
