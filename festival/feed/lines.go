package feed

import (
	"io"
	"time"
	"unicode/utf8"
)

// foldAt is the greatest number of octets of a physical line without its CR LF
// (RFC 5545, 3.1).
const foldAt = 75

// lines writes the content lines of a calendar: escaped, folded, ended by CR LF.
// The first error of w sticks; flush gives it.
type lines struct {
	w    io.Writer
	line []byte // the content line being made, not folded
	out  []byte // what is not yet handed to w
	err  error
}

// raw writes a line whose value is known to be plain: numbers, dates, addresses
// that went through uri.
func (l *lines) raw(name, value string) {
	l.line = append(append(append(l.line[:0], name...), ':'), value...)
	l.fold()
}

// text writes a line with a value of type TEXT.
func (l *lines) text(name, value string) {
	l.line = append(append(l.line[:0], name...), ':')
	l.line = appendEscaped(l.line, clean(value))
	l.fold()
}

// texts writes a line with several values of type TEXT.
func (l *lines) texts(name string, values []string) {
	l.line = append(l.line[:0], name...)
	for i, v := range values {
		if i == 0 {
			l.line = append(l.line, ':')
		} else {
			l.line = append(l.line, ',')
		}
		l.line = appendEscaped(l.line, clean(v))
	}
	l.fold()
}

// zoned writes a local time of a zone.
func (l *lines) zoned(name, zone string, local time.Time) {
	l.line = append(append(append(append(l.line[:0], name...), ";TZID="...), zone...), ':')
	l.line = local.AppendFormat(l.line, "20060102T150405")
	l.fold()
}

// appendEscaped appends a clean text as a TEXT value (RFC 5545, 3.3.11).
func appendEscaped(b []byte, s string) []byte {
	from := 0
	for i := 0; i < len(s); i++ {
		var escaped string
		switch s[i] {
		case '\\':
			escaped = `\\`
		case ';':
			escaped = `\;`
		case ',':
			escaped = `\,`
		case '\n':
			escaped = `\n`
		default:
			continue
		}
		b = append(append(b, s[from:i]...), escaped...)
		from = i + 1
	}
	return append(b, s[from:]...)
}

// fold writes out the line in pieces of at most 75 octets. No piece ends inside
// a UTF-8 sequence, nor between a backslash and what it escapes: there are
// readers that join lines only after they took the escapes away.
func (l *lines) fold() {
	rest := l.line
	for room := foldAt; len(rest) > room; room = foldAt - 1 { // continuation lines begin with a space
		cut := room
		for cut > 1 && !utf8.RuneStart(rest[cut]) {
			cut--
		}
		if escapes(rest[:cut]) {
			cut--
		}
		l.out = append(append(l.out, rest[:cut]...), "\r\n "...)
		rest = rest[cut:]
	}
	l.out = append(append(l.out, rest...), "\r\n"...)
	if len(l.out) > 1<<15 {
		l.flush()
	}
}

// escapes says whether the bytes end in a backslash that escapes what follows:
// an odd number of them.
func escapes(b []byte) bool {
	n := 0
	for n < len(b) && b[len(b)-1-n] == '\\' {
		n++
	}
	return n%2 == 1
}

func (l *lines) flush() error {
	if l.err == nil && len(l.out) > 0 {
		_, l.err = l.w.Write(l.out)
	}
	l.out = l.out[:0]
	return l.err
}
