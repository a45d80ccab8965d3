package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/alexedwards/argon2id"
)

// masterKey reads the key that wraps all others, and makes the file at the
// first start.
func masterKey(place string) ([]byte, error) {
	if name, ok := strings.CutPrefix(place, "env:"); ok {
		return parseKey(os.Getenv(name), "the environment variable "+name)
	}
	raw, err := os.ReadFile(place)
	switch {
	case err == nil:
		info, err := os.Stat(place)
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			return nil, fmt.Errorf("the master key %s can be read by others (mode %o); it must be 600", place, info.Mode().Perm())
		}
		return parseKey(string(raw), place)
	case !errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("read the master key: %w", err)
	}
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		return nil, fmt.Errorf("draw the master key: %w", err)
	}
	return key, writeSecret(place, hex.EncodeToString(key))
}

func parseKey(text, source string) ([]byte, error) {
	key, err := hex.DecodeString(strings.TrimSpace(text))
	if err != nil || len(key) != 32 {
		return nil, fmt.Errorf("the master key in %s is not 64 hexadecimal digits", source)
	}
	return key, nil
}

// writeSecret writes a new file that only its owner can read.
func writeSecret(place, text string) error {
	f, err := os.OpenFile(place, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("write %s: %w", place, err)
	}
	_, err = f.WriteString(text + "\n")
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", place, err)
	}
	return nil
}

// operatorToken reads the operator's bearer token, and makes it at the first start.
func operatorToken(place string) (string, error) {
	raw, err := os.ReadFile(place)
	if err == nil && len(strings.TrimSpace(string(raw))) >= 32 {
		return strings.TrimSpace(string(raw)), nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("read the operator's token: %w", err)
	}
	token := rand.Text() + rand.Text()
	return token, writeSecret(place, token)
}

// hashes bounds how many password hashes are computed at once: each takes 19 MiB.
const hashes = 2

// passwordHash gives the argon2id hash of OWASP's parameters (m=19 MiB, t=2, p=1).
func passwordHash(ctx context.Context) func(string) (string, error) {
	slots := make(chan struct{}, hashes)
	params := &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}
	return func(secret string) (string, error) {
		select {
		case slots <- struct{}{}:
			defer func() { <-slots }()
		case <-ctx.Done():
			return "", ctx.Err()
		}
		return argon2id.CreateHash(secret, params)
	}
}
