package store

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// Key is what a document is found by in one index: parts in the order in which
// a query may fix them. A nil Key keeps the document out of the index.
type Key []string

// keyEnd ends every part. It sorts before all that a part can hold, so a part
// sorts before every longer part that begins with it.
const keyEnd = "\x1f"

// afterAll sorts after every character that a part can hold.
const afterAll = "\U0010ffff"

// timeLayout is of fixed width, so that text sorts as time does.
const timeLayout = "2006-01-02T15:04:05.000000000Z"

// K makes a Key of parts: strings, integers, booleans and time.Time, or types
// made of these. Text sorts by its UTF-8 bytes, without its control characters;
// times sort by instant. It panics on any other type, a mistake of the
// programmer that the first test of the index shows.
func K(parts ...any) Key {
	k := make(Key, len(parts))
	for i, p := range parts {
		k[i] = encodePart(p)
	}
	return k
}

// text is the key as drivers store it; "" for a nil Key.
func (k Key) text() string {
	n := 0
	for _, p := range k {
		n += len(p) + len(keyEnd)
	}
	var b strings.Builder
	b.Grow(n)
	for _, p := range k {
		b.WriteString(p)
		b.WriteString(keyEnd)
	}
	return b.String()
}

func encodePart(part any) string {
	switch v := part.(type) {
	case string:
		return cleanPart(v)
	case int:
		return encodeInt(int64(v))
	case int64:
		return encodeInt(v)
	case bool:
		return encodeBool(v)
	case time.Time:
		return encodeTime(v)
	}
	switch v := reflect.ValueOf(part); v.Kind() {
	case reflect.String:
		return cleanPart(v.String())
	case reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int, reflect.Int64:
		return encodeInt(v.Int())
	case reflect.Uint8, reflect.Uint16, reflect.Uint32:
		return encodeInt(int64(v.Uint()))
	case reflect.Bool:
		return encodeBool(v.Bool())
	}
	panic(fmt.Sprintf("store: a key can not hold a %T", part))
}

// encodeInt shifts the range so that negative numbers sort first, and writes 16
// hexadecimal digits.
func encodeInt(v int64) string {
	const width = 16
	digits := strconv.FormatUint(uint64(v)^(1<<63), 16)
	return strings.Repeat("0", width-len(digits)) + digits
}

func encodeBool(v bool) string {
	if v {
		return "1"
	}
	return "0"
}

// encodeTime writes the instant in UTC; years that do not fit four digits are
// moved to the nearest that do.
func encodeTime(t time.Time) string {
	t = t.UTC()
	switch {
	case t.Year() < 0:
		t = time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC)
	case t.Year() > 9999:
		t = time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC)
	}
	return t.Format(timeLayout)
}

// cleanPart drops what would break the order or a driver's text: control
// characters, bytes that are no UTF-8, and the character that bounds prefixes.
func cleanPart(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] < 0x20 || s[i] >= 0x80 {
			return strings.Map(func(r rune) rune {
				if r < 0x20 || r == '\U0010ffff' {
					return -1
				}
				return r
			}, strings.ToValidUTF8(s, "\ufffd"))
		}
	}
	return s
}
