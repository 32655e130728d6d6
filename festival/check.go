package festival

import (
	"context"
	"fmt"

	"feria/store"
)

// Check looks at everything this package keeps and reports what should not be,
// one sentence each, naming ids only. It changes nothing; what Sweep would put
// right within the hour is not reported.
func (s *Service) Check(ctx context.Context, report func(problem string)) error {
	c := checker{s: s, report: report}
	all, err := cities.In(s.store).Find(ctx, store.All())
	if err != nil {
		return err
	}
	c.cities = map[string]City{}
	for _, city := range all {
		c.cities[city.ID] = city
		if err := c.hosts(ctx, city); err != nil {
			return err
		}
	}
	found, err := events.In(s.store).Find(ctx, store.All())
	if err != nil {
		return err
	}
	slugs, numbers := map[string]string{}, map[string]string{}
	for _, e := range found {
		if err := c.event(ctx, e, slugs, numbers); err != nil {
			return err
		}
	}
	return nil
}

type checker struct {
	s      *Service
	report func(string)
	cities map[string]City
}

func (c *checker) say(format string, args ...any) { c.report(fmt.Sprintf(format, args...)) }

func (c *checker) hosts(ctx context.Context, city City) error {
	for _, name := range city.Hosts {
		row, err := hostNames.In(c.s.store).Get(ctx, name)
		if err != nil && !errAbsent(err) {
			return err
		}
		if row.City != city.ID {
			c.say("city %s lists host name %s, which leads to %q", city.ID, name, row.City)
		}
	}
	for _, problem := range city.complaints() {
		c.say("city %s: %s", city.ID, problem.Error())
	}
	return nil
}

func (c *checker) event(ctx context.Context, e Event, slugs, numbers map[string]string) error {
	city, ok := c.cities[e.City]
	if !ok {
		c.say("event %s belongs to city %q, which is not there", e.ID, e.City)
	} else if e.Number == 0 || e.Number > city.LastEventNumber {
		c.say("event %s has number %d, which its city never allotted", e.ID, e.Number)
	}
	key := e.City + " " + itoa(int(e.Number))
	if other, twice := numbers[key]; twice {
		c.say("events %s and %s have the same number %d", other, e.ID, e.Number)
	}
	numbers[key] = e.ID
	if e.Removed != nil {
		return nil
	}
	key = e.City + " " + e.Slug
	if other, twice := slugs[key]; twice {
		c.say("events %s and %s have the same slug %s", other, e.ID, e.Slug)
	}
	slugs[key] = e.ID
	for _, problem := range e.complaints() {
		c.say("event %s: %s", e.ID, problem.Error())
	}
	if err := c.draft(ctx, e); err != nil {
		return err
	}
	return c.release(ctx, e)
}

// draft looks at what the records of an event point to.
func (c *checker) draft(ctx context.Context, e Event) error {
	if _, ok := c.cities[e.City]; !ok {
		return nil
	}
	p, err := c.s.Draft(ctx, e.ID)
	if err != nil {
		return err
	}
	missing := func(ok bool, id, what, target string) {
		if target != "" && !ok {
			c.say("%s points to %s %s, which is not there", id, what, target)
		}
	}
	own := map[string]string{}
	unique := func(kind, word, id string) {
		if other, twice := own[kind+" "+word]; twice {
			c.say("%s and %s have the same %s %s", other, id, kind, word)
		}
		own[kind+" "+word] = id
	}
	for _, v := range p.Venues {
		unique("venue slug", v.Slug, v.ID)
	}
	for _, v := range p.Spaces {
		_, ok := p.Venue(v.Venue)
		missing(ok, v.ID, VenueKind, v.Venue)
	}
	for _, v := range p.Hosts {
		unique("host slug", v.Slug, v.ID)
	}
	for _, v := range p.Booths {
		_, ok := p.Space(v.Space)
		missing(ok, v.ID, SpaceKind, v.Space)
		unique("booth code", v.Space+" "+v.Code, v.ID)
	}
	for _, v := range p.Sessions {
		unique("session code", v.Code, v.ID)
		for _, h := range v.Hosts {
			_, ok := p.Host(h)
			missing(ok, v.ID, HostKind, h)
		}
		if v.Track != "" {
			_, ok := p.Track(v.Track)
			missing(ok, v.ID, "track", v.Track)
		}
	}
	for _, v := range p.Slots {
		_, ok := p.Session(v.Session)
		missing(ok, v.ID, SessionKind, v.Session)
		_, ok = p.Space(v.Space)
		missing(ok, v.ID, SpaceKind, v.Space)
		_, ok = p.Booth(v.Booth)
		missing(ok, v.ID, BoothKind, v.Booth)
		if v.UID == "" {
			c.say("slot %s has no UID", v.ID)
		} else {
			unique("UID", v.UID, v.ID)
		}
		for _, problem := range v.Slot.complaints() {
			c.say("slot %s: %s", v.ID, problem.Error())
		}
	}
	return nil
}

// release looks whether what the event points to is all there and as it was
// frozen.
func (c *checker) release(ctx context.Context, e Event) error {
	if (e.Release == 0) != (e.ReleaseID == "") {
		c.say("event %s has release %d but points to %q", e.ID, e.Release, e.ReleaseID)
	}
	if e.ReleaseID == "" {
		return nil
	}
	r, err := releases.In(c.s.store).Get(ctx, e.ReleaseID)
	if errAbsent(err) {
		c.say("event %s points to release %s, which is not there", e.ID, e.ReleaseID)
		return nil
	}
	if err != nil {
		return err
	}
	if r.Number != e.Release {
		c.say("event %s has release %d, but %s is number %d", e.ID, e.Release, r.ID, r.Number)
	}
	ids := make([]string, r.Chunks)
	for i := range ids {
		ids[i] = chunkID(r.ID, i)
	}
	all, err := chunks.In(c.s.store).GetMany(ctx, ids)
	if err != nil {
		return err
	}
	if len(all) != r.Chunks {
		c.say("release %s has %d of %d chunks", r.ID, len(all), r.Chunks)
		return nil
	}
	public, _, err := c.s.chain(ctx, e)
	if err != nil {
		return err
	}
	if len(public) != e.Release {
		c.say("event %s has %d of its %d releases", e.ID, len(public), e.Release)
	}
	p, err := unpack(r, all)
	if err != nil {
		c.say("release %s can not be read: %v", r.ID, err)
		return nil
	}
	// Read and written again, since a store may turn the members of an object
	// round.
	if pack(p).hash != r.Hash {
		c.say("release %s is not what was published: its content has another hash", r.ID)
	}
	p.Ready()
	for _, slot := range p.Slots {
		if _, ok := p.Session(slot.Session); !ok {
			c.say("release %s: slot %s points to session %s, which is not in it", r.ID, slot.ID, slot.Session)
		}
		if _, ok := p.SpaceOf(slot.Slot); !ok {
			c.say("release %s: slot %s points to space %q, which is not in it", r.ID, slot.ID, slot.Space)
		}
	}
	return nil
}
