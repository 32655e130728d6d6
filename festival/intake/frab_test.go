package intake

import (
	"slices"
	"strings"
	"testing"

	"feria/festival"
)

func nights(t *testing.T) festival.Records {
	t.Helper()
	return mustRead(t, "nights.schedule.xml", fixture(t, "nights.schedule.xml"), Options{Zone: "UTC", Lang: "en"})
}

func TestFrab_readsWhatTheConferenceSays(t *testing.T) {
	r := nights(t)
	e := r.Event
	if r.Format != "frab-xml" || e.Title["en"] != "Harbour Nights & Days" || e.Acronym != "nights27" || e.Zone != "Europe/Dublin" || e.Start != "2027-03-27" || e.End != "2027-03-28" {
		t.Errorf("event %+v, format %s", e, r.Format)
	}
	if e.Version != `0.9 "Gannet"` || e.URL != "https://nights.example/2027/" || e.Color != "#b3301a" {
		t.Errorf("version %q, address %q, colour %q", e.Version, e.URL, e.Color)
	}
	if e.DayChange != "10:00" {
		t.Errorf("day change %q, want the day's own start", e.DayChange)
	}
	var tracks, spaces []string
	for _, tr := range r.Tracks {
		tracks = append(tracks, tr.Slug+" "+tr.Color+" "+tr.Name["en"])
	}
	for _, s := range r.Spaces {
		spaces = append(spaces, s.Key+" "+s.Name["en"])
	}
	if want := []string{"arts-crafts #005577 Arts & Crafts", "sea  The Sea"}; !slices.Equal(tracks, want) {
		t.Errorf("tracks %q, want %q", tracks, want)
	}
	if want := []string{"frab:0a5e1c06-6f6b-5a0e-9d2b-3b8f4f6c2a01 Hall A", "frab:Yard Yard"}; !slices.Equal(spaces, want) {
		t.Errorf("spaces %q, want %q", spaces, want)
	}
}

func TestFrab_readsASession(t *testing.T) {
	r := nights(t)
	s := titled(t, r, "Opening & welcome")
	if s.Key != "frab:11111111-1111-5111-8111-111111111111" || s.Code != "AB12CD" || s.Format != "talk" || s.Track != "sea" || !s.NoRecord {
		t.Errorf("key %q, code %q, format %q, track %q, no record %t", s.Key, s.Code, s.Format, s.Track, s.NoRecord)
	}
	if want := "Come **all**:\n\n- bring [this](https://nights.example/x)\n- snake_case, 2 * 3"; s.Abstract["en"] != want {
		t.Errorf("abstract %q, want %q", s.Abstract["en"], want)
	}
	var links []string
	for _, l := range append(s.Links, s.Materials...) {
		links = append(links, l.Title+" "+l.URL)
	}
	if want := []string{"More https://nights.example/more", " https://nights.example/feedback/1", " https://nights.example/2027/opening", "Slides https://nights.example/slides/1.pdf"}; !slices.Equal(links, want) {
		t.Errorf("links %q, want %q", links, want)
	}
	if want := []string{"frab:7", "frab:99999999-9999-5999-8999-999999999999"}; !slices.Equal(s.Hosts, want) {
		t.Errorf("hosts %v, want %v", s.Hosts, want)
	}
	if len(r.Hosts) != 3 || r.Hosts[0].Name != "Ada Roe" || !r.Hosts[0].Person || r.Hosts[0].Bio["en"] != "Sails *and* knits." {
		t.Errorf("hosts %+v", r.Hosts)
	}
	if s.Slots[0].Key != s.Key || s.Slots[0].GUID != "11111111-1111-5111-8111-111111111111" || s.Slots[0].Space != r.Spaces[0].Key {
		t.Errorf("slot %+v", s.Slots[0])
	}
	two := titled(t, r, "An hour, not a day")
	if want := []string{"de", "en"}; !slices.Equal(two.Languages, want) || two.Abstract["en"] != "Plain text stays: a < b, C & D." {
		t.Errorf("languages %v, abstract %q", two.Languages, two.Abstract)
	}
}

