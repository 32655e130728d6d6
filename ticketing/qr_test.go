package ticketing

import (
	"bytes"
	"image/png"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"

	qrcode "github.com/skip2/go-qrcode"
)

func TestQR_noTokenNeedsMoreThanVersion6(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for range 10_000 {
		token := randomToken(r)
		code, err := qrcode.New(token, qrcode.Medium)
		if err != nil {
			t.Fatal(err)
		}
		if code.VersionNumber > 6 {
			t.Fatalf("%s: version %d", token, code.VersionNumber)
		}
	}
}

func TestQR_pictures(t *testing.T) {
	token := testToken(7, 1, 0).Sign(testKey("7.1"))
	modules, err := matrix(token)
	if err != nil {
		t.Fatal(err)
	}
	side := len(modules)
	if side != 49 {
		t.Fatalf("%d modules with the quiet zone, want 49", side)
	}
	for i := range side {
		for j := range 4 {
			if modules[i][j] || modules[j][i] || modules[i][side-1-j] || modules[side-1-j][i] {
				t.Fatal("the quiet zone is not quiet")
			}
		}
	}
	svg, err := SVG(token)
	if err != nil {
		t.Fatal(err)
	}
	if drawn := drawnPath(t, string(svg), side); !equal(drawn, modules) {
		t.Error("the SVG shows another code")
	}
	if n := strings.Count(string(svg), "<path"); n != 1 || !strings.Contains(string(svg), `shape-rendering="crispEdges"`) || !strings.Contains(string(svg), `fill="#fff"`) {
		t.Errorf("SVG: %.200s", svg)
	}
	for _, row := range []struct{ ask, side, scale, margin int }{
		{0, 49, 1, 0}, {49, 49, 1, 0}, {256, 256, 5, 5}, {490, 490, 10, 0}, {9999, MaxPNG, 41, 19},
	} {
		raw, err := PNG(token, row.ask)
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		if got := img.Bounds().Dx(); got != row.side || img.Bounds().Dy() != row.side {
			t.Errorf("asked for %d pixels, got %d", row.ask, got)
		}
		for y := range row.side {
			for x := range row.side {
				mx, my := (x-row.margin)/row.scale, (y-row.margin)/row.scale
				inside := x >= row.margin && y >= row.margin && mx < side && my < side
				want := inside && modules[my][mx]
				if red, _, _, _ := img.At(x, y).RGBA(); (red == 0) != want {
					t.Fatalf("%d pixels: wrong at %d,%d", row.ask, x, y)
				}
			}
		}
	}
	if _, err := SVG(strings.Repeat("x", 200)); err == nil {
		t.Error("a text that is no token was drawn")
	}
}

var run = regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1h-(\d+)z`)

// drawnPath fills in what the path of an SVG draws.
func drawnPath(t *testing.T, svg string, side int) [][]bool {
	_, path, _ := strings.Cut(svg, ` d="`)
	path, _, _ = strings.Cut(path, `"`)
	if rest := run.ReplaceAllString(path, ""); rest != "" {
		t.Fatalf("path holds %q", rest)
	}
	drawn := make([][]bool, side)
	for i := range drawn {
		drawn[i] = make([]bool, side)
	}
	for _, m := range run.FindAllStringSubmatch(path, -1) {
		x, _ := strconv.Atoi(m[1])
		y, _ := strconv.Atoi(m[2])
		width, _ := strconv.Atoi(m[3])
		if m[3] != m[4] {
			t.Fatalf("run %s does not close", m[0])
		}
		for i := range width {
			drawn[y][x+i] = true
		}
	}
	return drawn
}

func equal(a, b [][]bool) bool {
	for y := range a {
		for x := range a[y] {
			if a[y][x] != b[y][x] {
				return false
			}
		}
	}
	return len(a) == len(b)
}

func BenchmarkQR(b *testing.B) {
	token := testToken(7, 1, 0).Sign(testKey("7.1"))
	draw := func(name string, one func() error) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := one(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	draw("SVG", func() error { _, err := SVG(token); return err })
	draw("PNG", func() error { _, err := PNG(token, 256); return err })
	draw("skip2 matrix", func() error { _, err := matrix(token); return err })
	draw("skip2 PNG", func() error { _, err := qrcode.Encode(token, qrcode.Medium, 256); return err })
}
