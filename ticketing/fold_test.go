package ticketing

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var ten = time.Date(2027, 4, 12, 8, 0, 0, 0, time.UTC) // ten o'clock in Harbour City

// step writes a scan short: "10:02 A in 3" is three people in at gate A.
func step(t testing.TB, n int, text string, seats int, rule Reentry) ScanRef {
	t.Helper()
	words := strings.Fields(text)
	clock, err := time.Parse("15:04", words[0])
	if err != nil {
		t.Fatal(err)
	}
	ref := ScanRef{
		At:     time.Date(2027, 4, 12, clock.Hour()-2, clock.Minute(), 0, 0, time.UTC),
		Device: "phone", Nonce: fmt.Sprint(n), Gate: words[1], Scope: eventScope,
		Exit: words[2] == "out", Seats: seats, Reentry: rule,
	}
	if len(words) > 3 {
		if _, err := fmt.Sscan(words[3], &ref.Count); err != nil {
			t.Fatal(err)
		}
	}
	return ref
}

// told writes what became of scans: "ok 3" or "already_redeemed 10:00 A".
func told(s State) []string {
	var out []string
	for _, x := range s.Scans {
		text := fmt.Sprintf("ok %d", x.Passed)
		if x.Reason != "" {
			text = string(x.Reason)
		}
		if x.First != nil {
			text += " " + x.First.At.Add(2*time.Hour).Format("15:04") + " " + x.First.Gate
		}
		out = append(out, text)
	}
	return out
}

func TestFold(t *testing.T) {
	for _, row := range []struct {
		name  string
		seats int
		rule  Reentry
		scans []string
		want  []string
		in    int
	}{
		{"one comes in", 1, AfterExit, []string{"10:00 A in"}, []string{"ok 1"}, 1},
		{"a second entry says since when and where", 1, AfterExit,
			[]string{"10:00 A in", "10:05 B in"}, []string{"ok 1", "already_redeemed 10:00 A"}, 1},
		{"nobody said how many, so all come in", 5, AfterExit, []string{"10:00 A in"}, []string{"ok 5"}, 5},
		{"three of five, then the rest", 5, AfterExit,
			[]string{"10:00 A in 3", "10:10 B in", "10:20 A in"}, []string{"ok 3", "ok 2", "already_redeemed 10:00 A"}, 5},
		{"more than are still to come", 5, AfterExit,
			[]string{"10:00 A in 3", "10:10 A in 3", "10:11 A in 2"}, []string{"ok 3", "over_party", "ok 2"}, 5},
		{"out and in again", 1, AfterExit,
			[]string{"10:00 A in", "11:00 A out", "12:00 B in", "12:01 A in"},
			[]string{"ok 1", "ok 1", "ok 1", "already_redeemed 12:00 B"}, 1},
		{"no way back where nobody may come again", 1, Never,
			[]string{"10:00 A in", "11:00 A out", "12:00 A in"}, []string{"ok 1", "ok 1", "already_redeemed 10:00 A"}, 0},
		{"as often as they like", 2, Always,
			[]string{"10:00 A in", "10:01 A in", "10:02 A in 3"}, []string{"ok 2", "ok 2", "over_party"}, 2},
		{"out without having come in", 1, AfterExit, []string{"10:00 A out", "10:01 A in"}, []string{"ok 0", "ok 1"}, 1},
		{"entry, entry, exit, entry", 1, AfterExit,
			[]string{"10:00 A in", "10:01 A in", "10:02 A out", "10:03 A in"},
			[]string{"ok 1", "already_redeemed 10:00 A", "ok 1", "ok 1"}, 1},
		{"part of a party goes out", 4, AfterExit,
			[]string{"10:00 A in", "10:30 A out 1", "10:40 A in 2", "10:41 A in 1"},
			[]string{"ok 4", "ok 1", "over_party", "ok 1"}, 4},
		{"more go out than are in", 2, AfterExit, []string{"10:00 A in 1", "10:30 A out 2"}, []string{"ok 1", "ok 1"}, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			var scans []ScanRef
			for i, text := range row.scans {
				scans = append(scans, step(t, i, text, row.seats, row.rule))
			}
			end := Fold(scans, nil)
			if got := told(end); !slices.Equal(got, row.want) {
				t.Errorf("got  %q\nwant %q", got, row.want)
			}
			if got := end.Scopes[eventScope].In; got != row.in {
				t.Errorf("%d are in, want %d", got, row.in)
			}
		})
	}
}

func TestFold_scopesAreApart(t *testing.T) {
	a, b := step(t, 1, "10:00 A in", 1, AfterExit), step(t, 2, "10:01 B in", 1, AfterExit)
	b.Scope = "slot:x"
	if got := told(Fold([]ScanRef{a, b}, nil)); !slices.Equal(got, []string{"ok 1", "ok 1"}) {
		t.Errorf("got %q", got)
	}
}

func TestFold_doubleEntriesMarkBothScans(t *testing.T) {
	end := Fold([]ScanRef{
		step(t, 3, "10:09 C in", 1, AfterExit), step(t, 1, "10:00 A in", 1, AfterExit), step(t, 2, "10:05 B in", 1, AfterExit),
	}, nil)
	if end.Scans[0].Doubles != 2 || end.Scans[1].First == nil || end.Scans[2].First == nil {
		t.Errorf("got %+v", end.Scans)
	}
}

