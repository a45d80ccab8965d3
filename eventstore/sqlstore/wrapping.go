package sqlstore

import (
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"
	"io"

	"dialtone/domain"
)

const keyBytes = 32

// errUnwrap is the error of a wrapped key that does not fit the master key and
// the name it stands under.
var errUnwrap = errors.New("the wrapped key does not fit the master key")

// wrapping encrypts keys under the master key with AES-256-GCM. What a key is
// for is bound to it, so that rows can't be swapped.
type wrapping struct{ cipher cipher.AEAD }

func newWrapping(master []byte) (wrapping, error) {
	if len(master) != keyBytes {
		return wrapping{}, domain.Faultf(domain.Invalid, "master-key", "the master key has %d bytes, %d are needed", len(master), keyBytes)
	}
	block, err := aes.NewCipher(master)
	if err != nil {
		return wrapping{}, fmt.Errorf("use the master key: %w", err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return wrapping{}, fmt.Errorf("use the master key: %w", err)
	}
	return wrapping{gcm}, nil
}

func (w wrapping) seal(random io.Reader, kind, name string, key []byte) ([]byte, error) {
	nonce := make([]byte, w.cipher.NonceSize())
	if _, err := io.ReadFull(random, nonce); err != nil {
		return nil, fmt.Errorf("make a nonce: %w", err)
	}
	return w.cipher.Seal(nonce, nonce, key, []byte(kind+"\x00"+name)), nil
}

func (w wrapping) open(kind, name string, wrapped []byte) ([]byte, error) {
	size := w.cipher.NonceSize()
	if len(wrapped) < size {
		return nil, errUnwrap
	}
	key, err := w.cipher.Open(nil, wrapped[:size], wrapped[size:], []byte(kind+"\x00"+name))
	if err != nil {
		return nil, errUnwrap
	}
	return key, nil
}
