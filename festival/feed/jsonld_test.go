package feed

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"

	"feria/festival"
)

// member walks into decoded JSON by names and places.
func member(v any, path ...any) any {
	for _, step := range path {
		switch at := v.(type) {
		case map[string]any:
			name, _ := step.(string)
			v = at[name]
		case []any:
			place, ok := step.(int)
			if !ok || place >= len(at) {
				return nil
			}
			v = at[place]
		default:
			return nil
		}
	}
	return v
}

func decoded(t *testing.T, data []byte) any {
	t.Helper()
	if bytes.ContainsAny(data, "<>&\u2028\u2029") {
		t.Errorf("not safe inside a script element: %s", data)
	}
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatalf("%v: %s", err, data)
	}
	return v
}

func TestEventJSONLD(t *testing.T) {
	p := town(t)
	v := decoded(t, EventJSONLD(p, options))
	for _, row := range []struct {
		want string
		path []any
	}{
		{"https://schema.org", []any{"@context"}},
		{"Festival", []any{"@type"}},
		{"Learning festival", []any{"name"}},
		{"2027-10-30", []any{"startDate"}},
		{"2027-10-31", []any{"endDate"}},
		{"https://harbour.example/lf", []any{"url"}},
		{"https://schema.org/EventScheduled", []any{"eventStatus"}},
		{"all over town, Harbour City", []any{"location", "name"}},
		{"Harbour City", []any{"location", "address", "addressLocality"}},
		{"Harbour City", []any{"organizer", "name"}},
		{"en", []any{"inLanguage", 0}},
	} {
		if got := fmt.Sprint(member(v, row.path...)); got != row.want {
			t.Errorf("%v is %q, want %q", row.path, got, row.want)
		}
	}
	for kind, want := range map[festival.Kind]string{festival.Conference: "BusinessEvent", festival.Visit: "EducationEvent", "": "Event"} {
		p.Event.Kind = kind
		if got := member(decoded(t, EventJSONLD(p, options)), "@type"); got != want {
			t.Errorf("kind %q is %v", kind, got)
		}
	}
}

func TestSessionJSONLD(t *testing.T) {
	p := town(t)
	bread := decoded(t, SessionJSONLD(p, p.Sessions[0], options))
	evil := decoded(t, SessionJSONLD(p, p.Sessions[1], options))
	open := decoded(t, SessionJSONLD(p, p.Sessions[2], options))
	rows := []struct {
		name, want string
		v          any
		path       []any
	}{
		{"two slots are a graph", "EducationEvent", bread, []any{"@graph", 1, "@type"}},
		{"start with the offset", "2027-10-30T10:00:00+02:00", bread, []any{"@graph", 0, "startDate"}},
		{"end", "2027-10-30T11:30:00+02:00", bread, []any{"@graph", 0, "endDate"}},
		{"planned", "https://schema.org/EventScheduled", bread, []any{"@graph", 0, "eventStatus"}},
		{"cancelled", "https://schema.org/EventCancelled", bread, []any{"@graph", 1, "eventStatus"}},
		{"a cancelled one keeps its start", "2027-10-30T14:00:00+02:00", bread, []any{"@graph", 1, "startDate"}},
		{"the space and the venue", "Main hall, Central Library", bread, []any{"@graph", 0, "location", "name"}},
		{"the street", "Main St 1; Harbour", bread, []any{"@graph", 0, "location", "address", "streetAddress"}},
		{"the point", "53.55", bread, []any{"@graph", 0, "location", "geo", "latitude"}},
		{"no point where none is known", "<nil>", bread, []any{"@graph", 1, "location", "geo"}},
		{"access facts", "step_free", bread, []any{"@graph", 0, "location", "amenityFeature", 0, "name"}},
		{"free", "true", bread, []any{"@graph", 0, "isAccessibleForFree"}},
		{"languages", "[en fr]", bread, []any{"@graph", 0, "inLanguage"}},
		{"ages", "8-12", bread, []any{"@graph", 0, "typicalAgeRange"}},
		{"places to book", "12", bread, []any{"@graph", 0, "maximumAttendeeCapacity"}},
		{"a person", "Person", bread, []any{"@graph", 0, "performer", 0, "@type"}},
		{"an organisation offers it", "Town Lab", bread, []any{"@graph", 0, "organizer", 0, "name"}},
		{"the event above", "Learning festival", bread, []any{"@graph", 0, "superEvent", "name"}},
		{"one slot stands alone", "https://schema.org", evil, []any{"@context"}},
		{"it costs something", "false", evil, []any{"isAccessibleForFree"}},
		{"a title that wants to leave the script", "x ATTACH:https://evil.example </script><script>alert(1)</script>", evil, []any{"name"}},
		{"the first of two half past twos", "2027-10-31T02:30:00+02:00", evil, []any{"startDate"}},
		{"the second", "2027-10-31T03:30:00+01:00", evil, []any{"endDate"}},
		{"a text in another language", "Journée portes ouvertes", open, []any{"name"}},
		{"without hosts the city offers it", "Harbour City", open, []any{"organizer", "name"}},
		{"without seats and capacity nothing is said", "<nil>", open, []any{"maximumAttendeeCapacity"}},
	}
	for _, row := range rows {
		if got := fmt.Sprint(member(row.v, row.path...)); got != row.want {
			t.Errorf("%s: got %q, want %q", row.name, got, row.want)
		}
	}
}

func TestSessionJSONLD_online(t *testing.T) {
	p := town(t)
	p.Venues[0].Kind, p.Venues[0].URL = "online", "https://meet.example/x"
	v := decoded(t, SessionJSONLD(p, p.Sessions[0], options))
	if got := fmt.Sprint(member(v, "@graph", 0, "location")); got != "map[@type:VirtualLocation name:Central Library url:https://meet.example/x]" {
		t.Errorf("got %s", got)
	}
	if got := member(v, "@graph", 0, "eventAttendanceMode"); got != "https://schema.org/OnlineEventAttendanceMode" {
		t.Errorf("got %v", got)
	}
}

func TestSessionJSONLD_withoutSlots(t *testing.T) {
	p := town(t)
	if got := SessionJSONLD(p, festival.Session{Base: base("none")}, options); got != nil {
		t.Errorf("got %s", got)
	}
}

func TestAges(t *testing.T) {
	for _, row := range []struct {
		from, to int
		want     string
	}{{0, 0, ""}, {8, 12, "8-12"}, {18, 0, "18-"}, {0, 6, "-6"}} {
		if got := ages(row.from, row.to); got != row.want {
			t.Errorf("%d to %d: got %q", row.from, row.to, got)
		}
	}
}
