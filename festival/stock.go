package festival

import (
	"context"

	"feria/kernel"
	"feria/store"
)

// stock is all records of one kind of an event, removed ones too, as an import
// finds and changes them.
type stock[T any, P record[T]] struct {
	kind  *kindOf[T, P]
	all   []T
	revs  []int64 // of all, as loaded; 0 for what is not stored yet
	byKey map[string]int
	byID  map[string]int
	guids map[string]int
	found map[int]bool // what the file has, too
	words *words
}

// stocks is all that is stored of an event, as an import compares with it.
type stocks struct {
	venues   *stock[Venue, *Venue]
	spaces   *stock[Space, *Space]
	hosts    *stock[Host, *Host]
	booths   *stock[Booth, *Booth]
	sessions *stock[Session, *Session]
	slots    *stock[Slot, *Slot]
}

func (s *Service) loadStocks(ctx context.Context, event string) (*stocks, error) {
	var l stocks
	return &l, together(
		func() (err error) { l.venues, err = loadStock(ctx, s, venueKind, event); return },
		func() (err error) { l.spaces, err = loadStock(ctx, s, spaceKind, event); return },
		func() (err error) { l.hosts, err = loadStock(ctx, s, hostKind, event); return },
		func() (err error) { l.booths, err = loadStock(ctx, s, boothKind, event); return },
		func() (err error) { l.sessions, err = loadStock(ctx, s, sessionKind, event); return },
		func() (err error) { l.slots, err = loadStock(ctx, s, slotKind, event); return },
	)
}

func loadStock[T any, P record[T]](ctx context.Context, s *Service, k *kindOf[T, P], event string) (*stock[T, P], error) {
	all, revs, err := k.decl.In(s.store).FindRevs(ctx, store.By("event", event))
	if err != nil {
		return nil, err
	}
	st := &stock[T, P]{
		kind: k, all: all, revs: revs, byKey: make(map[string]int, len(all)), byID: make(map[string]int, len(all)),
		guids: make(map[string]int, len(all)), found: map[int]bool{}, words: newWords(),
	}
	for i := range all {
		b := P(&all[i]).base()
		st.byID[b.ID] = i
		if b.Source.Key != "" {
			st.byKey[b.Source.Key] = i
		}
		st.guids[b.GUID()] = i
		if slot, ok := any(&all[i]).(*Slot); ok {
			st.guids[slot.UID] = i
		}
		if k.slug != nil {
			st.words.taken[*k.slug(&all[i])] = true
		}
	}
	return st, nil
}

// over writes a record over the one at a place, as long as that is as it was
// loaded: what a person changed meanwhile is not lost.
func (st *stock[T, P]) over(s *Service, i int, next T) store.Op {
	return st.kind.decl.In(s.store).ReplaceOp(next, st.revs[i])
}

// find gives the place of the record that a file means: by key, then by guid,
// then by what like says, if just one live record that is not from this family
// of formats is like it; -1 if there is none.
func (st *stock[T, P]) find(key, guid, family string, like func(*T) bool) int {
	if i, ok := st.byKey[key]; ok {
		return i
	}
	if i, ok := st.guids[guid]; ok && guid != "" && !st.found[i] {
		return i
	}
	if like == nil {
		return -1
	}
	match := -1
	for i := range st.all {
		b := P(&st.all[i]).base()
		if b.Removed != nil || st.found[i] || b.Source.Key != "" && b.Source.From == family || !like(&st.all[i]) {
			continue
		}
		if match >= 0 {
			return -1 // not clear which
		}
		match = i
	}
	return match
}

// write is one record that an import or its undoing stores.
type write struct {
	op    store.Op
	image *image // nil for what changes nothing that people see
}

// incoming is a record as a file has it.
type incoming[T any] struct {
	key, guid string
	value     T // its references are ids already
	parts     []part[T]
	back      bool   // a removed one comes back, whether the file has news of it or not
	word      string // wished for as slug or code of a new record
	like      func(*T) bool
	match     int // place of the record meant, if known; -1: none; see known
	known     bool
	// mend repairs a merged record; before is nil for a new one.
	mend func(v, before *T)
}

