package ticketing

import (
	"errors"
	"strings"
	"testing"
	"time"

	"feria/festival"
	"feria/kernel"
	"feria/store"
	"feria/store/storetest"
)

func TestScan_rules(t *testing.T) {
	slot := func(change func(*SlotRight)) func(*town) {
		return func(w *town) {
			s := w.booked("s1", 2)
			change(&s)
			w.grant("harbour/p1", s)
		}
	}
	ofSlot := Gate{Scope: OfSlot, Slot: "harbour/week/s1", Lead: 30}
	ofSpace := Gate{Scope: OfSpace, Space: "harbour/week/lab", Lead: 15}
	for _, row := range []struct {
		name  string
		gate  Gate
		after time.Duration // since ten
		given func(*town)
		want  string
	}{
		{"a booking opens the event", Gate{}, 0, nil, "ok 2, 2 of 2"},
		{"nothing booked", Gate{}, 0, func(w *town) { w.grant("harbour/p1") }, "no_booking"},
		{"nothing booked, but the event is open to all", Gate{}, 0, func(w *town) { w.grant("harbour/p1"); w.event.Open = true }, "ok 1, 1 of 1"},
		{"nothing booked at a gate for all passes", Gate{Who: AnyPass}, 0, func(w *town) { w.grant("harbour/p1") }, "ok 1, 1 of 1"},
		{"still waiting", Gate{}, 0, slot(func(s *SlotRight) { s.State = Waiting }), "no_booking waiting"},
		{"cancelled", Gate{}, 0, slot(func(s *SlotRight) { s.State = Withdrawn }), "canceled"},
		{"the day before the eve", Gate{}, -48 * time.Hour, nil, "invalid_time early"},
		{"on the eve", Gate{}, -24 * time.Hour, nil, "ok 2, 2 of 2"},
		{"in the night after the last day", Gate{}, 6*24*time.Hour + 18*time.Hour, nil, "ok 2, 2 of 2"},
		{"two days after", Gate{}, 8 * 24 * time.Hour, nil, "invalid_time late"},
		{"before the gate opens", Gate{Hours: []festival.Period{{Start: ten.Add(time.Hour), End: ten.Add(2 * time.Hour)}}}, 0, nil, "rules early"},
		{"after the gate closed", Gate{Hours: []festival.Period{{Start: ten.Add(-time.Hour), End: ten}}}, 0, nil, "rules late"},
		{"while the gate is open", Gate{Hours: []festival.Period{{Start: ten, End: ten.Add(time.Hour)}}}, 0, nil, "ok 2, 2 of 2"},
		{"half an hour before the slot", ofSlot, 30 * time.Minute, nil, "ok 2, 2 of 2"},
		{"a gate that names no lead opens as early", Gate{Scope: OfSlot, Slot: "harbour/week/s1"}, 30 * time.Minute, nil, "ok 2, 2 of 2"},
		{"earlier than that", ofSlot, 29 * time.Minute, nil, "invalid_time early"},
		{"in the slot's last minute", ofSlot, 119 * time.Minute, nil, "ok 2, 2 of 2"},
		{"when the slot is over", ofSlot, 120 * time.Minute, nil, "invalid_time late"},
		{"another slot's booking", ofSlot, time.Hour, slot(func(s *SlotRight) { s.Slot = "harbour/week/s2" }), "no_booking"},
		{"two bookings of one slot are one party", ofSlot, time.Hour, func(w *town) {
			w.grant("harbour/p1", w.booked("s1", 2), w.booked("s1", 1))
		}, "ok 3, 3 of 3"},
		{"a slot in the space", ofSpace, time.Hour, nil, "ok 2, 2 of 2"},
		{"a slot in another space", ofSpace, time.Hour, slot(func(s *SlotRight) { s.Space = "harbour/week/hall" }), "no_booking"},
		{"a booking for later in a space where everybody may walk in", Gate{Scope: OfSpace, Space: ofSpace.Space, Who: AnyPass}, 0, nil, "ok 2, 2 of 2"},
		{"walking into a space", Gate{Scope: OfSpace, Space: "harbour/week/hall", Who: AnyPass}, time.Hour, nil, "ok 2, 2 of 2"},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := open(t)
			_, token := w.pass("harbour/p1", 2)
			if row.given != nil {
				row.given(w)
			}
			row.gate.Slug = "main"
			g := w.gate(row.gate)
			w.after(row.after)
			if got := brief(w.scan(w.request(g, token))); got != row.want {
				t.Errorf("got %s, want %s", got, row.want)
			}
			r := w.request(g, token)
			r.Direction = Exit
			if got := w.scan(r); got.Result != OK {
				t.Errorf("may not even leave: %s", brief(got))
			}
			w.sound()
		})
	}
}

