package web

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
)

// The cookies. All are HttpOnly and SameSite=Lax; over HTTPS they carry the
// __Host- prefix, which binds them to this host and to secure connections
// (RFC 6265bis 4.1.3).
const (
	sessionCookie = "session"
	partyCookie   = "party"
	flashCookie   = "flash"
	browserCookie = "browser"
	beforeCookie  = "before"
)

// signer signs what a browser keeps for us.
type signer struct{ key []byte }

func (s signer) mac(name, value string) string {
	m := hmac.New(sha256.New, s.key)
	m.Write([]byte(name + "\x00" + value))
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil))
}

// seal gives the value with its signature; open gives it back, or "".
func (s signer) seal(name, value string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(value)) + "." + s.mac(name, value)
}

func (s signer) open(name, sealed string) string {
	text, mac, ok := strings.Cut(sealed, ".")
	if !ok {
		return ""
	}
	value, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || !hmac.Equal([]byte(mac), []byte(s.mac(name, string(value)))) {
		return ""
	}
	return string(value)
}

func (s *Server) cookieName(name string) string {
	if s.secure {
		return "__Host-" + name
	}
	return name
}

func (r *Request) setCookie(name, value string, life time.Duration) {
	c := &fiber.Cookie{
		Name: r.Server.cookieName(name), Value: value, Path: "/", HTTPOnly: true,
		SameSite: fiber.CookieSameSiteLaxMode, Secure: r.Server.secure,
	}
	if life > 0 {
		c.Expires = time.Now().Add(life) // the browser's clock, not the platform's
		c.MaxAge = int(life / time.Second)
	} else {
		c.Expires = time.Unix(1, 0)
		c.MaxAge = -1
	}
	r.Cookie(c)
}

// partyLife is how long a browser remembers its party.
const partyLife = 400 * 24 * time.Hour

// partyOf reads the party, and what the browser proved of it, from its signed
// cookie; one of another city is none.
func (s *Server) partyOf(c *fiber.Ctx, city string) (party, proof string) {
	party, proof, _ = strings.Cut(s.sign.open(partyCookie, c.Cookies(s.cookieName(partyCookie))), "\x00")
	if !strings.HasPrefix(party, city+"/") {
		return "", ""
	}
	return party, proof
}

// Remember makes this browser the party's; one that is it already keeps its proof.
func (r *Request) Remember(party string) {
	if party != r.Party {
		r.RememberProven(party, "")
	}
}

// RememberProven makes this browser the party's, with what it has proved of it
// (registration.Service.ConfirmIn), "" for nothing.
func (r *Request) RememberProven(party, proof string) {
	if party == r.Party && proof == r.Proof {
		return
	}
	r.Party, r.Proof = party, proof
	kept := party
	if proof != "" {
		kept += "\x00" + proof
	}
	r.setCookie(partyCookie, r.Server.sign.seal(partyCookie, kept), partyLife)
}

// Leave makes this browser nobody's again.
func (r *Request) Leave() {
	r.Party, r.Proof = "", ""
	r.setCookie(partyCookie, "", 0)
}

// SignedIn gives the browser its session, and lets it remember who signed in;
// SignedOut takes the session away.
func (r *Request) SignedIn(secret, person string) {
	r.setCookie(sessionCookie, secret, 14*24*time.Hour)
	before := slices.DeleteFunc(r.SignedInBefore(), func(p string) bool { return p == person })
	before = append([]string{person}, before[:min(len(before), mostBefore-1)]...)
	r.setCookie(beforeCookie, r.Server.sign.seal(beforeCookie, strings.Join(before, "\x00")), partyLife)
}

// mostBefore is how many people a browser remembers who signed in: a desk that
// several share.
const mostBefore = 4

// SignedInBefore are the persons (Person.ID) who signed in with this browser, the
// latest first. It opens nothing: it only keeps strangers from using up the mails
// by which they sign in again.
func (r *Request) SignedInBefore() []string {
	kept := r.Server.sign.open(beforeCookie, r.Cookies(r.Server.cookieName(beforeCookie)))
	if kept == "" {
		return nil
	}
	return strings.Split(kept, "\x00")
}

// SignedOut forgets the session in the browser.
func (r *Request) SignedOut() { r.setCookie(sessionCookie, "", 0) }

// SessionSecret is the secret of the session cookie, "" for none.
func (r *Request) SessionSecret() string { return r.Cookies(r.Server.cookieName(sessionCookie)) }

// Browser is a secret that only this browser knows: sign-in links are bound to
// the browser that asked for them. It is drawn at the first call.
func (r *Request) Browser(draw func() string) string {
	name := r.Server.cookieName(browserCookie)
	if b := r.Cookies(name); b != "" {
		return b
	}
	if draw == nil {
		return ""
	}
	b := draw()
	r.setCookie(browserCookie, b, 30*time.Minute)
	return b
}

func (r *Request) setFlash(text string) {
	r.setCookie(flashCookie, r.Server.sign.seal(flashCookie, text), time.Minute)
}

// takeFlash gives the sentence that the last post left, once.
func (r *Request) takeFlash() string {
	sealed := r.Cookies(r.Server.cookieName(flashCookie))
	if sealed == "" {
		return ""
	}
	r.setCookie(flashCookie, "", 0)
	return r.Server.sign.open(flashCookie, sealed)
}
