package local

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// simEntry is a line of the stand-in's book: an order or a card as it is from now on.
type simEntry struct {
	Order *simOrder `json:"order,omitempty"`
	Card  *simCard  `json:"card,omitempty"`
}

// OpenSIMVendor makes a vendor that keeps what it did in a file, and goes on with
// what stands there: a restart loses no order and draws no card twice.
func OpenSIMVendor(cfg SIMVendorConfig, path string) (*SIMVendor, error) {
	book, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the SIM vendor's book: %w", err)
	}
	v := NewSIMVendor(cfg)
	if err := v.read(book); err != nil {
		return nil, errors.Join(fmt.Errorf("read the SIM vendor's book: %w", err), book.Close())
	}
	v.book = book
	return v, nil
}

// read goes through a book. A last line that was cut off by a crash is left out.
func (v *SIMVendor) read(book io.Reader) error {
	lines := bufio.NewReader(book)
	for {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			v.drawn = len(v.cards)
			return nil
		}
		if err != nil {
			return err
		}
		var entry simEntry
		if json.Unmarshal(line, &entry) != nil {
			continue
		}
		if entry.Order != nil {
			v.orders[entry.Order.Order] = entry.Order
		}
		if entry.Card != nil {
			v.cards[entry.Card.IMSI] = entry.Card
		}
	}
}

// note writes a line of the book.
func (v *SIMVendor) note(entry simEntry) {
	if v.book == nil {
		return
	}
	line, err := json.Marshal(entry)
	if err == nil {
		_, err = v.book.Write(append(line, '\n'))
	}
	if err != nil && v.cfg.Log != nil {
		v.cfg.Log.Error("the embedded SIM vendor could not keep what it did", "error", err)
	}
}

// Close ends the book.
func (v *SIMVendor) Close() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.book == nil {
		return nil
	}
	book := v.book
	v.book = nil
	return book.Close()
}