func TestScan_followingSlotsInOneSpace(t *testing.T) {
	w := open(t)
	_, token := w.pass("harbour/p1", 0)
	next := w.booked("s2", 1)
	next.Start, next.End = next.End, next.End.Add(time.Hour)
	w.grant("harbour/p1", w.booked("s1", 1), next)
	g := w.gate(Gate{Slug: "lab", Scope: OfSpace, Space: w.event.ID + "/lab", Lead: 15})
	for _, want := range []string{"ok 1, 1 of 1", "already_redeemed", "ok 1, 1 of 1"} {
		w.after(52 * time.Minute) // 10:52, 11:44, 12:36 local time + 2 h
		if got := brief(w.scan(w.request(g, token))); got != want {
			t.Errorf("at %s: %s, want %s", w.clock().Format("15:04"), got, want)
		}
	}
}

func TestScan_badInput(t *testing.T) {
	w := open(t)
	g := w.gate(Gate{Slug: "main"})
	p, token := w.pass("harbour/p1", 1)
	elsewhere := func(event festival.Event) string {
		other, err := w.PassFor(t.Context(), event, "x/p9", "Somebody Else")
		if err != nil {
			t.Fatal(err)
		}
		text, err := w.Token(t.Context(), event, other)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	_, signed, _ := parse(token)
	flip := func(i int) string {
		b := signed
		b[i] ^= 4
		return prefix + base32Upper.EncodeToString(b[:])
	}
	for _, row := range []struct{ name, token, code, want string }{
		{"a bit of the body flipped", flip(7), "", "invalid"},
		{"a bit of the event number flipped", flip(5), "", "invalid"},
		{"a bit of the signature flipped", flip(50), "", "invalid"},
		{"another event of the city", elsewhere(learningWeek("harbour", "fair", 8)), "", "other_event"},
		{"another city, same number", elsewhere(learningWeek("hill", "week", 7)), "", "other_event"},
		{"another city, another number", elsewhere(learningWeek("hill", "fair", 12)), "", "other_event"},
		{"3 kB", strings.Repeat("x", 3000), "", "invalid"},
		{"NUL and emoji", "\x00🎪\x1b[2J", "", "invalid"},
		{"half a character", "\xff\xfe", "", "invalid"},
		{"a code that nobody has", "", "ZZZZZZZZ", "invalid code"},
		{"a code that is none", "", "hello", "invalid code"},
		{"the right code, typed badly", "", strings.ToLower(p.CodeShown()), "ok 1, 1 of 1"},
		{"with the line end of a reader", " " + token + "\r\n", "", "already_redeemed"},
	} {
		r := w.request(g, row.token)
		r.Code = row.code
		v := w.scan(r)
		if got := brief(v); got != row.want {
			t.Errorf("%s: %s, want %s", row.name, got, row.want)
		}
		if (v.Reason == Invalid || v.Reason == OtherEvent) && (v.Name != "" || v.Pass != "") {
			t.Errorf("%s: names %q", row.name, v.Name)
		}
	}
	rows, _, err := w.Scans(t.Context(), ScanQuery{Event: w.event.ID})
	if err != nil || len(rows) != 13 {
		t.Fatalf("%d scans are kept, %v; want all 13", len(rows), err)
	}
	for _, r := range rows {
		if len(r.Read) > 4*keptRead+4 || strings.ContainsAny(r.Read, "\x00\x1b") {
			t.Errorf("kept %q", r.Read)
		}
		if len(r.Read) > tokenLength/2 && strings.HasPrefix(r.Read, prefix) {
			t.Errorf("kept the signature of %q", r.Read)
		}
		if strings.Contains(r.Name, "Else") {
			t.Errorf("a pass of another event is named")
		}
	}
	w.sound()
}

func TestScan_requestsThatAreNone(t *testing.T) {
	w := open(t)
	g := w.gate(Gate{Slug: "main"})
	_, token := w.pass("harbour/p1", 1)
	for _, row := range []struct {
		code   string
		change func(*ScanRequest)
	}{
		{"scan_token", func(r *ScanRequest) { r.Token = "" }},
		{"scan_token", func(r *ScanRequest) { r.Code = "ABCDEFGH" }},
		{"scan_nonce", func(r *ScanRequest) { r.Nonce = "" }},
		{"scan_nonce", func(r *ScanRequest) { r.Nonce = strings.Repeat("n", 101) }},
		{"scan_nonce", func(r *ScanRequest) { r.Nonce = "a\x00" }},
		{"scan_device", func(r *ScanRequest) { r.Device = "" }},
		{"scan_direction", func(r *ScanRequest) { r.Direction = "sideways" }},
		{"scan_count", func(r *ScanRequest) { r.Count = -1 }},
		{"scan_count", func(r *ScanRequest) { r.Count = 1e9 }},
		{"not_found", func(r *ScanRequest) { r.Gate.Event = "harbour/fair" }},
	} {
		r := w.request(g, token)
		row.change(&r)
		if _, err := w.Scan(t.Context(), r); kernel.CodeOf(err) != row.code {
			t.Errorf("want %s, got %v", row.code, err)
		}
	}
	if rows, _, err := w.Scans(t.Context(), ScanQuery{Event: w.event.ID}); err != nil || len(rows) != 0 {
		t.Errorf("%d scans, %v", len(rows), err)
	}
}

func TestScan_nonces(t *testing.T) {
	w := open(t)
	g := w.gate(Gate{Slug: "main"})
	p, token := w.pass("harbour/p1", 3)
	_, other := w.pass("harbour/p2", 1)
	r := w.request(g, token)
	r.Count = 2
	firstTime := w.scan(r)
	w.scan(w.request(g, token)) // the third comes
	if _, err := w.RevokePass(t.Context(), p.ID, "person:1"); err != nil {
		t.Fatal(err)
	}
	again := w.scan(r)
	if !again.Replayed || brief(again) != brief(firstTime) || again.Name != firstTime.Name {
		t.Errorf("again: %+v, first: %+v", again, firstTime)
	}
	if err := w.WithdrawKey(t.Context(), w.event, 1, "person:1"); err != nil {
		t.Fatal(err)
	}
	if again := w.scan(r); !again.Replayed || brief(again) != brief(firstTime) {
		t.Errorf("after the key was withdrawn: %+v", again)
	}
	r.Token = other
	if _, err := w.Scan(t.Context(), r); kernel.CodeOf(err) != "nonce_reused" || kernel.KindOf(err) != kernel.Conflict {
		t.Errorf("the nonce with another pass: %v", err)
	}
	bad := w.request(g, "nothing of ours")
	w.scan(bad)
	if again := w.scan(bad); !again.Replayed || again.Reason != Invalid {
		t.Errorf("unreadable, again: %+v", again)
	}
	bad.Token = "nothing else of ours"
	if _, err := w.Scan(t.Context(), bad); kernel.CodeOf(err) != "nonce_reused" {
		t.Errorf("the nonce with another text: %v", err)
	}
	rows, err := w.ScansOf(t.Context(), p.ID)
	if err != nil || len(rows) != 2 {
		t.Errorf("%d scans of the pass, want 2; %v", len(rows), err)
	}
	w.sound()
}

func TestScan_passesHeldBack(t *testing.T) {
	w := open(t)
	g := w.gate(Gate{Slug: "main"})
	p, token := w.pass("harbour/p1", 1)
	for _, row := range []struct {
		change func() error
		want   string
	}{
		{func() error { _, err := w.RevokePass(t.Context(), p.ID, "person:1"); return err }, "revoked"},
		{func() error { _, err := w.RestorePass(t.Context(), p.ID); return err }, "ok 1, 1 of 1"},
		{func() error { _, err := w.BlockPass(t.Context(), p.ID, "person:1"); return err }, "blocked"},
		{func() error { _, err := w.UnblockPass(t.Context(), p.ID); return err }, "already_redeemed"},
	} {
		if err := row.change(); err != nil {
			t.Fatal(err)
		}
		if got := brief(w.scan(w.request(g, token))); got != row.want {
			t.Errorf("got %s, want %s", got, row.want)
		}
	}
}

// Whoever came in with a pass of ours may leave with it and is counted out,
// whatever became of it; what a withdrawn key has signed may be anybody's work
// and moves nobody.
func TestScan_leaving(t *testing.T) {
	for _, row := range []struct {
		name   string
		change func(w *town, p Pass) error
		want   string
		inside int
	}{
		{"a good pass", func(*town, Pass) error { return nil }, "ok 2, 0 of 2", 0},
		{"revoked", func(w *town, p Pass) error { _, err := w.RevokePass(t.Context(), p.ID, "person:1"); return err }, "ok 2, 0 of 2", 0},
		{"blocked", func(w *town, p Pass) error { _, err := w.BlockPass(t.Context(), p.ID, "person:1"); return err }, "ok 2, 0 of 2", 0},
		{"issued anew since", func(w *town, p Pass) error { _, err := w.Reissue(t.Context(), p.ID); return err }, "ok 2, 0 of 2", 0},
		{"under an older key", func(w *town, p Pass) error { _, err := w.RotateKey(t.Context(), w.event, "person:1"); return err }, "ok 2, 0 of 2", 0},
		{"under a withdrawn key", func(w *town, p Pass) error { return w.WithdrawKey(t.Context(), w.event, 1, "person:1") }, "revoked key", 2},
		{"all cancelled", func(w *town, p Pass) error { w.grant("harbour/p1"); return nil }, "ok 2, 0 of 1", 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := open(t)
			g := w.gate(Gate{Slug: "main"})
			p, token := w.pass("harbour/p1", 2)
			w.scan(w.request(g, token))
			if err := row.change(w, p); err != nil {
				t.Fatal(err)
			}
			w.after(time.Minute)
			r := w.request(g, token)
			r.Direction = Exit
			first := brief(w.scan(r))
			if again := w.scan(r); first != row.want || brief(again) != first || !again.Replayed {
				t.Errorf("got %s, sent again %s; want %s", first, brief(again), row.want)
			}
			if counts, err := w.Inside(t.Context(), g); err != nil || counts.In != row.inside {
				t.Errorf("%d inside, %v; want %d", counts.In, err, row.inside)
			}
			w.sound()
		})
	}
}

