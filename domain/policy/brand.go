package policy

import (
	"fmt"
	"math"
	"strconv"
)

// The colours that stand where a brand names none, or one that is hard to read.
const (
	usualGround = "#0b57d0"
	white       = "#ffffff"
	dark        = "#1a2234"
)

// readable is the contrast that text needs (WCAG 2.2, success criterion 1.4.3).
const readable = 4.5

// Ground gives the colour of buttons: the brand's, or the usual one.
func (b Brand) Ground() string {
	if !colourForm.MatchString(b.Colour) {
		return usualGround
	}
	return b.Colour
}

// Ink gives the colour of text on Ground, white or dark, whichever reads better.
func (b Brand) Ink() string {
	if contrast(b.Ground(), white) >= contrast(b.Ground(), dark) {
		return white
	}
	return dark
}

// Accent gives the colour of links on white: the brand's where it can be read.
func (b Brand) Accent() string {
	if contrast(b.Ground(), white) < readable {
		return dark
	}
	return b.Ground()
}

// Pale gives Ground as a tint that dark text can be read on.
func (b Brand) Pale() string {
	const share = 0.12
	rgb, _ := strconv.ParseUint(b.Ground()[1:], 16, 32) // six hexadecimal digits
	part := func(shift int) int { return int(math.Round(255 - share*float64(255-rgb>>shift&0xff))) }
	return fmt.Sprintf("#%02x%02x%02x", part(16), part(8), part(0))
}

// contrast is the ratio of two colours, 1 to 21 (WCAG 2.2, "contrast ratio").
func contrast(one, other string) float64 {
	light, shade := luminance(one), luminance(other)
	if light < shade {
		light, shade = shade, light
	}
	return (light + 0.05) / (shade + 0.05)
}

// luminance is how bright a colour such as "#0a7d38" is, 0 to 1 (WCAG 2.2,
// "relative luminance").
func luminance(colour string) float64 {
	rgb, err := strconv.ParseUint(colour[1:], 16, 32)
	if err != nil {
		return 0
	}
	bright := func(shift int, share float64) float64 {
		c := float64(rgb>>shift&0xff) / 255
		if c <= 0.04045 {
			return share * c / 12.92
		}
		return share * math.Pow((c+0.055)/1.055, 2.4)
	}
	return bright(16, 0.2126) + bright(8, 0.7152) + bright(0, 0.0722)
}
