package web

import (
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
)

// langCookie remembers the language that a reader chose.
const langCookie = "lang"

// language is the one asked for in the address, else the one chosen before,
// else the best of what the browser accepts among those offered; the first
// offered where none fits.
func (s *Server) language(c *fiber.Ctx, offered []string) string {
	spoken := s.spoken(offered)
	for _, wanted := range []string{c.Query("lang.ui"), c.Cookies(langCookie)} {
		if slices.Contains(spoken, wanted) {
			return wanted
		}
	}
	return s.P.Locale.Match(c.Get(fiber.HeaderAcceptLanguage), spoken)
}

// spoken are the offered languages that Feria itself speaks.
func (s *Server) spoken(offered []string) []string {
	var out []string
	for _, lang := range offered {
		if slices.Contains(s.P.Locale.Languages(), lang) {
			out = append(out, lang)
		}
	}
	if len(out) == 0 {
		return s.P.Locale.Languages()[:1]
	}
	return out
}

// Languages are what the page can be read in, for its language switch.
func (r *Request) Languages() []string {
	offered := r.City.Locales
	if r.Event.ID != "" {
		offered = r.Event.Locales
	}
	return r.Server.spoken(offered)
}

// ChooseLanguage remembers a language and goes back to where the reader was.
func ChooseLanguage(r *Request) error {
	lang := r.Form("lang")
	if slices.Contains(r.P.Locale.Languages(), lang) {
		r.Cookie(&fiber.Cookie{
			Name: langCookie, Value: lang, Path: "/", HTTPOnly: true, SameSite: fiber.CookieSameSiteLaxMode,
			Secure: r.Server.secure, Expires: r.Now.Add(365 * 24 * time.Hour),
		})
	}
	return r.See(SafeNext(strings.TrimSpace(r.Form("next"))), "")
}
