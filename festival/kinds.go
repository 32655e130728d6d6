package festival

import (
	"context"
	"time"

	"feria/kernel"
	"feria/locale"
	"feria/store"
)

// record is what the draft's types have in common, on their pointers.
type record[T any] interface {
	*T
	base() *Base
	tidy()
	complaints() kernel.Errors
	// label names the record for people.
	label() locale.Text
	// points lists the records that it needs.
	points() []pointer
	// anew makes of a copy a record of its own: what identified the old one goes.
	anew()
	// born draws what a record is given once in its life.
	born()
	// keep brings back what no change by hand may touch.
	keep(old *T)
}

func (v *Venue) label() locale.Text   { return v.Name }
func (v *Space) label() locale.Text   { return v.Name }
func (v *Session) label() locale.Text { return v.Title }
func (v *Host) label() locale.Text    { return withName(v.Names, v.Name) }
func (v *Booth) label() locale.Text   { return withName(v.Name, v.Code) }
func (v *Slot) label() locale.Text    { return nil } // named by its session

func withName(t locale.Text, otherwise string) locale.Text {
	if !t.Empty() {
		return t
	}
	return locale.Text{"": otherwise}
}

func (v *Venue) anew()   { v.Slug = "" }
func (v *Space) anew()   {}
func (v *Booth) anew()   { v.Code = "" }
func (v *Host) anew()    { v.Slug = "" }
func (v *Session) anew() { v.Code = "" }
func (v *Slot) anew()    { v.UID = ""; v.State = Planned }

func (b *Base) born() {}

func (v *Slot) born() {
	if v.UID == "" {
		v.UID = NewUID()
	}
}

// NewUID draws an iCalendar UID.
func NewUID() string { return kernel.NewID() + "@feria" }

func (v *Venue) keep(old *Venue) {
	if v.Slug == "" {
		v.Slug = old.Slug
	}
}
func (v *Space) keep(*Space) {}
func (v *Booth) keep(*Booth) {}
func (v *Host) keep(old *Host) {
	if v.Slug == "" {
		v.Slug = old.Slug
	}
}
func (v *Session) keep(old *Session) {
	if v.Code == "" {
		v.Code = old.Code
	}
}
func (v *Slot) keep(old *Slot) { v.UID = old.UID }

// kind is what can be done with the records of one kind without knowing their
// type.
type kind interface {
	name() string
	get(ctx context.Context, s *Service, id string) (Base, locale.Text, error)
	mark(ctx context.Context, s *Service, id, by string, removed *time.Time) error
	setAside(ctx context.Context, s *Service, id, by string) (takeBack func(context.Context) error, err error)
	copy(ctx context.Context, s *Service, id, by string) (string, error)
	removed(ctx context.Context, s *Service, event string) ([]Removed, error)
	held(ctx context.Context, s *Service, id, by string) error
	// needs lists what a record points to, and says whether it is removed.
	needs(ctx context.Context, s *Service, id string) (points []pointer, removed bool, err error)
}

type kindOf[T any, P record[T]] struct {
	is    string
	decl  *store.Declared[T]
	slug  func(P) *string // the member that must be unique, if there is one
	title func(P) string  // what its slug is made of
	limit int
}

var (
	venueKind   = &kindOf[Venue, *Venue]{is: VenueKind, decl: venues, slug: func(v *Venue) *string { return &v.Slug }, title: func(v *Venue) string { return v.Name.String() }, limit: maxSlug}
	spaceKind   = &kindOf[Space, *Space]{is: SpaceKind, decl: spaces}
	boothKind   = &kindOf[Booth, *Booth]{is: BoothKind, decl: booths, slug: func(v *Booth) *string { return &v.Code }, title: func(*Booth) string { return "copy" }, limit: maxCode}
	hostKind    = &kindOf[Host, *Host]{is: HostKind, decl: hosts, slug: func(v *Host) *string { return &v.Slug }, title: func(v *Host) string { return v.Name }, limit: maxSlug}
	sessionKind = &kindOf[Session, *Session]{is: SessionKind, decl: sessions, slug: func(v *Session) *string { return &v.Code }, title: func(v *Session) string { return v.Title.String() }, limit: maxCode}
	slotKind    = &kindOf[Slot, *Slot]{is: SlotKind, decl: slots}
)

func kindByName(name string) (kind, error) {
	for _, k := range []kind{venueKind, spaceKind, boothKind, hostKind, sessionKind, slotKind} {
		if k.name() == name {
			return k, nil
		}
	}
	return nil, kernel.Missing()
}

func (k *kindOf[T, P]) name() string { return k.is }

