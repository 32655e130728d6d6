package ticketing

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strconv"

	qrcode "github.com/skip2/go-qrcode"
)

// maxModules is the side of a version 6 symbol with its quiet zone of four
// modules on each side. A token never needs more (reliability.md 1.1).
const maxModules = 41 + 2*4

// MaxPNG bounds the side of a PNG in pixels: enough for a poster, too small to
// be a burden.
const MaxPNG = 2048

// matrix gives the modules of a token, dark ones true, quiet zone included.
func matrix(token string) ([][]bool, error) {
	code, err := qrcode.New(token, qrcode.Medium)
	if err != nil {
		return nil, fmt.Errorf("ticketing: qr: %w", err)
	}
	modules := code.Bitmap()
	if len(modules) > maxModules {
		return nil, fmt.Errorf("ticketing: qr: %d modules are more than a token needs", len(modules))
	}
	return modules, nil
}

// PNG draws a token as a square picture of px pixels, dark on white. Modules are
// all of the same whole number of pixels, at least one; what is left over widens
// the quiet zone. px is moved into 49 to MaxPNG.
func PNG(token string, px int) ([]byte, error) {
	modules, err := matrix(token)
	if err != nil {
		return nil, err
	}
	px = min(max(px, len(modules)), MaxPNG)
	scale := px / len(modules)
	margin := (px - scale*len(modules)) / 2
	img := image.NewPaletted(image.Rect(0, 0, px, px), color.Palette{color.White, color.Black})
	for y, row := range modules {
		line := img.Pix[(margin+y*scale)*img.Stride:][:img.Stride]
		for x, dark := range row {
			if dark {
				for i := range scale {
					line[margin+x*scale+i] = 1
				}
			}
		}
		for i := 1; i < scale; i++ {
			copy(img.Pix[(margin+y*scale+i)*img.Stride:][:img.Stride], line)
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		return nil, fmt.Errorf("ticketing: qr: %w", err)
	}
	return out.Bytes(), nil
}

// SVG draws a token as one path on a white ground: dark on white in every colour
// scheme, since readers expect it. A unit is a module; the size is the page's.
func SVG(token string) ([]byte, error) {
	modules, err := matrix(token)
	if err != nil {
		return nil, err
	}
	side := strconv.Itoa(len(modules))
	out := make([]byte, 0, 8<<10)
	out = append(out, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 `+side+" "+side+
		`" shape-rendering="crispEdges"><rect width="`+side+`" height="`+side+`" fill="#fff"/><path fill="#000" d="`...)
	for y, row := range modules {
		for x := 0; x < len(row); x++ {
			if !row[x] {
				continue
			}
			run := 1
			for x+run < len(row) && row[x+run] {
				run++
			}
			out = append(out, 'M')
			out = strconv.AppendInt(out, int64(x), 10)
			out = append(out, ' ')
			out = strconv.AppendInt(out, int64(y), 10)
			out = append(out, 'h')
			out = strconv.AppendInt(out, int64(run), 10)
			out = append(out, "v1h-"...)
			out = strconv.AppendInt(out, int64(run), 10)
			out = append(out, 'z')
			x += run
		}
	}
	return append(out, `"/></svg>`...), nil
}
