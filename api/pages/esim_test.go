package pages_test

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"dialtone/api/pages"
)

var (
	drawnSide    = regexp.MustCompile(`viewBox="0 0 ([0-9]+) ([0-9]+)"`)
	drawnSquares = regexp.MustCompile(`M([0-9]+) ([0-9]+)h1v1h-1z`)
)

// picture draws the squares of a page's code as a browser would.
func picture(t *testing.T, page string) []byte {
	t.Helper()
	side := drawnSide.FindStringSubmatch(page)
	if side == nil {
		t.Fatalf("there is no code on the page:\n%s", page)
	}
	size, _ := strconv.Atoi(side[1])
	const scale = 6
	drawn := image.NewGray(image.Rect(0, 0, size*scale, size*scale))
	for i := range drawn.Pix {
		drawn.Pix[i] = 0xff
	}
	for _, square := range drawnSquares.FindAllStringSubmatch(page, -1) {
		x, _ := strconv.Atoi(square[1])
		y, _ := strconv.Atoi(square[2])
		for n := range scale * scale {
			drawn.SetGray(x*scale+n%scale, y*scale+n/scale, color.Gray{})
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, drawn); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestACodeIsReadBackFromItsPicture(t *testing.T) {
	reader, err := exec.LookPath("zbarimg")
	if err != nil {
		if os.Getenv("DIALTONE_REQUIRE") == "all" {
			t.Fatal("zbarimg is required and missing; make deps installs it")
		}
		t.Skip("zbarimg is missing; make deps installs it")
	}
	for _, text := range []string{
		"LPA:1$smdp.vendor.example$0A1B2C3D-4E5F6071-8293A4B5", "LPA:1$" + strings.Repeat("a", 120) + ".example$" + strings.Repeat("AB-1", 20),
	} {
		code, err := pages.NewCode("TeleProffs", text)
		if err != nil {
			t.Fatal(err)
		}
		page := shown(t, pages.ESIMCodePage(frame(t, "en", false), code))
		file := filepath.Join(t.TempDir(), "code.png")
		if err := os.WriteFile(file, picture(t, page), 0o600); err != nil {
			t.Fatal(err)
		}
		read, err := exec.CommandContext(t.Context(), reader, "--raw", "-q", file).Output()
		if err != nil || strings.TrimSpace(string(read)) != text {
			t.Errorf("read %q, %v, not %q", read, err, text)
		}
		for _, part := range strings.Split(text, "$")[1:] {
			if !strings.Contains(page, "<dd>"+part+"</dd>") {
				t.Errorf("the page does not tell %q", part)
			}
		}
	}
}

func TestWhatIsTooLongForACodeIsRefused(t *testing.T) {
	if _, err := pages.NewCode("TeleProffs", strings.Repeat("a", 3000)); err == nil || strings.Contains(err.Error(), "aaa") {
		t.Errorf("drawn, or told: %v", err)
	}
}
