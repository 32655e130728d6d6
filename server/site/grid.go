package site

import (
	"bytes"
	"slices"
	"strconv"
	"time"

	"feria/festival"
)

// A grid has a row for every five minutes and two rows of headings above.
const (
	gridStep = 5 * time.Minute
	gridHead = 2
)

// Bounds of the generated classes: columns, rows and spans of a grid.
const (
	maxColumns = 120
	maxRows    = 24*12 + gridHead
)

// grid lays one day out, spaces against time. Slots beside each other in one
// space at one time (a hall of booths) share its column by turns.
func (m maker) grid(slots []festival.Frozen, day festival.Date) *gridBlock {
	g := &gridBlock{Caption: m.dayName(day)}
	first, last := slots[0].Start, slots[0].End
	used := map[string]bool{}
	for _, s := range slots {
		first, last = minTime(first, s.Start), maxTime(last, s.End)
		used[m.spaceOf(s)] = true
	}
	first = first.In(m.zone).Truncate(time.Minute)
	first = first.Add(-time.Duration(first.Minute()) * time.Minute)

	column := map[string]int{}
	spaces := slices.Clone(m.view.Programme.Spaces)
	slices.SortStableFunc(spaces, func(a, b festival.Space) int { return a.Order - b.Order })
	for _, s := range spaces {
		if !used[s.ID] || len(g.Spaces) >= maxColumns-1 {
			continue
		}
		c := len(g.Spaces) + 2
		column[s.ID] = c
		head := gridSpace{Column: c, Name: m.say(s.Name)}
		if v, ok := m.view.Programme.Venue(s.Venue); ok && len(m.view.Programme.Venues) > 1 {
			head.Venue = m.say(v.Name)
		}
		g.Spaces = append(g.Spaces, head)
	}
	row := func(t time.Time) int { return min(int(t.Sub(first)/gridStep)+gridHead+1, maxRows) }
	for t := first; t.Before(last); t = t.Add(time.Hour) {
		g.Clocks = append(g.Clocks, gridClock{Row: row(t), Clock: m.p.Time(t.In(m.zone))})
	}
	for _, s := range slots {
		c, ok := column[m.spaceOf(s)]
		if !ok {
			continue
		}
		session, _ := m.view.Programme.Session(s.Session)
		card := gridCard{
			Class: m.trackClass(session.Track), Column: c, Row: row(s.Start),
			Title: m.say(session.Title), URL: m.path("/sessions/" + session.Code),
			Time: m.p.Time(s.Start.In(m.zone)), Gone: s.State == festival.Cancelled,
		}
		card.Steps = max(row(s.End)-card.Row, 1)
		if s.Seating == festival.Bookable || card.Gone {
			card.State, card.Word = m.state(s)
		}
		g.Cards = append(g.Cards, card)
	}
	g.Rows = row(last)
	return g
}

func (m maker) spaceOf(s festival.Frozen) string {
	if s.Space == "" {
		if b, ok := m.view.Programme.Booth(s.Booth); ok {
			return b.Space
		}
	}
	return s.Space
}

func minTime(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func maxTime(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// gridStyles is the stylesheet that places cards: a class for every column, row
// and span, since a page without inline styles (DESIGN.md 4) cannot say numbers.
var gridStyles = func() []byte {
	var b bytes.Buffer
	b.WriteString("@layer components{")
	for n := 1; n <= maxColumns; n++ {
		b.WriteString(".w" + strconv.Itoa(n) + "{--spaces:" + strconv.Itoa(n) + "}.c" + strconv.Itoa(n) + "{grid-column:" + strconv.Itoa(n) + "}")
	}
	for n := 1; n <= maxRows; n++ {
		b.WriteString(".r" + strconv.Itoa(n) + "{grid-row-start:" + strconv.Itoa(n) + "}.h" + strconv.Itoa(n) + "{grid-row-end:span " + strconv.Itoa(n) + "}")
	}
	b.WriteString("}")
	return b.Bytes()
}()
