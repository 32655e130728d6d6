package server_test

import (
	"encoding/base32"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"feria/festival"
	"feria/people"
	"feria/registration"
)

// guest books a slot and gives the text of the pass.
func (o *town) guest(slot festival.Frozen, name string, seats int) (token string) {
	o.t.Helper()
	receipt, err := o.p.Registration.Book(o.t.Context(), registration.Request{City: o.week.City, Slot: slot.ID, Name: name, Mail: strings.ToLower(name) + "@example.org", Seats: seats, Lang: "en"})
	if err != nil {
		o.t.Fatal(err)
	}
	pass, err := o.p.PassFor(o.t.Context(), o.week, receipt.Party.ID, name)
	if err != nil {
		o.t.Fatal(err)
	}
	if token, err = o.p.Ticketing.Token(o.t.Context(), o.week, pass); err != nil {
		o.t.Fatal(err)
	}
	return token
}

// flip turns one bit of a token's body (byte 7) or signature (byte 50).
func flip(t *testing.T, token string, at int) string {
	t.Helper()
	code := base32.StdEncoding.WithPadding(base32.NoPadding)
	raw, err := code.DecodeString(strings.TrimPrefix(token, "FE1:"))
	if err != nil {
		t.Fatal(err)
	}
	raw[at] ^= 4
	return "FE1:" + code.EncodeToString(raw)
}

type verdict struct {
	Result, Reason, Name, Code, Field string
	ClockOff, Replayed                bool
	At                                time.Time
}

