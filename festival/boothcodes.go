package festival

import (
	"maps"
	"strings"
	"time"

	"feria/store"
)

// No two live booths of a space have one code, and the store refuses the second
// one. So imports and their undoing look first who has which code in the end, and
// write booths so that none meets the code of one that is still to be written.

// stand is what only one live booth can have; "" for a removed one.
func (v *Booth) stand() string {
	if v.Removed != nil {
		return ""
	}
	return v.Space + " " + v.Code
}

// another gives the nth code like one that is taken.
func another(code string, n int) string {
	end := "-" + itoa(n)
	if most := maxCode - len(end); len(code) > most {
		code = strings.ToValidUTF8(code[:most], "")
	}
	return code + end
}

// settleCodes gives booths that would get the code of another one a code of their
// own. A booth that keeps its code has it before those that are to get it.
func (pl *planner) settleCodes() {
	all := pl.booths.all
	taken := map[string]bool{}
	var wishes, losers []int
	for i := range all {
		switch at := all[i].stand(); {
		case at == "":
		case i < len(pl.before) && pl.before[i].stand() == at:
			taken[at] = true
		default:
			wishes = append(wishes, i)
		}
	}
	for _, i := range wishes {
		if at := all[i].stand(); !taken[at] {
			taken[at] = true
		} else {
			losers = append(losers, i)
		}
	}
	if len(losers) > 0 {
		pl.recode(losers, taken)
	}
	pl.plan.first = pl.s.lend(&stock[Booth, *Booth]{all: pl.before, revs: pl.booths.revs}, all, pl.id, pl.by, pl.now)
	after(pl.plan.writes, pl.plan.first)
}

// recode gives booths the next free codes, in what is planned for them too.
func (pl *planner) recode(losers []int, taken map[string]bool) {
	writes, items := map[string]int{}, map[string]int{}
	for n, w := range pl.plan.writes {
		if w.image != nil {
			writes[w.image.ID] = n
		}
	}
	for n, item := range pl.plan.Items {
		items[item.ID] = n
	}
	c := booths.In(pl.s.store)
	for _, i := range losers {
		b := &pl.booths.all[i]
		wish, name := b.Code, b.label()
		for n := 2; taken[b.stand()]; n++ {
			b.Code = another(wish, n)
		}
		taken[b.stand()] = true
		pl.note(Guessed, "plan_code_taken", BoothKind, b.Source.Key, name, "code", wish, "made", b.Code)
		w := &pl.plan.writes[writes[b.ID]]
		w.image.Name, pl.plan.Items[items[b.ID]].Name = b.label(), b.label()
		if w.image.Before == nil {
			w.op = c.InsertOp(*b)
		} else {
			w.op = pl.booths.over(pl.s, i, *b)
		}
	}
}

// lend gives what is written before all else: booths whose code another one gets
// stand under their id until it is their turn. If that never comes, the next
// import looks at them again, and undoing this one brings them back.
func (s *Service) lend(before *stock[Booth, *Booth], after []Booth, imported, by string, now time.Time) []write {
	gets := map[string]int{}
	for i := range after {
		if at := after[i].stand(); at != "" {
			gets[at] = i
		}
	}
	var first []write
	for i, b := range before.all {
		if to, wanted := gets[b.stand()]; !wanted || to == i {
			continue
		}
		if b.Source.Key == "" { // else the next import would not know it by its code
			b.Source.Key, b.Source.From = after[i].Source.Key, after[i].Source.From
		}
		b.Source.Said = maps.Clone(b.Source.Said)
		delete(b.Source.Said, "code")
		b.Code, b.Source.Hash, b.Source.Import = Own(b.ID), "", imported
		b.ChangedAt, b.ChangedBy = now, by
		first = append(first, write{op: booths.In(s.store).ReplaceOp(b, before.revs[i])})
	}
	return first
}

// after lets writes follow those that come first, of the same records.
func after(writes, first []write) {
	before := make(map[string]store.Op, len(first))
	for _, w := range first {
		before[w.op.ID()] = w.op
	}
	for n := range writes {
		if op, ok := before[writes[n].op.ID()]; ok {
			writes[n].op = writes[n].op.After(op)
		}
	}
}

// cannotReturn marks the booths that an undoing would give a code which another
// one keeps. They stay what they are, so others can not get theirs either.
func cannotReturn(before, after []Booth, stay map[string]bool) (found bool) {
	kept := map[string]bool{}
	for i := range before {
		if at := before[i].stand(); at != "" && at == after[i].stand() {
			kept[at] = true
		}
	}
	for again := true; again; {
		again = false
		given := map[string]bool{}
		for i := range after {
			at := after[i].stand()
			if at == "" || at == before[i].stand() || stay[after[i].ID] {
				continue
			}
			if !kept[at] && !given[at] {
				given[at] = true
				continue
			}
			stay[after[i].ID], kept[before[i].stand()] = true, true
			found, again = true, true
		}
	}
	return found
}