func TestScan_storeErrorsAreErrors(t *testing.T) {
	s := storetest.Open(t, Collections()...)
	w := openOn(t, s)
	g := w.gate(Gate{Slug: "main"})
	_, token := w.pass("harbour/p1", 1)
	broken := New(s, w.clock, make([]byte, 32), refusing{})
	if _, err := broken.Scan(t.Context(), w.request(g, token)); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
	if rows, _, err := w.Scans(t.Context(), ScanQuery{Event: w.event.ID}); err != nil || len(rows) != 0 {
		t.Errorf("a scan that could not be decided is kept as decided: %d rows, %v", len(rows), err)
	}
}

func TestScan_partiesComeInPieces(t *testing.T) {
	w := open(t)
	g := w.gate(Gate{Slug: "main", Reentry: Never})
	_, token := w.pass("harbour/p1", 5)
	for _, row := range []struct {
		direction Direction
		count     int
		want      string
		left      int
	}{
		{Entry, 3, "ok 3, 3 of 5", 0},
		{Exit, 1, "ok 1, 2 of 5", 0},
		{Entry, 3, "over_party", 2},
		{Entry, 0, "ok 2, 4 of 5", 0},
		{Entry, 1, "already_redeemed", 0},
		{Exit, 0, "ok 4, 0 of 5", 0},
	} {
		w.after(time.Minute)
		r := w.request(g, token)
		r.Direction, r.Count = row.direction, row.count
		v := w.scan(r)
		if got := brief(v); got != row.want || v.Left != row.left {
			t.Errorf("%s of %d: %s, %d left; want %s, %d", row.direction, row.count, got, v.Left, row.want, row.left)
		}
		if v.Reason == AlreadyRedeemed && (!v.First.At.Equal(ten.Add(time.Minute)) || v.Gate["en"] != "Gate main") {
			t.Errorf("in since %v at %v", v.First, v.Gate)
		}
	}
	if _, _, err := w.Scans(t.Context(), ScanQuery{Event: w.event.ID, After: "nonsense"}); kernel.CodeOf(err) != "cursor_unknown" {
		t.Errorf("a cursor that is none: %v", err)
	}
	w.sound()
}