// take plans what becomes of one record of the file and gives its id; false if
// the file has that record twice.
func take[T any, P record[T]](pl *planner, st *stock[T, P], in incoming[T]) (id string, ok bool) {
	i := in.match
	if !in.known {
		i = st.find(in.key, in.guid, pl.family, in.like)
	}
	hash := saysAll(in.parts, in.guid)
	if i < 0 {
		return takeNew(pl, st, in, says(in.parts), hash), true
	}
	cur := &st.all[i]
	base := P(cur).base()
	if st.found[i] {
		pl.note(Lost, "plan_duplicate", st.kind.is, in.key, P(&in.value).label())
		return base.ID, false
	}
	st.found[i] = true
	if base.Source.Hash == hash && base.Source.Key == in.key && !base.Source.Dropped && !(in.back && base.Removed != nil) {
		pl.plan.Same[st.kind.is]++
		return base.ID, true
	}
	next := *cur
	fields, overrides := merge(&next, base.Source.Said, in.parts)
	if in.mend != nil {
		in.mend(&next, cur)
	}
	b := P(&next).base()
	b.Source.Said, b.Source.Hash, b.Source.From, b.Source.Dropped = says(in.parts), hash, pl.family, false
	b.Source.Key = in.key
	if in.guid != "" {
		b.Source.GUID = in.guid
	}
	action := ChangeRecord
	if base.Removed != nil {
		if !base.Source.Dropped {
			overrides = append(overrides, "removed")
		}
		b.Removed, action = nil, AddRecord
	}
	if len(fields) == 0 && action == ChangeRecord {
		pl.plan.Same[st.kind.is]++
		if base.Source.Key == in.key { // only what the file said is remembered
			pl.write(st.over(pl.s, i, next), nil)
			*cur = next
		}
		return base.ID, true
	}
	b.Source.Import, b.ChangedAt, b.ChangedBy = pl.id, pl.now, pl.by
	pl.item(PlanItem{Action: action, Kind: st.kind.is, ID: b.ID, Key: in.key, Name: pl.name(&next), Fields: fields, Overrides: overrides})
	pl.write(st.over(pl.s, i, next), &image{Kind: st.kind.is, ID: b.ID, Name: pl.name(&next), Before: encode(cur)})
	*cur = next
	return b.ID, true
}

func takeNew[T any, P record[T]](pl *planner, st *stock[T, P], in incoming[T], said map[string]string, hash string) string {
	v := in.value
	k := st.kind
	*P(&v).base() = Base{
		ID: RecordID(pl.event.ID, kernel.NewID()), Event: pl.event.ID, ChangedAt: pl.now, ChangedBy: pl.by,
		Source: Source{Key: in.key, GUID: in.guid, Hash: hash, Said: said, From: pl.family, Import: pl.id},
	}
	P(&v).born()
	if in.mend != nil {
		in.mend(&v, nil)
	}
	if k.slug != nil && k.is != BoothKind {
		if in.word != "" && !st.words.taken[in.word] {
			st.words.taken[in.word] = true
			*k.slug(&v) = in.word
		} else {
			*k.slug(&v) = st.words.take(k.title(&v), k.limit)
		}
	}
	b := P(&v).base()
	i := len(st.all)
	st.all, st.revs = append(st.all, v), append(st.revs, 0)
	st.found[i], st.byID[b.ID], st.byKey[in.key] = true, i, i
	pl.item(PlanItem{Action: AddRecord, Kind: k.is, ID: b.ID, Key: in.key, Name: pl.name(&v)})
	pl.write(k.decl.In(pl.s.store).InsertOp(v), &image{Kind: k.is, ID: b.ID, Name: pl.name(&v)})
	return b.ID
}

// drop sets aside what came in the file's family of formats and is no longer in
// the file, unless something that stays points to it.
func drop[T any, P record[T]](pl *planner, st *stock[T, P], used map[string]bool, keep func(*T) bool) {
	for i := range st.all {
		cur := &st.all[i]
		base := P(cur).base()
		if base.Removed != nil || st.found[i] || base.Source.Key == "" || base.Source.From != pl.family || keep != nil && keep(cur) {
			continue
		}
		if used[base.ID] {
			pl.note(Guessed, "plan_in_use", st.kind.is, base.Source.Key, pl.name(cur))
			continue
		}
		next := *cur
		b := P(&next).base()
		b.Removed, b.Source.Dropped, b.Source.Import, b.ChangedAt, b.ChangedBy = &pl.now, true, pl.id, pl.now, pl.by
		pl.item(PlanItem{Action: DropRecord, Kind: st.kind.is, ID: b.ID, Key: b.Source.Key, Name: pl.name(cur)})
		pl.write(st.over(pl.s, i, next), &image{Kind: st.kind.is, ID: b.ID, Name: pl.name(cur), Before: encode(cur)})
		*cur = next
	}
}

// each calls fn for the records that are there after the import.
func (st *stock[T, P]) each(fn func(*T)) {
	for i := range st.all {
		if P(&st.all[i]).base().Removed == nil {
			fn(&st.all[i])
		}
	}
}
