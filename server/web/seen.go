package web

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
)

// lines keeps, for each row of the table, a handler that has its method and
// route written already.
type lines struct {
	mu sync.RWMutex
	of map[[2]string]slog.Handler
}

func (l *lines) get(log *slog.Logger, method, route string) slog.Handler {
	l.mu.RLock()
	h := l.of[[2]string{method, route}]
	l.mu.RUnlock()
	if h != nil {
		return h
	}
	method, route = strings.Clone(method), strings.Clone(route)
	h = log.Handler().WithAttrs([]slog.Attr{slog.String("method", method), slog.String("route", route)})
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.of == nil {
		l.of = map[[2]string]slog.Handler{}
	}
	l.of[[2]string{method, route}] = h
	return h
}

// seen writes the log line and counts: the route as it stands in the table,
// never the address itself, which may hold names and secrets. It goes round
// slog.Logger, which looks up who called it, for every page that is served.
func (s *Server) seen(c *fiber.Ctx, id, route string, begun time.Time) {
	took := time.Since(begun)
	status := c.Response().StatusCode()
	s.P.Metrics.Request(c.Method(), route, status, took)
	h := s.lines.get(s.log, c.Method(), route)
	if !h.Enabled(context.Background(), slog.LevelInfo) {
		return
	}
	r := slog.NewRecord(begun.Add(took), slog.LevelInfo, "request", 0)
	r.AddAttrs(slog.String("id", id), slog.Int("status", status), slog.Int("bytes", len(c.Response().Body())), slog.Int64("us", took.Microseconds()))
	_ = h.Handle(context.Background(), r)
}
