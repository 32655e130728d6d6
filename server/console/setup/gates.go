package setup

import (
	"time"

	"feria/festival"
	"feria/locale"
	"feria/public/ui"
	"feria/server/web"
	"feria/ticketing"
)

// The form of a gate, and that of a new one, which need not say who is let in. A
// gate is no record of the draft: what is saved holds at the door at once.
var (
	gateForm    = gateFields(ticketing.Booked, ticketing.AnyPass)
	newGateForm = gateFields("", ticketing.Booked, ticketing.AnyPass)
)

func gateFields(who ...ticketing.Admits) form[ticketing.Gate] {
	return form[ticketing.Gate]{
		{name: "name", required: true, text: func(g *ticketing.Gate) *locale.Text { return &g.Name }},
		{name: "gate_slug", alias: "slug", required: true, hint: true, str: func(g *ticketing.Gate) *string { return &g.Slug }},
		{name: "scope", required: true, hint: true, str: func(g *ticketing.Gate) *string { return (*string)(&g.Scope) }, options: func(s *scene) []ui.Option {
			return choices(s, "console.gate_scope_", ticketing.OfEvent, ticketing.OfSpace, ticketing.OfSlot)
		}},
		{name: "space", str: func(g *ticketing.Gate) *string { return &g.Space }, options: spaces},
		{name: "slot", str: func(g *ticketing.Gate) *string { return &g.Slot }, options: slots},
		{name: "who", required: who[0] != "", hint: who[0] == "", str: func(g *ticketing.Gate) *string { return (*string)(&g.Who) }, options: func(s *scene) []ui.Option {
			return choices(s, "console.gate_who_", who...)
		}},
		{name: "reentry", required: true, str: func(g *ticketing.Gate) *string { return (*string)(&g.Reentry) }, options: func(s *scene) []ui.Option {
			return choices(s, "console.reentry_", ticketing.Never, ticketing.AfterExit, ticketing.Always)
		}},
		{name: "gate_lead", alias: "lead", hint: true, num: func(g *ticketing.Gate) *int { return &g.Lead }},
		{name: "hours", hint: true, periods: func(g *ticketing.Gate) *[]festival.Period { return &g.Hours }},
	}
}

// slots are all occurrences of the draft, by what takes place and when.
func slots(s *scene) []ui.Option {
	none := []ui.Option{{Label: "–"}}
	return append(none, sorted(s.draft.Slots, func(slot festival.Frozen) ui.Option {
		return ui.Option{Value: slot.ID, Label: s.sessionTitle(slot.Session) + ", " + s.slotTime(slot.Slot)}
	})...)
}

func gatePage(r *web.Request, s *scene, g ticketing.Gate) settings {
	at := Base(r) + "/gates/" + g.Slug
	return settings{
		title: s.say(g.Name), action: at, back: Base(r) + "/gates", current: "/gates", kind: r.T.T("console.gates"), seen: g.ChangedAt,
		remove: at + "/remove", removing: r.T.T("console.gate_remove_about"),
	}
}

func newGatePage(r *web.Request) settings {
	return settings{title: r.T.T("console.new_gate"), action: Base(r) + "/new-gate", back: Base(r) + "/gates", current: "/gates", kind: r.T.T("console.gates")}
}

// freshGate is a gate that is yet to be made, of the slot in the address if one
// is named there.
func freshGate(r *web.Request, s *scene) (ticketing.Gate, error) {
	g := ticketing.Gate{Event: r.Event.ID, Scope: ticketing.OfEvent, Reentry: ticketing.AfterExit}
	own := r.Query("slot")
	if own == "" {
		return g, nil
	}
	slot, err := r.P.Festival.Slot(r.Context(), festival.RecordID(r.Event.ID, own))
	if err != nil {
		return g, err
	}
	session, err := r.P.Festival.Session(r.Context(), slot.Session)
	if err != nil {
		return g, err
	}
	g.Scope, g.Slot, g.Name = ticketing.OfSlot, slot.ID, session.Title
	g.Slug = festival.Slug(s.say(session.Title), 40)
	return g, nil
}

// ShowNewGate draws the form of a gate that is yet to be made.
func ShowNewGate(r *web.Request) error {
	s, err := sceneOf(r)
	if err != nil {
		return err
	}
	g, err := freshGate(r, s)
	if err != nil {
		return err
	}
	return ask(r, newGateForm, s, g, newGatePage(r), nil, nil)
}

// MakeGate makes a gate.
func MakeGate(r *web.Request) error {
	s, err := sceneOf(r)
	if err != nil {
		return err
	}
	typed, err := r.Posted()
	if err != nil {
		return err
	}
	g, err := freshGate(r, s)
	if err != nil {
		return err
	}
	made := g
	if err = newGateForm.read(s, &made, typed); err == nil {
		_, err = r.P.SaveGate(r.Context(), made, r.Actor.ID)
	}
	if err != nil {
		return ask(r, newGateForm, s, g, newGatePage(r), typed, err)
	}
	return r.See(Base(r)+"/gates", r.T.T("console.saved"))
}

// gateOf finds the gate of the address, and what its form needs.
func gateOf(r *web.Request) (ticketing.Gate, *scene, error) {
	g, err := r.P.Ticketing.GateBySlug(r.Context(), r.Event.ID, r.Params("slug"))
	if err != nil {
		return g, nil, err
	}
	s, err := sceneOf(r)
	return g, s, err
}

// ShowGate draws the form of a gate.
func ShowGate(r *web.Request) error {
	g, s, err := gateOf(r)
	if err != nil {
		return err
	}
	return ask(r, gateForm, s, g, gatePage(r, s, g), nil, nil)
}

// SaveGate changes a gate, at once. What was read longer ago than somebody else's
// change is refused once, with what was typed.
func SaveGate(r *web.Request) error {
	g, s, err := gateOf(r)
	if err != nil {
		return err
	}
	typed, err := r.Posted()
	if err != nil {
		return err
	}
	changed := g
	if err = gateForm.read(s, &changed, typed); err == nil {
		changed.ChangedAt = time.Time{}
		if seen, parseErr := time.Parse(seenAt, typed.Get("seen")); parseErr == nil {
			changed.ChangedAt = seen
		}
		_, err = r.P.SaveGate(r.Context(), changed, r.Actor.ID)
	}
	if err != nil {
		if fresh, readErr := r.P.Ticketing.Gate(r.Context(), g.ID); readErr == nil && fresh.Removed == nil {
			g = fresh // as it stands now
		}
		return ask(r, gateForm, s, g, gatePage(r, s, g), typed, err)
	}
	return r.See(Base(r)+"/gates", r.T.T("console.saved"))
}
