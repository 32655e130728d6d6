package platform

import (
	"context"
	"slices"

	"feria/festival"
	"feria/festival/intake"
	"feria/kernel"
	"feria/locale"
)

// ImportRequest asks to bring a file into an event.
type ImportRequest struct {
	City    string
	Slug    string        // of the event; it is made if it is new
	Kind    festival.Kind // of a new event
	Zone    string        // of a new event whose file names none; "" takes the city's, which the report says
	File    string        // its name, for the report and to tell formats apart
	Data    []byte
	Mapping map[string]string // CSV column → field; nil takes what was remembered, else what is proposed
	Publish bool
	Keep    bool // keep what earlier imports brought and this file lacks
	By      string
	// Progress, if not nil, is told how many of all records are written.
	Progress func(done, total int)
}

// Imported is what came of an import.
type Imported struct {
	Event                   festival.Event
	Import                  festival.Import
	Added, Changed, Dropped int
	Release                 int // the number that was published; 0 if none was
}

// ImportFile reads a file, makes the event if it is new, applies the file to
// the draft and publishes it if asked to. A file that cannot be read changes
// nothing: kernel.Invalid, code import_unreadable, with line or element.
func (p *Platform) ImportFile(ctx context.Context, r ImportRequest) (Imported, error) {
	var done Imported
	city, err := p.Festival.City(ctx, r.City)
	if err != nil {
		return done, err
	}
	event, err := p.Festival.EventBySlug(ctx, r.City, r.Slug)
	isNew := kernel.KindOf(err) == kernel.NotFound || err == nil && event.Slug != r.Slug // a word it had before is free again
	if err != nil && !isNew {
		return done, err
	}
	if isNew {
		event = festival.Event{City: city.ID, Slug: r.Slug, Kind: r.Kind, Zone: r.Zone, Locales: city.Locales}
	}
	apply := func(records festival.Records) (festival.Import, error) {
		return p.Festival.ApplyImport(ctx, event.ID, r.By, r.File, records, r.Keep, r.Progress)
	}
	if !isNew { // what is there is loaded while the file is read
		ahead, cancel := context.WithCancel(ctx)
		defer cancel()
		draft := p.Festival.LoadAhead(ahead, event.ID)
		apply = func(records festival.Records) (festival.Import, error) {
			return draft.ApplyImport(ctx, r.By, r.File, records, r.Keep, r.Progress)
		}
	}
	records, err := p.ReadFile(ctx, event, city, r.File, r.Data, r.Mapping)
	if err != nil {
		return done, err
	}
	if isNew {
		said := records.Event
		if event, err = newEvent(event, city, records); err != nil {
			return done, err
		}
		if event.Start > said.Start || event.End < said.End {
			// The file was read without the event's days, which its dates gave only
			// now, or with others than are right: with them weekdays, days without a year and rules without end mean
			// what they will mean when the file comes again.
			if records, err = p.ReadFile(ctx, event, city, r.File, r.Data, r.Mapping); err != nil {
				return done, err
			}
		}
		if r.Zone == "" && said.Zone == "" {
			records.Report = slices.Insert(records.Report, 0, festival.Finding{
				Level: festival.Guessed, Code: "plan_zone_of_city", Args: map[string]any{"taken": event.Zone},
			})
		}
		if event, err = p.Festival.CreateEvent(ctx, event, r.By); err != nil {
			return done, err
		}
		if err := p.DefaultGates(ctx, event.ID, r.By); err != nil {
			return done, err
		}
	}
	done.Event = event
	if done.Import, err = apply(records); err != nil {
		return done, err
	}
	done.Added, done.Changed, done.Dropped, _ = done.Import.Counts.Totals()
	if !r.Publish {
		return done, nil
	}
	review, err := p.Festival.Review(ctx, event.ID)
	if err != nil {
		return done, err
	}
	if len(review.Changes) == 0 && event.Release > 0 {
		return done, nil // nothing new for the public
	}
	release, err := p.Publish(ctx, event.ID, r.By, nil)
	if err != nil {
		return done, err
	}
	done.Release = release.Number
	return done, nil
}

// ReadFile reads a programme file for an event with what the event knows
// already: its zone, its days and the CSV columns it remembers. A file that will
// widen the event's days is read with those it will have, so that weekdays and
// rules without end mean now what they will mean when the file comes again.
func (p *Platform) ReadFile(ctx context.Context, event festival.Event, city festival.City, name string, data []byte, mapping map[string]string) (festival.Records, error) {
	records, err := read(event, city, name, data, mapping)
	if err != nil || event.ID == "" { // of a new event nothing is stored yet
		return records, err
	}
	first, last, err := p.Festival.DaysWith(ctx, event.ID, records)
	if err != nil || first == event.Start && last == event.End {
		return records, err
	}
	event.Start, event.End = first, last
	return read(event, city, name, data, mapping)
}

func read(event festival.Event, city festival.City, name string, data []byte, mapping map[string]string) (festival.Records, error) {
	zone := event.Zone
	if zone == "" {
		zone = city.Zone
	}
	if mapping == nil && event.Mapping != nil {
		if _, hash, _, _, err := intake.Columns(data); err == nil {
			mapping = event.Mapping[hash]
		}
	}
	options := intake.Options{Zone: zone, Mapping: mapping, From: event.Start, Until: event.End, DayChange: event.DayChange}
	if len(event.Locales) > 0 {
		options.Lang = event.Locales[0]
	}
	return intake.Read(name, data, options)
}

// newEvent fills an event from what its first file says of it and from the days on
// which its slots lie, without those that are far away from all others.
func newEvent(e festival.Event, city festival.City, r festival.Records) (festival.Event, error) {
	e.Title, e.Start, e.End, e.DayChange, e.Color = r.Event.Title, r.Event.Start, r.Event.End, r.Event.DayChange, r.Event.Color
	if e.Title.Empty() {
		e.Title = locale.Text{e.Locales[0]: e.Slug}
	}
	if e.Zone == "" {
		e.Zone = r.Event.Zone
	}
	if e.Zone == "" {
		e.Zone = city.Zone
	}
	days, err := daysOf(r, e.Zone)
	if err != nil {
		return e, err
	}
	if first, last := festival.Span("", "", days); first != "" { // what the file says of itself may be a slip too
		e.Start, e.End = festival.Span(first, last, []festival.Date{e.Start, e.End})
	}
	if e.Start == "" {
		return e, kernel.New(kernel.Invalid, "import_no_dates", "file")
	}
	return e, nil
}

// daysOf gives the day of each slot of a file.
func daysOf(r festival.Records, zone string) ([]festival.Date, error) {
	location, err := festival.Zone(zone)
	if err != nil {
		return nil, err
	}
	var days []festival.Date
	for _, s := range r.Sessions {
		for _, slot := range s.Slots {
			if !slot.Start.IsZero() {
				days = append(days, dateOf(slot.Start.In(location)))
			}
		}
	}
	return days, nil
}

// Publish publishes the draft of an event and lets this copy show it at once.
func (p *Platform) Publish(ctx context.Context, event, by string, note locale.Text) (festival.Release, error) {
	release, err := p.Festival.Publish(ctx, event, by, note)
	if err != nil {
		return release, err
	}
	if _, err = p.Views.Refresh(ctx, event); err != nil {
		return release, err
	}
	// Should this fail, it is done by the next Sweep: the release stands.
	if err := p.Registration.Reopen(ctx); err != nil {
		p.Log.Warn("reopen", "event", event, "error", err)
	}
	return release, nil
}
