package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/alexedwards/argon2id"
	"golang.org/x/text/unicode/norm"
)

// masterKey reads the key that wraps all others: from a file that is its
// owner's alone, or with env:NAME from the environment. A file that is missing
// is an fs.ErrNotExist.
func masterKey(place string) ([]byte, error) {
	if name, ok := strings.CutPrefix(place, "env:"); ok {
		return parseKey(os.Getenv(name), "the environment variable "+name)
	}
	raw, err := os.ReadFile(place)
	if err != nil {
		return nil, fmt.Errorf("read the master key: %w", err)
	}
	info, err := os.Stat(place)
	if err == nil && info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("the master key %s can be read by others (mode %o); it must be 600", place, info.Mode().Perm())
	}
	return parseKey(string(raw), place)
}

// firstMasterKey reads the master key, and makes it where there is neither a
// key nor anything that is wrapped with one.
func firstMasterKey(place, keys string) ([]byte, error) {
	wrapped := isFile(keys) // looked for first: whoever makes both begins with the master key
	key, err := masterKey(place)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if wrapped {
		return nil, fmt.Errorf("there is no master key %s, but %s is wrapped with one; bring it back", place, keys)
	}
	fresh := make([]byte, 32)
	if _, err := rand.Read(fresh); err != nil {
		return nil, fmt.Errorf("draw the master key: %w", err)
	}
	if err := writeSecret(place, hex.EncodeToString(fresh)); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return masterKey(place) // ours, or that of who was faster
}

func parseKey(text, source string) ([]byte, error) {
	key, err := hex.DecodeString(strings.TrimSpace(text))
	if err != nil || len(key) != 32 {
		return nil, fmt.Errorf("the master key in %s is not 64 hexadecimal digits", source)
	}
	return key, nil
}

// writeSecret writes a new file that only its owner can read. It appears under
// its name once it is whole and on the disk, and never takes the place of
// another: then the error is an fs.ErrExist.
func writeSecret(place, text string) error {
	folder := filepath.Dir(place)
	draft, err := os.CreateTemp(folder, "."+filepath.Base(place)+"-*") // mode 0600
	if err != nil {
		return fmt.Errorf("write %s: %w", place, err)
	}
	defer os.Remove(draft.Name())
	_, err = draft.WriteString(text + "\n")
	if err := errors.Join(err, draft.Sync(), draft.Close()); err != nil {
		return fmt.Errorf("write %s: %w", place, err)
	}
	if err := os.Link(draft.Name(), place); err != nil {
		return fmt.Errorf("write %s: %w", place, err)
	}
	return syncFolder(folder)
}

// syncFolder makes new names in a folder last.
func syncFolder(folder string) error {
	f, err := os.Open(folder)
	if err != nil {
		return fmt.Errorf("sync the folder %s: %w", folder, err)
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("sync the folder %s: %w", folder, err)
	}
	return nil
}

// tokenLength is how many characters make an operator's token; a file with
// fewer holds none.
const tokenLength = 32

// operatorToken reads the operator's bearer token, and makes it where there is
// none. A file that is empty or cut short is made anew: whoever had that token
// is let in no more.
func operatorToken(place string) (string, error) {
	token, err := readToken(place)
	if err != nil || token != "" {
		return token, err
	}
	err = writeSecret(place, rand.Text()+rand.Text())
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return "", err
	}
	return readToken(place) // ours, or that of who was faster
}

// readToken gives "" where there is no token. A file without one is removed.
func readToken(place string) (string, error) {
	raw, err := os.ReadFile(place)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read the operator's token: %w", err)
	}
	if token := strings.TrimSpace(string(raw)); len(token) >= tokenLength {
		return token, nil
	}
	if err := os.Remove(place); err != nil {
		return "", fmt.Errorf("replace the operator's token: %w", err)
	}
	return "", nil
}

// hashes bounds how many password hashes are computed at once: each takes 19 MiB.
const hashes = 2

// passwords computes argon2id hashes with OWASP's parameters (m=19 MiB, t=2, p=1),
// a few at a time.
type passwords struct {
	ctx   context.Context //nolint:containedctx // the process's own; waiting ends with it
	slots chan struct{}
}

func newPasswords(ctx context.Context) passwords {
	return passwords{ctx: ctx, slots: make(chan struct{}, hashes)}
}

// hash gives the hash of a secret in PHC form. However a keyboard writes an ä or
// a full-width digit, it is the same secret (NIST SP 800-63B: NFKC).
func (p passwords) hash(secret string) (hash string, err error) {
	err = p.inTurn(func() error {
		hash, err = argon2id.CreateHash(norm.NFKC.String(secret), &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32})
		return err
	})
	return hash, err
}

// verify tells whether a hash is a secret's. Hashes of earlier versions are of
// what was typed as it came.
func (p passwords) verify(secret, hash string) (same bool, err error) {
	err = p.inTurn(func() error {
		normal := norm.NFKC.String(secret)
		if same, err = argon2id.ComparePasswordAndHash(normal, hash); err == nil && !same && normal != secret {
			same, err = argon2id.ComparePasswordAndHash(secret, hash)
		}
		return err
	})
	return same, err
}

func (p passwords) inTurn(do func() error) error {
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
	case <-p.ctx.Done():
		return p.ctx.Err()
	}
	return do()
}
