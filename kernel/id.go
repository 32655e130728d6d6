package kernel

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"strings"
	"time"

	"github.com/google/uuid"
)

var lower32 = base32.NewEncoding("0123456789abcdefghijklmnopqrstuv").WithPadding(base32.NoPadding)

// crockford is Crockford's base32 alphabet: no I, L, O, U, so that a code can
// be read aloud (https://www.crockford.com/base32.html).
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// NewID draws an id: a UUID version 7 (RFC 9562) in 26 lower-case characters
// that sort by the time they were drawn. Ids are drawn before store.Update,
// never inside.
func NewID() string {
	id, err := uuid.NewV7()
	if err != nil { // only when the system has no randomness left
		panic("kernel: " + err.Error())
	}
	return lower32.EncodeToString(id[:])
}

// DeriveID gives the same id for the same parts, for a step that may be done
// twice and must count once.
func DeriveID(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	return lower32.EncodeToString(h.Sum(nil)[:16])
}

// NewSecret draws 256 bits, base64url: for links and cookies.
func NewSecret() string {
	var b [32]byte
	if _, err := rand.Read(b[:]); err != nil {
		panic("kernel: " + err.Error())
	}
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// HashSecret is what the store keeps of a secret: SHA-256, base64url. Secrets
// of 256 random bits need no salt and no slow hash.
func HashSecret(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// NewCode draws n characters of Crockford's alphabet (5 bits each).
func NewCode(n int) string {
	b := make([]byte, n)
	if _, err := rand.Read(b); err != nil {
		panic("kernel: " + err.Error())
	}
	for i := range b {
		b[i] = crockford[b[i]&31]
	}
	return string(b)
}

// FoldCode makes of what a person typed the code that was meant: upper case,
// without spaces and hyphens, O for 0 and I or L for 1, as Crockford's base32
// says.
func FoldCode(typed string) string {
	var b strings.Builder
	for _, r := range strings.ToUpper(typed) {
		switch r {
		case 'O':
			r = '0'
		case 'I', 'L':
			r = '1'
		case ' ', '-', '\u00a0', '\t':
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Clock tells the time; tests hand in their own.
type Clock func() time.Time

// SystemClock is the wall clock in UTC.
func SystemClock() time.Time { return time.Now().UTC() }