// Rows 1 to 6: what is no pass of this event is "not valid" or "other event" on
// the page and in the API, quickly, and names nobody.
func TestBadInput_passes(t *testing.T) {
	town, clock := newTown(t)
	slot, _ := town.bookable(0)
	good := town.guest(slot, "Planted", 2)
	clock.add(slot.Start.Sub(clock.now()) - 10*time.Minute)
	conference, err := town.p.Festival.EventBySlug(t.Context(), town.week.City, "neighbourhoods")
	if err != nil {
		t.Fatal(err)
	}
	other, err := town.p.Ticketing.PassFor(t.Context(), conference, "harbour/p9", "Somebody Else")
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := town.p.Ticketing.Token(t.Context(), conference, other)
	if err != nil {
		t.Fatal(err)
	}
	door, program := town.staff(people.Volunteer, town.week.ID), town.program(people.Volunteer, town.week.ID)
	const gate = "/events/learning-week/gates/main/scans"
	n := 0
	for name, row := range map[string]struct{ token, word, reason string }{
		"a bit of the body flipped":      {flip(t, good, 7), "Not valid", "invalid"},
		"a bit of the signature flipped": {flip(t, good, 50), "Not valid", "invalid"},
		"all length, no content":         {"FE1:" + strings.Repeat("7", 138), "Not valid", "invalid"},
		"too short":                      {"FE1:", "Not valid", "invalid"},
		"3 kB":                           {"FE1:" + strings.Repeat("A", 3<<10), "Not valid", "invalid"},
		"NUL":                            {"FE1:\x00" + good[5:], "Not valid", "invalid"},
		"emoji":                          {"💙🎪", "Not valid", "invalid"},
		"markup":                         {"<script>alert(1)</script>", "Not valid", "invalid"},
		"a good pass of another event":   {foreign, "Other event", "other_event"},
	} {
		n++
		nonce := fmt.Sprint("n", n)
		begun := time.Now()
		page := door.post("/door/learning-week/main", url.Values{"token": {row.token}, "nonce": {nonce}, "direction": {"entry"}}).want(t, 200)
		took := time.Since(begun)
		page.has(t, "verdict stop", row.word).lacks(t, "Planted", "Somebody Else", "<script>alert")
		if took > time.Second { // 20 ms where nothing else runs; here it may not hang
			t.Errorf("%s took %v", name, took)
		}
		var v verdict
		program.json("POST", gate, map[string]any{"token": row.token, "nonce": nonce + "a", "device": "d"}, &v).want(t, 200).lacks(t, "Planted", "Somebody Else")
		if v.Result != "error" || v.Reason != row.reason || v.Name != "" {
			t.Errorf("%s: %+v", name, v)
		}
	}
	door.post("/door/learning-week/main", url.Values{"token": {""}, "nonce": {"empty"}}).want(t, 422).has(t, `role="alert"`)
	program.json("POST", gate, map[string]any{"token": "", "nonce": "empty2"}, nil).want(t, 422).has(t, `"field":"token"`)
	program.json("POST", gate, map[string]any{"token": strings.Repeat("A", 5000), "nonce": "n"}, nil).want(t, 422).has(t, "token")
	town.program(people.Organizer, town.week.ID).json("GET", gate+"?limit=100", nil, nil).want(t, 200).has(t, `"reason":"invalid"`, `"reason":"other_event"`) // logged

	// Row 5: the nonce of one pass, sent with another.
	second := town.guest(slot, "Second", 1)
	var v verdict
	program.json("POST", gate, map[string]any{"token": good, "nonce": "one", "device": "d", "count": 1}, &v).want(t, 200)
	if v.Result != "ok" || v.Name != "Planted" {
		t.Fatalf("a good pass: %+v", v)
	}
	program.json("POST", gate, map[string]any{"token": second, "nonce": "one", "device": "d"}, nil).want(t, 409).has(t, `"code":"nonce_reused"`)
	// The same at the door: the page before the last, by the back button.
	form := url.Values{"token": {second}, "nonce": {"back"}, "direction": {"entry"}, "count": {"1"}}
	door.post("/door/learning-week/main", form).want(t, 200).has(t, "Welcome")
	form.Set("token", good)
	door.post("/door/learning-week/main", form).want(t, 409).has(t, `role="alert"`, "Read this pass once more").lacks(t, "Planted")
	program.json("POST", gate, map[string]any{"token": good, "nonce": "one", "device": "d", "count": 1}, &v).want(t, 200)
	if !v.Replayed || v.Name != "Planted" {
		t.Errorf("the first scan was not kept: %+v", v)
	}
	// Row 6: a device whose clock is wrong; what it sends is kept, and corrected.
	for i, at := range []string{"2099-01-01T00:00:00Z", "1970-01-01T00:00:00Z"} {
		v = verdict{}
		program.json("POST", gate, map[string]any{"token": second, "nonce": fmt.Sprint("clock", i), "device": fmt.Sprint("d", i), "scanned_at": at, "sent_at": at}, &v).want(t, 200)
		if v.At.Sub(clock.now()).Abs() > time.Minute {
			t.Errorf("a scan of %s counts for %v", at, v.At)
		}
	}
	program.json("POST", gate, map[string]any{"token": good, "nonce": "c", "count": -1}, nil).want(t, 422).has(t, "count")
	program.json("POST", gate, map[string]any{"token": good, "nonce": "c", "direction": "sideways"}, nil).want(t, 422).has(t, "direction")
	program.json("POST", gate, map[string]any{"token": good, "nonce": "c", "scanned_at": "yesterday"}, nil).want(t, 422).has(t, "scanned_at")
	door.post("/door/learning-week/main", url.Values{"token": {good}, "nonce": {"c2"}, "direction": {"entry"}, "count": {"two"}}).want(t, 422).has(t, `role="alert"`, `value="two"`)
}

// Codes may be guessed by typing: the door is slowed down, and told for how long.
func TestBadInput_guessedCodes(t *testing.T) {
	town, _ := newTown(t)
	program := town.program(people.Volunteer, town.week.ID)
	for i := range 21 {
		p := program.json("POST", "/events/learning-week/gates/main/scans", map[string]any{"token": fmt.Sprintf("ZZZZ%04d", i), "nonce": fmt.Sprint(i)}, nil, "X-Forwarded-For", fmt.Sprintf("198.51.100.%d", i))
		if i < 20 {
			p.want(t, 200).has(t, `"reason":"invalid"`)
			continue
		}
		if p.want(t, 429); p.Header.Get("Retry-After") == "" {
			t.Error("nobody says how long to wait")
		}
	}
}
