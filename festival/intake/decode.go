package intake

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/korean"

	"feria/festival"
)

// file is the content of a file as UTF-8 text.
type file struct {
	text     string
	charset  string // how the bytes were read, "" for UTF-8
	guessed  bool   // the charset stood nowhere in the file
	controls int    // control characters that were taken out
	raw      []byte // the bytes, for XML that declares another encoding
}

// decode finds out the encoding: by byte order mark, else UTF-8 if it is valid,
// else UTF-16 by its zero bytes, else Korean CP949 or Windows-1252, whichever
// the bytes look like. It never fails: every byte means something in
// Windows-1252.
func decode(data []byte) file {
	f := file{raw: data}
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		f.raw = data[3:]
		if utf8.Valid(f.raw) {
			f.text = string(f.raw)
		} else {
			f.text, f.charset, f.guessed = "", "", true
			f.text, f.charset = eightBit(f.raw)
		}
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		f.text, f.charset = fromUTF16(data[2:], binary.LittleEndian), "UTF-16"
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		f.text, f.charset = fromUTF16(data[2:], binary.BigEndian), "UTF-16"
	case zeros(data, 1):
		f.text, f.charset, f.guessed = fromUTF16(data, binary.LittleEndian), "UTF-16", true
	case zeros(data, 0):
		f.text, f.charset, f.guessed = fromUTF16(data, binary.BigEndian), "UTF-16", true
	case utf8.Valid(data):
		f.text = string(data)
	default:
		f.guessed = true
		f.text, f.charset = eightBit(data)
	}
	f.text, f.controls = withoutControls(f.text)
	return f
}

// report notes what had to be guessed about the bytes. XML says its encoding
// itself, and readFrabXML looks at that.
func (f file) report(b *book) {
	if f.guessed && b.Format != frabXML {
		b.note(festival.Guessed, "encoding_guessed", "", 0, "encoding", f.charset)
	}
	if f.controls > 0 {
		b.note(festival.Repaired, "controls_removed", "", 0, "count", f.controls)
	}
}

// zeros says whether in the first bytes most of those at the odd (1) or even
// (0) places are zero, as in UTF-16 of mostly Latin text.
func zeros(data []byte, odd int) bool {
	head := data[:min(len(data), 512)&^1]
	n, other := 0, 0
	for i := range head {
		if head[i] != 0 {
			continue
		}
		if i%2 == odd {
			n++
		} else {
			other++
		}
	}
	return len(head) >= 4 && n*10 >= len(head)*2 && other == 0
}

func fromUTF16(data []byte, order binary.ByteOrder) string {
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = order.Uint16(data[2*i:])
	}
	return string(utf16.Decode(units))
}

// eightBit decides between CP949 and Windows-1252: text is Korean when all of
// it decodes as CP949 and most of what is not ASCII turns out to be Hangul,
// which Western letters never do.
func eightBit(data []byte) (text, charset string) {
	if s, err := korean.EUCKR.NewDecoder().Bytes(data); err == nil {
		hangul, foreign := 0, 0
		for _, r := range string(s) {
			switch {
			case r == utf8.RuneError:
				foreign += 100
			case unicode.Is(unicode.Hangul, r):
				hangul++
			case r >= utf8.RuneSelf:
				foreign++
			}
		}
		if hangul > foreign {
			return string(s), "CP949"
		}
	}
	s, err := charmap.Windows1252.NewDecoder().Bytes(data)
	if err != nil { // a charmap has a rune for every byte
		return strings.ToValidUTF8(string(data), "\uFFFD"), "Windows-1252"
	}
	return string(s), "Windows-1252"
}

// withoutControls takes out the control characters that no format here may
// hold, and counts them. Tab, line feed, carriage return and form feed stay.
func withoutControls(s string) (string, int) {
	if clean(s) {
		return s, 0
	}
	n := 0
	s = strings.Map(func(r rune) rune {
		if control(r) {
			n++
			return -1
		}
		return r
	}, s)
	return s, n
}

// clean says, byte by byte, that a text has nothing that control would find. A
// false no only costs time.
func clean(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case c >= ' ' && c < 0x7f, c == '\n', c == '\t', c == '\r':
		case c < ' ' && c != '\f', c == 0x7f:
			return false
		case c == 0xef && i+2 < len(s) && (s[i+1] == 0xbb || s[i+1] == 0xbf): // U+FEFF, U+FFFE, U+FFFF
			if control([]rune(s[i : i+3])[0]) {
				return false
			}
		}
	}
	return true
}

func control(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' && r != '\r' && r != '\f' || r == 0x7f || r == '\uFEFF' || r == '\uFFFE' || r == '\uFFFF'
}