func (k *kindOf[T, P]) load(ctx context.Context, s *Service, id string) (T, error) {
	v, err := k.decl.In(s.store).Get(ctx, id)
	if err != nil {
		return v, missing(err)
	}
	if P(&v).base().Removed != nil {
		var none T
		return none, kernel.Missing()
	}
	return v, nil
}

func (k *kindOf[T, P]) get(ctx context.Context, s *Service, id string) (Base, locale.Text, error) {
	v, err := k.decl.In(s.store).Get(ctx, id)
	return *P(&v).base(), P(&v).label(), missing(err)
}

// live finds the records of an event that are not removed.
func (k *kindOf[T, P]) live(ctx context.Context, s *Service, event string) ([]T, error) {
	return k.decl.In(s.store).Find(ctx, store.By("event", event, false))
}

// put saves a record by hand: a new one when it has no ID, else instead of what
// is stored. refs is what is wrong with what it points to.
func (k *kindOf[T, P]) put(ctx context.Context, s *Service, v T, by string, refs kernel.Errors) (T, error) {
	var none T
	now := s.now()
	P(&v).tidy()
	probe := v
	if k.slug != nil && *k.slug(&probe) == "" {
		*k.slug(&probe) = "made" // or kept, later
	}
	if err := append(P(&probe).complaints(), refs...).Err(); err != nil {
		return none, err
	}
	if P(&v).base().ID == "" {
		*P(&v).base() = Base{ID: RecordID(P(&v).base().Event, kernel.NewID()), Event: P(&v).base().Event, ChangedAt: now, ChangedBy: by}
		P(&v).born()
		made, err := k.insert(ctx, s, v)
		if err != nil {
			return none, err
		}
		return k.hold(ctx, s, made, by)
	}
	seen := P(&v).base().ChangedAt
	after, err := k.decl.In(s.store).Update(ctx, P(&v).base().ID, func(stored *T) error {
		old := P(stored).base()
		if old.Removed != nil {
			return kernel.Missing()
		}
		next := v
		source := old.Source
		source.Import = ""
		*P(&next).base() = Base{ID: old.ID, Event: old.Event, Source: source, ChangedAt: old.ChangedAt, ChangedBy: old.ChangedBy}
		P(&next).keep(stored)
		if err := P(&next).complaints().Err(); err != nil {
			return err
		}
		P(&next).base().Source = old.Source
		if same(next, *stored) {
			return store.ErrUnchanged
		}
		if err := unchangedSince(seen, old.ChangedAt); err != nil {
			return err
		}
		P(&next).base().Source = source
		P(&next).base().ChangedAt, P(&next).base().ChangedBy = now, by
		*stored = next
		return nil
	})
	if err != nil {
		return none, k.taken(err, v)
	}
	return k.hold(ctx, s, after, by)
}

// insert stores a new record under a slug of its own: the one it has, or one
// made of its title.
func (k *kindOf[T, P]) insert(ctx context.Context, s *Service, v T) (T, error) {
	var none T
	made := k.slug != nil && *k.slug(&v) == ""
	w := newWords()
	for n := 0; ; n++ {
		if made {
			*k.slug(&v) = w.take(k.title(&v), k.limit)
		}
		if err := P(&v).complaints().Err(); err != nil {
			return none, err
		}
		err := k.decl.In(s.store).Insert(ctx, v)
		if err == nil {
			return v, nil
		}
		index, taken := takenBy(err)
		if !made || !taken || index != slugIndexName || n == 1000 {
			return none, k.taken(err, v)
		}
		w.taken[*k.slug(&v)] = true
	}
}

// taken says to a person which word is taken.
func (k *kindOf[T, P]) taken(err error, v T) error {
	if index, taken := takenBy(err); taken && index == slugIndexName && k.slug != nil {
		word := *k.slug(&v)
		if k.is == SessionKind || k.is == BoothKind {
			return kernel.New(kernel.Conflict, "code_taken", "code", "code", word)
		}
		return slugTaken(word)
	}
	return missing(err)
}

// mark sets a record aside, or brings it back.
func (k *kindOf[T, P]) mark(ctx context.Context, s *Service, id, by string, removed *time.Time) error {
	now := s.now()
	v, err := k.decl.In(s.store).Update(ctx, id, func(v *T) error {
		return P(v).base().mark(now, by, removed)
	})
	return k.taken(err, v)
}

func (k *kindOf[T, P]) copy(ctx context.Context, s *Service, id, by string) (string, error) {
	v, err := k.load(ctx, s, id)
	if err != nil {
		return "", err
	}
	v = clone(v)
	P(&v).anew()
	P(&v).base().ID = ""
	v, err = k.put(ctx, s, v, by, nil)
	return P(&v).base().ID, err
}
