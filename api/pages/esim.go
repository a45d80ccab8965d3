package pages

import (
	"fmt"
	"strconv"
	"strings"

	"rsc.io/qr"
)

// ESIM is where a user's own eSIM stands.
type ESIM struct {
	Operator, Command string
	ID                string // "" for none
	Ready, Shown      bool   // it can be downloaded; its code was seen
	Cause             string // why it is not ready yet, "" where nothing is wrong
	Why               string // the user can have none; "" where that is not so
}

// Code is the activation code of an eSIM as a picture of squares.
type Code struct {
	Operator, Text string
	qr             *qr.Code
}

// NewCode draws an activation code as a QR code (ISO/IEC 18004).
func NewCode(operator, text string) (Code, error) {
	drawn, err := qr.Encode(text, qr.M)
	if err != nil {
		return Code{}, fmt.Errorf("draw a code of %d characters: %w", len(text), err)
	}
	return Code{Operator: operator, Text: text, qr: drawn}, nil
}

// margin is how many squares around a code stay light, as readers need it.
const margin = 4

func (c Code) viewBox() string {
	side := strconv.Itoa(c.qr.Size + 2*margin)
	return "0 0 " + side + " " + side
}

// squares is the path around all dark squares.
func (c Code) squares() string {
	var path strings.Builder
	for y := range c.qr.Size {
		for x := range c.qr.Size {
			if c.qr.Black(x, y) {
				fmt.Fprintf(&path, "M%d %dh1v1h-1z", x+margin, y+margin)
			}
		}
	}
	return path.String()
}

// manual are the two parts of the code that telephones ask for where it is typed:
// the server, and what is to be downloaded from it.
func (c Code) manual() (server, matching string) {
	parts := strings.SplitN(c.Text, "$", 3)
	if len(parts) < 3 {
		return "", ""
	}
	return parts[1], parts[2]
}
