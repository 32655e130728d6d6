package ticketing

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

// Promise 1.1: decoders that are not ours read every clean picture of a pass,
// and 99 of a hundred that a hand held askew, a lens blurred and the dark made
// noisy.
const cleanPictures, poorPictures = 200, 500

// decoders print what they read in many pictures, each in its own way.
var decoders = []struct {
	program string
	args    []string
}{
	{"zbarimg", []string{"--quiet", "--raw"}},
	{"ZXingReader", []string{"-1", "-format", "QRCode"}},
}

func TestQR_readByIndependentDecoders(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	clean := drawPictures(t, cleanPictures, func(n int, token string) []byte {
		picture, err := PNG(token, 98+5*n)
		if err != nil {
			t.Fatal(err)
		}
		return picture
	}, r)
	poor := drawPictures(t, poorPictures, func(_ int, token string) []byte { return distorted(t, token, r) }, r)
	for _, d := range decoders {
		t.Run(d.program, func(t *testing.T) {
			path, err := exec.LookPath(d.program)
			if err != nil {
				t.Skipf("%s is not installed, so this decoder reads no codes here", d.program)
			}
			if missed := clean.missedBy(t, path, d.args); len(missed) > 0 {
				t.Errorf("%d of %d clean pictures were not read: %v", len(missed), cleanPictures, missed)
			}
			missed := poor.missedBy(t, path, d.args)
			t.Logf("%d of %d poor pictures were read", poorPictures-len(missed), poorPictures)
			if len(missed)*100 > poorPictures {
				t.Errorf("%d of %d poor pictures were not read: %v", len(missed), poorPictures, missed)
			}
		})
	}
}

// pictures is a folder of them, and the token in each.
type pictures struct {
	folder string
	tokens map[string]string // by file name
}

func drawPictures(t *testing.T, count int, draw func(n int, token string) []byte, r *rand.Rand) pictures {
	p := pictures{t.TempDir(), map[string]string{}}
	for n := range count {
		token := randomToken(r)
		name := fmt.Sprintf("%03d.img", n)
		if err := os.WriteFile(filepath.Join(p.folder, name), draw(n, token), 0o600); err != nil {
			t.Fatal(err)
		}
		p.tokens[name] = token
	}
	return p
}

var shownToken = regexp.MustCompile(`FE1:[A-Z2-7]*`)

// missedBy gives the pictures whose token a decoder did not read; a token that
// is in none of them is an error of its own.
func (p pictures) missedBy(t *testing.T, path string, args []string) []string {
	files := make([]string, 0, len(p.tokens))
	for name := range p.tokens {
		files = append(files, name)
	}
	decoder := exec.CommandContext(t.Context(), path, append(args, files...)...)
	decoder.Dir = p.folder
	out, err := decoder.Output() // not 0 when it read nothing in one of them
	read := map[string]bool{}
	for _, token := range shownToken.FindAllString(string(out), -1) {
		read[token] = true
	}
	if len(read) == 0 {
		t.Fatalf("nothing was read: %v\n%.500s", err, out)
	}
	var missed []string
	for name, token := range p.tokens {
		if !read[token] {
			missed = append(missed, name)
		}
		delete(read, token)
	}
	for token := range read {
		t.Errorf("read %s, which is in no picture", token)
	}
	return missed
}

// distorted is what a camera makes of a pass: turned by any angle, modules of 3.5
// to 6 pixels, out of focus by up to a quarter of a module, lit less than fully,
// and grainy. A grey picture as PGM, which every decoder reads.
func distorted(t *testing.T, token string, r *rand.Rand) []byte {
	modules, err := matrix(token)
	if err != nil {
		t.Fatal(err)
	}
	size := 3.5 + 2.5*r.Float64() // of a module, in pixels
	sin, cos := math.Sincos(2 * math.Pi * r.Float64())
	dark, light := 60*r.Float64(), 190+65*r.Float64()
	blur, grain := size*r.Float64()/4, 3*r.Float64()

	code := float64(len(modules))
	side := int(code*size*math.Sqrt2) + 1 // the diagonal fits
	plane := make([]float64, side*side)
	for i := range plane {
		for sub := range 4 { // four samples a pixel
			x := (float64(i%side) + .25 + .5*float64(sub&1) - float64(side)/2) / size
			y := (float64(i/side) + .25 + .5*float64(sub>>1) - float64(side)/2) / size
			mx, my := x*cos+y*sin+code/2, y*cos-x*sin+code/2
			inside := mx >= 0 && my >= 0 && mx < code && my < code
			if inside && modules[int(my)][int(mx)] {
				plane[i] += dark / 4
			} else {
				plane[i] += light / 4
			}
		}
	}
	blurred(plane, side, blur)
	out := fmt.Appendf(nil, "P5\n%d %d\n255\n", side, side)
	for _, v := range plane {
		out = append(out, byte(min(max(v+grain*r.NormFloat64(), 0), 255)))
	}
	return out
}

// blurred applies a Gaussian to a square, rows first and then columns.
func blurred(plane []float64, side int, sigma float64) {
	if sigma < .1 {
		return
	}
	kernel := make([]float64, 2*int(3*sigma+1)+1)
	half := len(kernel) / 2
	var total float64
	for i := range kernel {
		d := float64(i-half) / sigma
		kernel[i] = math.Exp(-d * d / 2)
		total += kernel[i]
	}
	line := make([]float64, side)
	for _, step := range []struct{ along, across int }{{1, side}, {side, 1}} {
		for n := range side {
			for i := range line {
				line[i] = plane[n*step.across+i*step.along]
			}
			for i := range line {
				var sum float64
				for k, weight := range kernel {
					sum += weight * line[min(max(i+k-half, 0), side-1)]
				}
				plane[n*step.across+i*step.along] = sum / total
			}
		}
	}
}
