package festival

// What somebody removed by hand stays away while the file says nothing new of it,
// a session with all its slots. It comes back when the file has news of it, or when
// something else of the file newly needs it. What stays away is named in the report,
// since the file still has it.

// byHand says whether the record at a place was removed, and not by an import.
func (st *stock[T, P]) byHand(i int) bool {
	b := P(&st.all[i]).base()
	return b.Removed != nil && !b.Source.Dropped
}

// bringNeeded brings back what the records of the file point to.
func (pl *planner) bringNeeded() {
	if !pl.venues.lacks() && !pl.spaces.lacks() && !pl.hosts.lacks() && !pl.booths.lacks() && !pl.sessions.lacks() {
		return
	}
	needs(pl, pl.slots)
	needs(pl, pl.sessions)
	needs(pl, pl.booths)
	needs(pl, pl.spaces)
}

// lacks says whether a record of a stock is removed.
func (st *stock[T, P]) lacks() bool {
	for i := range st.all {
		if P(&st.all[i]).base().Removed != nil {
			return true
		}
	}
	return false
}

func needs[T any, P record[T]](pl *planner, st *stock[T, P]) {
	for i := range st.all {
		if v := P(&st.all[i]); st.found[i] && v.base().Removed == nil {
			pl.bring(v.points())
		}
	}
}

func (pl *planner) bring(points []pointer) {
	for _, p := range points {
		if pl.there(p) {
			continue
		}
		switch p.kind {
		case VenueKind:
			bring(pl, pl.venues, p.id)
		case SpaceKind:
			bring(pl, pl.spaces, p.id)
		case HostKind:
			bring(pl, pl.hosts, p.id)
		case BoothKind:
			bring(pl, pl.booths, p.id)
		case SessionKind:
			bring(pl, pl.sessions, p.id)
		}
	}
}

func bring[T any, P record[T]](pl *planner, st *stock[T, P], id string) {
	i, ok := st.byID[id]
	if !ok {
		return
	}
	cur := &st.all[i]
	next := *cur
	b := P(&next).base()
	b.Removed, b.Source.Dropped, b.Source.Import, b.ChangedAt, b.ChangedBy = nil, false, pl.id, pl.now, pl.by
	if st.found[i] {
		pl.plan.Same[st.kind.is]--
	}
	pl.item(PlanItem{Action: AddRecord, Kind: st.kind.is, ID: id, Key: b.Source.Key, Name: pl.name(&next), Overrides: []string{"removed"}})
	pl.write(st.over(pl.s, i, next), &image{Kind: st.kind.is, ID: id, Name: pl.name(&next), Before: encode(cur)})
	*cur = next
	pl.bring(P(&next).points())
}

// noteRemoved names what the file has and stays away.
func (pl *planner) noteRemoved() {
	away(pl, pl.venues)
	away(pl, pl.spaces)
	away(pl, pl.hosts)
	away(pl, pl.booths)
	away(pl, pl.sessions)
	away(pl, pl.slots)
}

func away[T any, P record[T]](pl *planner, st *stock[T, P]) {
	for i := range st.all {
		if v := P(&st.all[i]); st.found[i] && v.base().Removed != nil {
			pl.note(Guessed, "plan_removed", st.kind.is, v.base().Source.Key, pl.name(v))
		}
	}
}
