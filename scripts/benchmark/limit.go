package main

import (
	"os"
	"path/filepath"

	"github.com/gofiber/fiber/v2"
)

// serveLimit is Fiber with nothing of ours: the same bytes under the same
// headers, an echo, and, where a MongoDB is named, claims. It writes a log line
// for each request, as Feria does.
func serveLimit(folder, addr, uri string) error {
	page, err := os.ReadFile(filepath.Join(folder, "page"))
	if err != nil {
		return err
	}
	calendar, err := os.ReadFile(filepath.Join(folder, "calendar"))
	if err != nil {
		return err
	}
	app := fiber.New(fiber.Config{DisableStartupMessage: true, Immutable: true})
	app.Use(func(c *fiber.Ctx) error {
		err := c.Next()
		_, logErr := os.Stderr.WriteString(`{"time":"2027-04-12T10:00:00.000000000Z","level":"INFO","msg":"request","id":"aaaaaaaaaaaa","method":"GET","route":"/:event/programme","status":200,"bytes":4096,"us":12}` + "\n")
		if err == nil {
			err = logErr
		}
		return err
	})
	heads := func(c *fiber.Ctx, contentType string) {
		c.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		c.Set("X-Content-Type-Options", "nosniff")
		c.Set("Referrer-Policy", "same-origin")
		c.Set("Cross-Origin-Opener-Policy", "same-origin")
		c.Set("Permissions-Policy", "geolocation=(), microphone=(), camera=(self)")
		c.Set("X-Request-Id", "aaaaaaaaaaaa")
		c.Set("ETag", `"limit"`)
		c.Set("Cache-Control", "no-cache")
		c.Set("Vary", "Accept-Encoding, Accept-Language, Cookie")
		c.Set("Content-Type", contentType)
		c.Set("Content-Encoding", "br")
	}
	send := func(body []byte, contentType string) fiber.Handler {
		return func(c *fiber.Ctx) error {
			heads(c, contentType)
			if c.Get("If-None-Match") != "" {
				c.Status(fiber.StatusNotModified)
				return nil
			}
			return c.Send(body)
		}
	}
	app.Get("/healthz", func(c *fiber.Ctx) error { return c.SendString("ok") })
	app.Get("/page", send(page, "text/html; charset=utf-8"))
	app.Get("/calendar", send(calendar, "text/calendar; charset=utf-8"))
	app.Post("/echo", func(c *fiber.Ctx) error { return c.Send(c.Body()) })
	if uri != "" {
		if err := mountClaims(app, folder, uri); err != nil {
			return err
		}
	}
	return app.Listen(addr)
}