// Times, each with the finding that says how it was found, if it was not plain.
func TestFrab_findsTimes(t *testing.T) {
	r := nights(t)
	for _, row := range []struct{ title, time, code string }{
		{"Opening & welcome", "2027-03-27 10:00–03-27 10:30", ""},
		{"An hour, not a day", "2027-03-27 10:30–03-27 11:30", "length_by_next"},
		{"Five minutes or five hours", "2027-03-27 12:00–03-27 12:05", "length_undecided"},
		{"Told by its end", "2027-03-27 18:00–03-27 19:02", "length_by_end"},
		{"Eight hours, over the clock change", "2027-03-27 19:30–03-28 04:30", ""},
		{"After midnight", "2027-03-28 00:30–03-28 02:00", "after_midnight"},
		{"In the hour that never comes", "2027-03-28 02:00–03-28 02:30", "time_in_gap"},
		{"Offset of another zone", "2027-03-27 12:00–03-27 12:45", "offset_differs"},
		{"Without length", "2027-03-27 14:00–03-27 15:00", "length_assumed"},
		{"A guid that was there before", "2027-03-28 15:00–03-28 15:15", "length_zero"},
		{"Naive, without id, in another room than it stands in", "2027-03-28 16:00–03-28 16:45", "id_missing"},
	} {
		t.Run(row.title, func(t *testing.T) {
			wantTimes(t, titled(t, r, row.title), "Europe/Dublin", row.time)
			if row.code != "" {
				finding(t, r, row.code, row.title[:min(len(row.title), 40)])
			}
		})
	}
	if s := titled(t, r, "Without any time"); !s.Slots[0].Start.IsZero() {
		t.Errorf("a session without any time has %v", s.Slots)
	}
}

func TestFrab_saysOnceWhatItDropped(t *testing.T) {
	r := nights(t)
	dropped := map[string]int{}
	for _, f := range r.Report {
		switch f.Code {
		case "element_dropped", "attribute_dropped", "markup_dropped", "markup_inside":
			dropped[f.Code+" "+f.Args["name"].(string)] += f.Args["count"].(int)
		}
	}
	want := map[string]int{
		"element_dropped conference/logo": 1, "element_dropped conference/mascot": 1, "element_dropped event/logo": 1, "element_dropped recording license": 1,
		"attribute_dropped track online_qa": 1, "attribute_dropped person role": 1, "markup_dropped script": 1, "markup_inside abstract/p": 1,
	}
	for name, n := range want {
		if dropped[name] != n {
			t.Errorf("%s: %d times in the report, want %d", name, dropped[name], n)
		}
	}
	if len(dropped) != len(want) {
		t.Errorf("dropped %v, want %v", dropped, want)
	}
	if f := finding(t, r, "link_dropped", "event 1 "); f.Line == 0 || f.Level != festival.Lost {
		t.Errorf("finding %+v does not say where", f)
	}
	for _, f := range r.Report {
		if strings.HasSuffix(f.Code, "_dropped") && f.Record == "" {
			t.Errorf("%s %v does not name the record", f.Code, f.Args)
		}
	}
	finding(t, r, "element_dropped", "event ")
	finding(t, r, "attribute_dropped", "track ")
	again := titled(t, r, "A guid that was there before")
	if again.Key != "frab:88888888-8888-5888-8888-888888888888#2" || again.Slots[0].State != festival.Cancelled || again.Abstract["en"] != "Markup as **markup**" {
		t.Errorf("repeated guid: %+v", again)
	}
	if two := titled(t, r, "An hour, not a day"); two.Track != "arts-crafts" {
		t.Errorf("another spelling of a track gives the track %q", two.Track)
	}
	finding(t, r, "track_merged", "event 2 ")
	finding(t, r, "key_repeated", "event 11")
	finding(t, r, "room_differs", "Naive")
}

func TestFrab_keepsSessionsOfOurOwnExportTogether(t *testing.T) {
	const event = `<event id="%ID" guid="%ID0000000-0000-5000-8000-000000000000"><date>2027-04-12T1%ID:00:00+01:00</date><duration>00:30</duration><title>Knots</title>
		<url>https://city.example/week/sessions/KNOTS</url><abstract>Bring *rope* &lt;b&gt;</abstract><feria_session>KNOTS</feria_session></event>`
	text := `<schedule><conference><title>Week</title><time_zone_name>Europe/Dublin</time_zone_name></conference><day date="2027-04-12"><room name="Pier">` +
		strings.ReplaceAll(event, "%ID", "1") + strings.ReplaceAll(event, "%ID", "2") + `</room></day></schedule>`
	r := mustRead(t, "schedule.xml", text, Options{})
	if len(r.Sessions) != 1 || len(r.Sessions[0].Slots) != 2 || r.Sessions[0].Code != "KNOTS" {
		t.Fatalf("sessions %+v", r.Sessions)
	}
	if s := r.Sessions[0]; s.Abstract[""] != "Bring *rope* <b>" || len(s.Links) != 0 || s.Slots[0].Key == s.Slots[1].Key {
		t.Errorf("session %+v", s)
	}
}

