package assets

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"dialtone/domain/policy"
)

// themeRule is the style sheet of an operator's colour. It comes after the
// others. Its words stand for colours worked out of one that is checked, so
// that nothing of a policy is ever a rule of its own.
const themeRule = `:root{--brand:ACCENT;--pale-brand:PALE}
.plain{border-top:4px solid GROUND}
.plain .btn-primary{background:GROUND;border-color:GROUND;color:INK}
.plain .btn-primary:hover{background:GROUND;border-color:GROUND;color:INK;filter:brightness(.92)}
.plain .sheet a:not(.btn),.plain .foot a{color:ACCENT}
`

// themeRoot changes with the rule, since themes are kept for ever.
var themeRoot = func() string {
	sum := sha256.Sum256([]byte(themeRule))
	return "theme-" + hex.EncodeToString(sum[:4]) + "/"
}()

// Theme gives the path of the style sheet in a brand's colour; "" for a brand
// without one.
func (s *Set) Theme(brand policy.Brand) string {
	if brand.Colour == "" || brand.Ground() != brand.Colour {
		return ""
	}
	return Root + themeRoot + strings.TrimPrefix(brand.Colour, "#") + ".css"
}

// theme makes the style sheet that an address stands for. Any colour has one:
// it is told by the address alone.
func theme(address string) (*file, bool) {
	name, ours := strings.CutPrefix(address, themeRoot)
	digits, css := strings.CutSuffix(name, ".css")
	rgb, err := strconv.ParseUint(digits, 16, 24)
	brand := policy.Brand{Colour: fmt.Sprintf("#%06x", rgb)}
	if !ours || !css || err != nil || brand.Colour != "#"+digits {
		return nil, false
	}
	words := strings.NewReplacer("GROUND", brand.Ground(), "INK", brand.Ink(), "ACCENT", brand.Accent(), "PALE", brand.Pale())
	return newFile(types[".css"], []byte(words.Replace(themeRule))), true
}

// find gives the file at an address below Root.
func (s *Set) find(r *http.Request) (*file, bool) {
	address := strings.TrimPrefix(r.URL.Path, Root)
	if found, ok := s.files[address]; ok {
		return found, true
	}
	return theme(address)
}