// genScans draws scans of one pass as several devices may have made them, into one
// of these scopes.
func genScans(t *rapid.T, scopes ...string) []ScanRef {
	rule := rapid.SampledFrom([]Reentry{Never, AfterExit, Always}).Draw(t, "rule")
	seats := rapid.IntRange(1, 6).Draw(t, "seats")
	return rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) ScanRef {
		return ScanRef{
			At:     ten.Add(time.Duration(rapid.IntRange(0, 20).Draw(t, "minute")) * time.Minute),
			Device: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "device"),
			Nonce:  fmt.Sprint(rapid.IntRange(0, 30).Draw(t, "nonce")),
			Gate:   rapid.SampledFrom([]string{"A", "B"}).Draw(t, "gate"), Scope: rapid.SampledFrom(scopes).Draw(t, "scope"), Space: "lab",
			Exit:  rapid.IntRange(0, 3).Draw(t, "exit") == 0,
			Count: rapid.IntRange(0, 3).Draw(t, "count"), Seats: seats, Reentry: rule,
		}
	}), 1, 40, func(s ScanRef) [2]string { return [2]string{s.Device, s.Nonce} }).Draw(t, "scans")
}

// Whatever the order of arrival, the end is the same (reliability.md 1.5), and
// the door is never told to let more persons be inside than belong to the party.
func TestAdmission_anyOrderOfArrivalEndsTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scans := genScans(t, rapid.SampledFrom([][]string{{eventScope}, {"slot:a", "slot:b", "space:lab"}}).Draw(t, "scopes")...)
		want := Fold(scans, nil)
		if again := Fold(append(slices.Clone(scans), scans...), nil); !reflect.DeepEqual(again, want) {
			t.Fatal("repeated nonces count")
		}
		for range 200 {
			arrived := rapid.Permutation(scans).Draw(t, "arrival")
			var a Admission
			for _, ref := range arrived {
				a.admit(ref)
			}
			end := Fold(a.Scans, a.Base)
			for i := range end.Scans {
				end.Scans[i].Scan.Told, end.Scans[i].Scan.Said = 0, nil
			}
			if !reflect.DeepEqual(end, want) {
				t.Fatalf("arrived as %v\ngot  %+v\nwant %+v", arrived, end, want)
			}
		}
		for scope, p := range want.Scopes {
			if p.In < 0 || p.In > scans[0].Seats {
				t.Fatalf("%d are in %s, of %d", p.In, scope, scans[0].Seats)
			}
		}
	})
}

// Nobody is let in twice because a phone's scan of an earlier minute came late:
// of scans without exits, doors are told to let in no more than the party.
func TestAdmission_doorsNeverLetInMoreThanTheParty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scans := slices.DeleteFunc(genScans(t, eventScope), func(s ScanRef) bool { return s.Exit || s.Reentry == Always })
		var a Admission
		in := 0
		for _, ref := range scans {
			in += a.admit(ref).passed
		}
		if len(scans) > 0 && in > scans[0].Seats {
			t.Fatalf("%d let in of %d", in, scans[0].Seats)
		}
	})
}

func TestAdmission_lateScanOfAnEarlierMinute(t *testing.T) {
	var a Admission
	if got := a.admit(step(t, 1, "10:05 B in", 1, AfterExit)); got.reason != "" {
		t.Fatalf("first: %+v", got)
	}
	late := a.admit(step(t, 2, "10:00 A in", 1, AfterExit))
	if late.reason != AlreadyRedeemed || late.first == nil || late.first.Gate != "B" || late.passed != 0 {
		t.Errorf("told %+v, but somebody is in through B", late)
	}
	if got := told(Fold(a.Scans, nil)); !slices.Equal(got, []string{"ok 1", "already_redeemed 10:00 A"}) {
		t.Errorf("in the end %q", got)
	}
}

func TestAdmission_staysBounded(t *testing.T) {
	var a Admission
	for n := range 1000 {
		way := "in"
		if n%2 == 1 {
			way = "out"
		}
		ref := step(t, n, "10:00 A "+way, 1, AfterExit)
		ref.At = ten.Add(time.Duration(n) * time.Minute)
		if got := a.admit(ref); got.reason != "" || got.passed != 1 {
			t.Fatalf("scan %d: %+v", n, got)
		}
		if said, known := a.recall(ref.Device, ref.Nonce, ref.At); !known || said == nil || said.passed != 1 || len(a.Scans) > maxRefs {
			t.Fatalf("scan %d: %d are kept", n, len(a.Scans))
		}
	}
	if in := Fold(a.Scans, a.Base).Scopes[eventScope].In; in != 0 {
		t.Errorf("%d are in, want 0", in)
	}
	if said, known := a.recall("phone", "0", ten); !known || said != nil {
		t.Error("what was summed up is not known any more")
	}
	if _, known := a.recall("phone", "new", ten.Add(2000*time.Minute)); known {
		t.Error("what is new is known")
	}
}
