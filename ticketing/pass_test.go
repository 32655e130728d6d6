package ticketing

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"feria/festival"
	"feria/kernel"
	"feria/locale"
	"feria/store/storetest"
)

func TestPassFor_isOnePerPartyHoweverManyAsk(t *testing.T) {
	a, b := storetest.OpenTwo(t, Collections()...)
	one, two := openOn(t, a), openOn(t, b)
	var all sync.Map
	var wait sync.WaitGroup
	for n := range 20 {
		wait.Go(func() {
			w := []*town{one, two}[n%2]
			p, err := w.PassFor(t.Context(), w.event, "harbour/p1", "Ada")
			if err != nil {
				t.Error(err)
				return
			}
			token, err := w.Token(t.Context(), w.event, p)
			if err != nil {
				t.Error(err)
			}
			all.Store(p.ID+p.Code+token, true)
		})
	}
	wait.Wait()
	n := 0
	all.Range(func(any, any) bool { n++; return true })
	if n != 1 {
		t.Errorf("%d passes or keys were made, want one", n)
	}
	if keys, err := one.Keys(t.Context(), one.event); err != nil || len(keys) != 1 {
		t.Errorf("%d keys, %v", len(keys), err)
	}
}

func TestPass_addresses(t *testing.T) {
	w := open(t)
	p, _ := w.pass("harbour/p1", 2)
	other, _ := w.pass("harbour/p2", 1)
	secret := w.PassSecret(p)
	if len(secret) != 43 || secret == w.PassSecret(other) || strings.Contains(p.LinkHash, secret) {
		t.Errorf("secret %q", secret)
	}
	opened, err := w.PassBySecret(t.Context(), "harbour", secret)
	if err != nil || opened.ID != p.ID {
		t.Fatalf("opened %v, %v", opened.ID, err)
	}
	for name, try := range map[string][2]string{
		"another city": {"hill", secret}, "the hash": {"harbour", p.LinkHash}, "nothing": {"harbour", ""},
		"the pass id": {"harbour", festival.Own(p.ID)},
	} {
		if _, err := w.PassBySecret(t.Context(), try[0], try[1]); kernel.KindOf(err) != kernel.NotFound {
			t.Errorf("%s opens a pass: %v", name, err)
		}
	}
	if _, err := w.RevokeLink(t.Context(), p.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := w.PassBySecret(t.Context(), "harbour", secret); kernel.KindOf(err) != kernel.NotFound {
		t.Errorf("a revoked address opens: %v", err)
	}
	p, err = w.Pass(t.Context(), p.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.PassBySecret(t.Context(), "harbour", w.PassSecret(p)); err != nil {
		t.Errorf("the new address: %v", err)
	}
	for _, typed := range []string{p.Code, p.CodeShown(), strings.ToLower(" " + p.CodeShown())} {
		if got, err := w.PassByCode(t.Context(), w.event.ID, typed); err != nil || got.ID != p.ID {
			t.Errorf("code %q: %v", typed, err)
		}
	}
	for _, typed := range []string{"", "0", "00000000", p.Code + "0"} {
		if _, err := w.PassByCode(t.Context(), w.event.ID, typed); kernel.KindOf(err) != kernel.NotFound {
			t.Errorf("code %q: %v", typed, err)
		}
	}
	w.after(37*24*time.Hour - 11*time.Hour) // 18 May, 23:00 in Paris
	if w.Fitted(p, w.event).LinkOver(w.clock()) {
		t.Error("over on the 30th day")
	}
	w.after(2 * time.Hour)
	if !w.Fitted(p, w.event).LinkOver(w.clock()) {
		t.Error("good on the 31st day")
	}
	w.event.End = "2027-09-19" // put off
	if w.Fitted(p, w.event).LinkOver(w.clock()) {
		t.Error("over before the event that was put off")
	}
}

func TestPassFor_followsItsEventAndItsName(t *testing.T) {
	w := open(t)
	p, before := w.pass("harbour/p1", 1)
	w.event.Start, w.event.End = "2027-05-03", "2027-05-09"
	moved, err := w.PassFor(t.Context(), w.event, "harbour/p1", "Grace")
	if err != nil {
		t.Fatal(err)
	}
	if moved.ID != p.ID || moved.Code != p.Code || moved.Name != "Grace" || moved.From.Date() != "2027-05-02" || moved.Until.Date() != "2027-05-10" {
		t.Errorf("moved pass: %+v", moved)
	}
	after := w.token(moved)
	if after == before {
		t.Error("the token still has the old days")
	}
	w.after(21 * 24 * time.Hour)
	g := w.gate(Gate{Slug: "main"})
	if got := brief(w.scan(w.request(g, before))); got != "ok 1, 1 of 1" {
		t.Errorf("the pass printed before the event moved: %s", got)
	}
	if kept, err := w.PassFor(t.Context(), w.event, "harbour/p1", ""); err != nil || kept.Name != "Grace" {
		t.Errorf("name %q, %v", kept.Name, err)
	}
}

func TestReissue(t *testing.T) {
	w := open(t)
	g := w.gate(Gate{Slug: "main"})
	p, lost := w.pass("harbour/p1", 3)
	r := w.request(g, lost)
	r.Count = 2
	w.scan(r)
	secret := w.PassSecret(p)
	anew, err := w.Reissue(t.Context(), p.ID)
	if err != nil {
		t.Fatal(err)
	}
	if got := brief(w.scan(w.request(g, lost))); got != "revoked reissued" {
		t.Errorf("the lost pass: %s", got)
	}
	if _, err := w.PassBySecret(t.Context(), "harbour", secret); kernel.KindOf(err) != kernel.NotFound {
		t.Errorf("the lost pass's page: %v", err)
	}
	if _, err := w.PassByCode(t.Context(), w.event.ID, p.Code); kernel.KindOf(err) != kernel.NotFound {
		t.Errorf("the lost pass's code: %v", err)
	}
	if got := brief(w.scan(w.request(g, w.token(anew)))); got != "ok 1, 3 of 3" {
		t.Errorf("the new pass: %s", got)
	}
	for range lastIssue - 1 {
		if anew, err = w.Reissue(t.Context(), p.ID); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Reissue(t.Context(), p.ID); kernel.CodeOf(err) != "pass_issues_used_up" {
		t.Errorf("the 16th: %v", err)
	}
	w.sound()
}

func TestKeys(t *testing.T) {
	a, b := storetest.OpenTwo(t, Collections()...)
	w, far := openOn(t, a), openOn(t, b)
	g := w.gate(Gate{Slug: "main", Reentry: Always})
	if keys, err := w.Keys(t.Context(), w.event); err != nil || len(keys) != 0 {
		t.Fatalf("before the first need: %v, %v", keys, err)
	}
	p, old := w.pass("harbour/p1", 1)
	far.grant("harbour/p1", far.booked("s1", 1))
	far.scan(far.request(g, old)) // the other copy knows the first key now
	if _, err := w.RotateKey(t.Context(), w.event, "person:1"); err != nil {
		t.Fatal(err)
	}
	fresh := w.token(p)
	if fresh == old {
		t.Fatal("the new key does not sign")
	}
	for name, token := range map[string]string{"old": old, "new": fresh} {
		if got := far.scan(far.request(g, token)); got.Result != OK {
			t.Errorf("%s key, on the other copy at once: %s", name, brief(got))
		}
	}
	if err := w.WithdrawKey(t.Context(), w.event, 1, "person:1"); err != nil {
		t.Fatal(err)
	}
	if got := brief(w.scan(w.request(g, old))); got != "revoked key" {
		t.Errorf("withdrawn key: %s", got)
	}
	deadline := time.Now().Add(time.Second)
	for brief(far.scan(far.request(g, old))) != "revoked key" {
		if time.Now().After(deadline) {
			t.Fatal("after a second the other copy still takes a withdrawn key")
		}
		time.Sleep(20 * time.Millisecond)
	}
	if got := far.scan(far.request(g, fresh)); got.Result != OK {
		t.Errorf("new key: %s", brief(got))
	}
	if err := w.WithdrawKey(t.Context(), w.event, 2, "person:1"); err != nil {
		t.Fatal(err)
	}
	third, _, err := w.verify(t.Context(), w.event, w.token(p))
	if err != nil || third.Key != 3 {
		t.Errorf("with all keys withdrawn: signed by %d, %v", third.Key, err)
	}
	if err := w.WithdrawKey(t.Context(), w.event, 9, "person:1"); kernel.KindOf(err) != kernel.NotFound {
		t.Errorf("unknown key: %v", err)
	}
	ring, err := w.Ring(t.Context(), w.event)
	if err != nil || len(ring[7]) != 3 || !ring[7][0].Withdrawn || ring[7][2].Withdrawn {
		t.Errorf("ring %+v, %v", ring, err)
	}
	w.sound()
}

func TestGates(t *testing.T) {
	w := open(t)
	g := w.gate(Gate{Slug: "north"})
	if g.Scope != OfEvent || g.Who != Booked || g.Reentry != AfterExit {
		t.Errorf("a plain gate is %+v", g)
	}
	for _, row := range []struct {
		name   string
		change func(*Gate)
		want   string
	}{
		{"a word of its own", func(g *Gate) { g.Slug = "north" }, "gate_slug_taken"},
		{"a word for addresses", func(g *Gate) { g.Slug = "Nord Tor" }, "gate_slug"},
		{"a name", func(g *Gate) { g.Name = nil }, "gate_name"},
		{"a scope", func(g *Gate) { g.Scope = "town" }, "gate_scope"},
		{"a space for a space's gate", func(g *Gate) { g.Scope = OfSpace }, "gate_space"},
		{"a slot of this event", func(g *Gate) { g.Scope, g.Slot = OfSlot, "hill/fair/s1" }, "gate_slot"},
		{"a rule of re-entry", func(g *Gate) { g.Reentry = "maybe" }, "gate_reentry"},
		{"whom it is for", func(g *Gate) { g.Who = "friends" }, "gate_who"},
		{"a lead within a day", func(g *Gate) { g.Lead, g.Scope, g.Space = 1500, OfSpace, w.event.ID+"/lab" }, "gate_lead"},
	} {
		bad := Gate{Event: w.event.ID, Slug: "south", Name: g.Name}
		row.change(&bad)
		_, err := w.SaveGate(t.Context(), bad, "")
		var errs kernel.Errors
		if !errors.As(err, &errs) || errs[0].Code != row.want || errs[0].Field == "" {
			t.Errorf("needs %s: %v", row.name, err)
		}
	}
	if err := w.RemoveGate(t.Context(), g.ID, ""); err != nil {
		t.Fatal(err)
	}
	if gone, err := w.RemovedGates(t.Context(), w.event.ID); err != nil || len(gone) != 1 || gone[0].ID != g.ID {
		t.Errorf("removed are %+v, %v", gone, err)
	}
	if _, err := w.Scan(t.Context(), w.request(Gate{ID: g.ID, Event: g.Event, Removed: &ten}, "x")); kernel.KindOf(err) != kernel.NotFound {
		t.Errorf("scan at a removed gate: %v", err)
	}
	w.gate(Gate{Slug: "north"})
	if err := w.RestoreGate(t.Context(), g.ID, ""); kernel.CodeOf(err) != "gate_slug_taken" {
		t.Errorf("restore: %v", err)
	}
	if found, err := w.Gates(t.Context(), w.event.ID); err != nil || len(found) != 1 {
		t.Errorf("%d gates, %v", len(found), err)
	}
}

// A gate can be changed as long as nobody else did meanwhile; what it lets into
// stays from the first scan on, since it is counted by that.
func TestGates_changed(t *testing.T) {
	w := open(t)
	_, token := w.pass("a", 2)
	g := w.gate(Gate{Slug: "north", Who: AnyPass})
	change := func(by func(*Gate)) error {
		w.after(time.Minute)
		next := g
		by(&next)
		saved, err := w.SaveGate(t.Context(), next, "person:2")
		if err == nil {
			g = saved
		}
		return err
	}
	toSlot := func(g *Gate) { g.Scope, g.Slot = OfSlot, w.event.ID+"/s1" }
	toEvent := func(g *Gate) { g.Scope = OfEvent }
	rename := func(name string) func(*Gate) { return func(g *Gate) { g.Name = locale.Text{"en": name} } }
	for _, by := range []func(*Gate){toSlot, toEvent, rename("Quay"), func(g *Gate) { g.Slug = "quay" }} {
		if err := change(by); err != nil {
			t.Fatal(err)
		}
	}
	stale := g
	if err := change(rename("Pier")); err != nil {
		t.Fatal(err)
	}
	stale.Slug = "wharf"
	if _, err := w.SaveGate(t.Context(), stale, "person:3"); kernel.CodeOf(err) != "record_changed" {
		t.Errorf("over another's change: %v", err)
	}
	same := g
	same.ChangedAt = stale.ChangedAt // a form that was sent twice
	if again, err := w.SaveGate(t.Context(), same, "person:3"); err != nil || again.ChangedBy != "person:2" {
		t.Errorf("the same again: %+v, %v", again, err)
	}
	if v := w.scan(w.request(g, token)); v.Result != OK {
		t.Fatalf("a scan at a changed gate: %s", brief(v))
	}
	var errs kernel.Errors
	if err := change(toSlot); !errors.As(err, &errs) || errs[0].Code != "gate_scanned" || errs[0].Field != "scope" {
		t.Errorf("another scope after a scan: %v", err)
	}
	if err := change(func(g *Gate) { g.Name, g.Slug, g.Reentry = locale.Text{"en": "Mole"}, "mole", Never }); err != nil {
		t.Errorf("another name after a scan: %v", err)
	}
	scans, _, err := w.Scans(t.Context(), ScanQuery{Gate: g.ID})
	if err != nil || len(scans) != 1 {
		t.Errorf("%d scans, %v", len(scans), err)
	}
	if counts, err := w.Inside(t.Context(), g); err != nil || counts.In != 2 {
		t.Errorf("counts are %+v, %v", counts, err)
	}
	w.sound()
}
