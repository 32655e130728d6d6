package main

import (
	"fmt"
	"slices"
	"time"
)

// rounds is how often the limit and ours take turns. The machine's speed moves
// within a minute; taken in turns, both feel it alike.
const rounds = 3

// turns runs limit, ours, limit, ours, limit, ours. Each side's rate is that of
// its round in the middle; its times and errors are those of all rounds.
func turns(ours, limit func(round int) sample) (a, b sample) {
	all := inTurn(limit, ours)
	return all[1], all[0]
}

// inTurn runs all sides in turn, as often as there are rounds.
func inTurn(sides ...func(round int) sample) []sample {
	got := make([][]sample, len(sides))
	for round := range rounds {
		for i, side := range sides {
			got[i] = append(got[i], side(round))
		}
	}
	all := make([]sample, len(sides))
	for i := range sides {
		all[i] = middle(got[i])
	}
	return all
}

// calm is turns, each begun when the server has done what the last one left.
func (t *town) calm(ours, limit func(round int) sample) (a, b sample) {
	return turns(t.begun(ours), t.begun(limit))
}

func (t *town) begun(side func(round int) sample) func(round int) sample {
	return func(round int) sample {
		t.server.quiet()
		return side(round)
	}
}

func middle(all []sample) sample {
	slices.SortFunc(all, func(a, b sample) int { return compareFloats(a.rate(), b.rate()) })
	m := all[len(all)/2]
	m.times, m.errors = nil, 0
	for _, s := range all {
		m.times = append(m.times, s.times...)
		m.errors += s.errors
		if m.first == "" {
			m.first = s.first
		}
	}
	slices.Sort(m.times)
	return m
}

// versus is the time of one call of ours and of the limit, taken in turns of n
// calls each: medians.
func versus(n int, ours, limit func() error) (a, b time.Duration, err error) {
	times := make([][]time.Duration, 2)
	for range 2*rounds - 1 {
		for i, f := range []func() error{limit, ours} {
			begun := time.Now()
			for range n {
				if err := f(); err != nil {
					return 0, 0, err
				}
			}
			times[i] = append(times[i], time.Since(begun)/time.Duration(n))
		}
	}
	for _, t := range times {
		slices.Sort(t)
	}
	return times[1][rounds-1], times[0][rounds-1], nil
}

// against fills a row with what the turns gave. A limit with errors is none.
func against(r row, ours, limit sample) row {
	r.figure, r.limit, r.ratio = figure(ours), figure(limit), ours.rate()/limit.rate()
	r.failed = r.failed || ours.errors > 0
	if limit.errors > 0 {
		r.unmeasured = "the limit gave errors"
	}
	return r
}

func figure(s sample) string {
	text := fmt.Sprintf("%.0f/s, p50 %s, p99 %s", s.rate(), s.at(.5).Round(10*time.Microsecond), s.at(.99).Round(10*time.Microsecond))
	if s.errors > 0 {
		text += fmt.Sprintf(", %d errors: %.80s", s.errors, s.first)
	}
	return text
}

func compareFloats(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
