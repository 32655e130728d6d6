package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"feria/kernel"
	"feria/locale"
	"feria/registration"
	"feria/store"
	"feria/store/sqlite"
)

// counting is a driver that counts the bytes of what is written through it.
type counting struct {
	store.Driver
	bytes atomic.Int64
}

func (c *counting) Apply(ctx context.Context, writes []store.Write) []error {
	for _, w := range writes {
		n := len(w.Doc.ID) + len(w.Doc.Body)
		for _, key := range w.Doc.Keys {
			n += len(key)
		}
		c.bytes.Add(int64(n))
	}
	return c.Driver.Apply(ctx, writes)
}

// seats is a programme that has whatever slot is asked for: the part of its name
// before the dash is the number of its seats.
type seats struct{ start time.Time }

func (s seats) Slot(_ context.Context, id string) (registration.SlotInfo, error) {
	var n int
	if _, err := fmt.Sscanf(id[strings.LastIndexByte(id, '/')+1:], "%d-", &n); err != nil {
		return registration.SlotInfo{}, kernel.Missing()
	}
	return registration.SlotInfo{
		ID: id, City: "town", Event: "town/rush", Session: id + "s", Title: locale.Text{"en": "Session"},
		Start: s.start, End: s.start.Add(time.Hour), Seats: n, Bookable: true,
	}, nil
}

// booking is row 6: registration over a SQLite file, 64 callers, every request
// granted; beside it a log to which the same callers append as many bytes.
func booking(ctx context.Context, t *town) error {
	if !wanted("6") || t.kind != "sqlite" {
		return nil
	}
	file, err := sqlite.Open(ctx, filepath.Join(*dir, "booking.db"))
	if err != nil {
		return err
	}
	driver := &counting{Driver: file}
	s, err := store.Open(ctx, driver, store.Options{Declarations: registration.Collections()})
	if err != nil {
		return errors.Join(err, file.Close())
	}
	service := registration.New(s, kernel.SystemClock, registration.Options{
		Slots: seats{time.Now().Add(24 * time.Hour)}, Secret: []byte("a secret for the bench, 32 bytes long"),
	})
	for i, what := range []struct {
		text string
		slot func(n int) string
	}{
		{"booking in process, one slot of 500 after the other", func(n int) string { return fmt.Sprintf("500-%d", n/500) }},
		{"booking in process, 300 slots of 30", func(n int) string { return fmt.Sprintf("30-%d", n%manySlots) }},
	} {
		n := work(9_000)
		book := func(round int) sample {
			return called(n, func(call int) error {
				_, err := service.Book(ctx, registration.Request{
					City: "town", Slot: fmt.Sprintf("town/rush/%s-%d-%d", what.slot(call), i, round), Name: "Aylin and party", Mail: "aylin@harbour.example", Lang: "en", Seats: 1,
				})
				return err
			})
		}
		if err := beside(filepath.Join(*dir, "append.log"), driver, n, what.text, book); err != nil {
			return errors.Join(err, s.Close())
		}
	}
	return s.Close()
}

// beside runs the bookings and the log in turn. A first round, not measured,
// tells how many bytes a booking writes, its share of the roster with it.
func beside(path string, driver *counting, n int, what string, book func(round int) sample) error {
	before := driver.bytes.Load()
	if err := book(-1).err(); err != nil {
		return err
	}
	data := make([]byte, (driver.bytes.Load()-before)/int64(n))
	log, err := newAppendLog(path, int64(len(data)*n*(rounds+1)))
	if err != nil {
		return err
	}
	a, b := turns(book, func(int) sample { return called(n, func(int) error { return log.add(data) }) })
	print(os.Stdout, against(row{goal: "6", what: what, store: "sqlite", wanted: .25, note: fmt.Sprintf("limit: preallocated log, %d bytes a booking, groups of what has queued up, a sync each", len(data))}, a, b))
	return errors.Join(log.close(), os.Remove(path))
}
