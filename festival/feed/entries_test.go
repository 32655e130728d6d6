package feed

import (
	"testing"
	"time"

	"feria/festival"
)

func TestEntries(t *testing.T) {
	p := town(t)
	unplaced := festival.Frozen{Slot: festival.Slot{Base: base("t9"), Session: p.Sessions[0].ID}}
	entries := Entries(p, append(p.Slots, unplaced), []string{"fr"}, nil)
	if len(entries) != len(p.Slots) {
		t.Fatalf("%d entries of %d slots with a time", len(entries), len(p.Slots))
	}
	byUID := map[string]Entry{}
	for _, e := range entries {
		byUID[e.UID] = e
	}
	first, open := byUID["t1@harbour.example"], byUID["t4@harbour.example"]
	rows := []struct{ name, got, want string }{
		{"the reader's language", first.Summary, "Du pain"},
		{"the place from near to far", first.Location, "Main hall, Bibliothèque, Main St 1; Harbour"},
		{"a booth", byUID["t3@harbour.example"].Location, "A12 Bees, Yard, Museum"},
		{"hosts by their name in the language", first.Description[len(first.Description)-len("José <Ångström>, Labo"):], "José <Ångström>, Labo"},
		{"no address without link", first.URL, ""},
		{"a title without line breaks", byUID["t3@harbour.example"].Summary, "x ATTACH:https://evil.example </script><script>alert(1)</script>"},
		{"the zone", first.Zone, "Europe/Berlin"},
	}
	for _, row := range rows {
		if row.got != row.want {
			t.Errorf("%s: got %q, want %q", row.name, row.got, row.want)
		}
	}
	if first.Sequence != 2 || !first.Modified.Equal(p.Slots[0].Modified) || first.Cancelled || !byUID["t2@harbour.example"].Cancelled {
		t.Errorf("state of the slots is lost: %+v", first)
	}
	if first.AllDay || !open.AllDay {
		t.Error("the whole day is the one of 25 hours, from midnight to midnight")
	}
	if first.Lat != 53.55 || first.Categories[0] != "Cuisine" {
		t.Errorf("point or track is lost: %+v", first)
	}
}

func TestEntries_withoutUID(t *testing.T) {
	p := town(t)
	slot := p.Slots[0]
	slot.UID = ""
	if e := Entries(p, []festival.Frozen{slot}, nil, nil); e[0].UID != slot.GUID() {
		t.Errorf("UID %q", e[0].UID)
	}
}

func TestBeginsDay(t *testing.T) {
	beirut, err := time.LoadLocation("Asia/Beirut")
	if err != nil {
		t.Fatal(err)
	}
	change := time.Date(2027, 3, 27, 22, 0, 0, 0, time.UTC).In(beirut) // the clocks jump from 00:00 to 01:00
	if change.Hour() != 1 || !beginsDay(change) {
		t.Errorf("%v is the first instant of its day", change)
	}
	if beginsDay(change.Add(time.Minute)) || beginsDay(change.Add(-time.Minute)) {
		t.Error("a minute beside it is not")
	}
}