func TestFrab_takesHostileExtrasForNothing(t *testing.T) {
	text := `<schedule><conference><feria_space room="Pier" guid="g" venue="nowhere" capacity="x"/><feria_booth space="none" code="A1"/><feria_host guid="h"/></conference>
		<day date="2027-04-12"><room name="Pier"><event id="1"><start>10:00</start><duration>1:00</duration><title>Knots</title><feria_seats>-3</feria_seats></event></room></day></schedule>`
	if r := mustRead(t, "schedule.xml", text, Options{Zone: "Europe/Dublin"}); len(r.Sessions) != 1 {
		t.Errorf("sessions %+v", r.Sessions)
	}
}

func TestFrab_readsOtherEncodings(t *testing.T) {
	const body = `<schedule><conference><title>Café</title></conference><day date="2027-04-12"><room name="Pier"><event id="1"><start>10:00</start><duration>1:00</duration><title>Fête</title></event></room></day></schedule>`
	latin := strings.NewReplacer("é", "\xe9", "ê", "\xea").Replace
	wide := func(s string) string {
		var b strings.Builder
		b.WriteString("\xff\xfe")
		for _, r := range s {
			b.WriteByte(byte(r))
			b.WriteByte(byte(r >> 8))
		}
		return b.String()
	}
	for _, row := range []struct {
		name, text string
		guessed    int
	}{
		{"ISO 8859-1 that says so", latin(`<?xml version="1.0" encoding="ISO-8859-1"?>` + body), 0},
		{"Windows-1252 that says so in small letters", latin(`<?xml version='1.0' encoding='windows-1252'?>` + body), 0},
		{"Latin letters that claim to be UTF-8", latin(`<?xml version="1.0" encoding="UTF-8"?>` + body), 1},
		{"Latin letters without a declaration", latin(body), 1},
		{"UTF-16 with its mark", wide(`<?xml version="1.0" encoding="UTF-16"?>` + body), 0},
		{"UTF-8 with a mark", "\ufeff" + body, 0},
		{"UTF-8 that claims to be something unknown", `<?xml version="1.0" encoding="x-none"?>` + body, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := mustRead(t, "schedule.xml", row.text, Options{Zone: "Europe/Paris"})
			if r.Event.Title[""] != "Café" || r.Sessions[0].Title[""] != "Fête" {
				t.Errorf("titles %q, %q", r.Event.Title[""], r.Sessions[0].Title[""])
			}
			if n := count(r, "encoding_guessed"); n != row.guessed {
				t.Errorf("%d findings about the encoding, want %d", n, row.guessed)
			}
		})
	}
}

func TestScheduleJSON_saysWhatXMLSays(t *testing.T) {
	const text = `{"schedule": {"version": "1", "base_url": "https://nights.example/", "conference": {"title": "Nights", "acronym": "nights", "start": "2027-03-27", "end": "2027-03-28", "daysCount": 2,
		"time_zone_name": "Europe/Dublin", "colors": {"primary": "#b3301a"}, "tracks": [{"name": "Sea", "slug": "sea", "color": "#005577"}], "rooms": [{"name": "Yard", "guid": "aa", "capacity": 40, "assembly": {"x": 1}}],
		"days": [{"index": 1, "date": "2027-03-27", "day_start": "2027-03-27T10:00:00Z", "day_end": "2027-03-28T04:00:00Z", "rooms": {
			"Zoo": [], "Yard": [{"id": 6, "guid": "66666666-6666-5666-8666-666666666666", "start": "00:30", "duration": "00:20", "room": "Yard", "title": {"en": "Owls", "fr": "Hiboux"}, "track": "Sea", "type": "talk",
				"language": "en", "do_not_record": true, "logo": null, "video": "x", "persons": [{"id": 7, "public_name": "Ada Roe", "avatar": "a.png"}],
				"links": [{"url": "https://owls.example", "title": "Owls"}], "attachments": [{"url": "/o.pdf", "title": "Paper"}]}]}}]}}}`
	r := mustRead(t, "schedule.json", text, Options{})
	s := titled(t, r, "Owls")
	wantTimes(t, s, "Europe/Dublin", "2027-03-28 00:30–03-28 00:50")
	if s.Title["fr"] != "Hiboux" || s.Code != "6" || s.Track != "sea" || !s.NoRecord || s.Key != "frab:66666666-6666-5666-8666-666666666666" {
		t.Errorf("session %+v", s)
	}
	if len(r.Spaces) != 2 || r.Spaces[0].Capacity != 40 || r.Spaces[0].GUID != "aa" || r.Spaces[1].Name[""] != "Zoo" {
		t.Errorf("spaces %+v", r.Spaces)
	}
	if len(s.Materials) != 1 || s.Materials[0].URL != "https://nights.example/o.pdf" || r.Hosts[0].Key != "frab:7" {
		t.Errorf("materials %v, hosts %+v", s.Materials, r.Hosts)
	}
	wantCodes(t, r, "after_midnight", "day_change_guessed", "link_completed", "element_dropped", "element_dropped", "element_dropped")
}
