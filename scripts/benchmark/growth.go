package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"
)

// growths are how much larger than the first the towns of row 14 are.
var growths = []int{1, 4, 16}

// flat is how much more an item may cost in a larger town.
const flat = 1.5

// cost is what one item of something costs in a town of some size.
type cost struct {
	what  string
	note  string
	kinds string                                                     // stores it depends on
	of    func(g *grown, ctx context.Context) (time.Duration, error) // a method of grown
}

var costs = []cost{
	{"import and publish, per session", "records of a read file, into a new event", "sqlite mongodb", (*grown).importCost},
	{"booking", "64 callers over 100 slots", "sqlite mongodb", (*grown).bookingCost},
	{"scan", "64 callers, 50 passes", "sqlite mongodb", (*grown).scanCost},
	{"page of 100 rows on a miss", "whole way in process", "sqlite", (*grown).pageCost},
	{"search, per query", "words that 20 sessions have, whatever the size", "sqlite", (*grown).searchCost},
	{"search, per session found", "a word that every tenth session has", "sqlite", (*grown).findCost},
}

// growth is row 14: towns of 1, 4 and 16 times the sessions, bookings and scans,
// asked in turn what an item costs.
func growth(ctx context.Context, t *town) (err error) {
	if !wanted("14") {
		return nil
	}
	var towns []*grown
	defer func() {
		for _, g := range towns {
			err = errors.Join(err, g.close(ctx))
		}
	}()
	for _, times := range growths {
		g, err := grow(ctx, t, times)
		if err != nil {
			return fmt.Errorf("a town of %d times the size: %w", times, err)
		}
		towns = append(towns, g)
	}
	for _, c := range costs {
		if !strings.Contains(c.kinds, t.kind) {
			continue
		}
		took := make([][]time.Duration, len(towns))
		for range rounds {
			for i, g := range towns {
				d, err := c.of(g, ctx)
				if err != nil {
					return fmt.Errorf("%s in a town of %d times the size: %w", c.what, g.times, err)
				}
				took[i] = append(took[i], d)
			}
		}
		print(os.Stdout, costRow(t, c, towns, took))
	}
	return nil
}

// costRow compares the towns with the first: its cost is the limit.
func costRow(t *town, c cost, towns []*grown, took [][]time.Duration) row {
	r := row{goal: "14", what: c.what, store: t.kind, wanted: flat, atMost: true, note: c.note}
	var figures []string
	for i, g := range towns {
		slices.Sort(took[i])
		d := took[i][len(took[i])/2]
		text := fmt.Sprintf("%d×: %s", g.times, d.Round(10*time.Nanosecond))
		if i == 0 {
			r.limit = fmt.Sprintf("%s, %d sessions, %d bookings, %d scans", text, g.sessions, g.bookings, g.scans)
			continue
		}
		figures = append(figures, text)
		r.ratio = max(r.ratio, float64(d)/float64(took[0][len(took[0])/2]))
	}
	r.figure = strings.Join(figures, ", ")
	return r
}
