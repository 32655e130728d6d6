package feed

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"feria/festival"
	"feria/locale"
)

// element is any XML element, for reading back.
type element struct {
	XMLName xml.Name
	Attrs   []xml.Attr `xml:",any,attr"`
	Nodes   []element  `xml:",any"`
	Text    string     `xml:",chardata"`
}

func (e element) all(name string) []element {
	var out []element
	for _, n := range e.Nodes {
		if n.XMLName.Local == name {
			out = append(out, n)
		}
	}
	return out
}

func (e element) one(t *testing.T, name string) element {
	t.Helper()
	found := e.all(name)
	if len(found) != 1 {
		t.Fatalf("%d times %s in %s", len(found), name, e.XMLName.Local)
	}
	return found[0]
}

func (e element) attr(name string) string {
	for _, a := range e.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// texts gives the texts of the elements of a name by their lang.
func (e element) texts(name string) locale.Text {
	out := locale.Text{}
	for _, n := range e.all(name) {
		out[n.attr("lang")] = n.Text
	}
	return out
}

// allOf shows a text in all its languages.
func allOf(t locale.Text) string { return fmt.Sprint(map[string]string(t)) }

func frabXML(t testing.TB, p *festival.Programme, slots []festival.Frozen, o Options) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := FrabXML(&b, p, slots, o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func frabJSON(t testing.TB, p *festival.Programme, slots []festival.Frozen, o Options) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := FrabJSON(&b, p, slots, o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func readXML(t *testing.T, data []byte) element {
	t.Helper()
	var root element
	if err := xml.Unmarshal(data, &root); err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	return root
}

func TestFrab_golden(t *testing.T) {
	p := town(t)
	golden(t, "town.xml", frabXML(t, p, p.Slots, options))
	golden(t, "town.json", frabJSON(t, p, p.Slots, options))
}

// What domain.md 4 says of the format, on a file of ours.
func TestFrabXML_isValid(t *testing.T) {
	p := town(t)
	root := readXML(t, frabXML(t, p, p.Slots, options))
	var order []string
	for _, n := range root.Nodes {
		order = append(order, n.XMLName.Local)
	}
	if got := strings.Join(slices.Compact(order), " "); got != "generator url version conference persons feria_host day" {
		t.Errorf("elements of schedule: %s", got)
	}
	conference := root.one(t, "conference")
	for name, form := range map[string]string{
		"acronym": `^[a-z0-9_-]{4,}$`, "title": `.`, "start": `^\d{4}-\d\d-\d\d$`, "end": `^\d{4}-\d\d-\d\d$`, "days": `^2$`,
		"timeslot_duration": `^\d\d:\d\d$`, "base_url": `^https://.*/$`, "time_zone_name": `^Europe/Berlin$`, "day_change": `^05:00:00$`,
	} {
		if got := conference.one(t, name).Text; !regexp.MustCompile(form).MatchString(got) {
			t.Errorf("%s is %q", name, got)
		}
	}
	for _, track := range conference.all("track") {
		if track.attr("name") == "" || track.attr("slug") == "" {
			t.Errorf("track %v", track)
		}
	}
	unique := map[string]bool{}
	once := func(kind, value string) {
		if value == "" || unique[kind+value] {
			t.Errorf("%s %q is empty or there twice", kind, value)
		}
		unique[kind+value] = true
	}
	events := 0
	for i, day := range root.all("day") {
		start, errStart := time.Parse(time.RFC3339, day.attr("start"))
		end, errEnd := time.Parse(time.RFC3339, day.attr("end"))
		if errStart != nil || errEnd != nil || day.attr("index") != fmt.Sprint(i+1) {
			t.Fatalf("day %v (%v, %v)", day.Attrs, errStart, errEnd)
		}
		for _, room := range day.all("room") {
			for _, event := range room.all("event") {
				events++
				once("id", event.attr("id"))
				once("guid", event.attr("guid"))
				once("slug", event.one(t, "slug").Text)
				if code := event.attr("code"); code != "" {
					once("code", code)
				}
				if _, err := uuid.Parse(event.attr("guid")); err != nil {
					t.Errorf("guid: %v", err)
				}
				if event.one(t, "room").Text != room.attr("name") {
					t.Errorf("an event of another room in %s", room.attr("name"))
				}
				for name, form := range map[string]string{
					"title": `.`, "type": ``, "start": `^[0-2]\d:[0-5]\d$`, "duration": `^\d\d:\d\d$`, "abstract": ``, "track": ``,
					"subtitle": ``, "language": `^(..)?$`, "description": ``, "slug": `^lf-2027-10-30-[a-z0-9_-]{4,}$`, "url": `^https://harbour.example/lf/sessions/`,
				} {
					if got := event.one(t, name).Text; !regexp.MustCompile(form).MatchString(got) {
						t.Errorf("%s is %q", name, got)
					}
				}
				at, err := time.Parse(time.RFC3339, event.one(t, "date").Text)
				if err != nil || at.Before(start) || !at.Before(end) {
					t.Errorf("%v (%v) is not between %v and %v", at, err, start, end)
				}
				if at.Format("15:04") != event.one(t, "start").Text {
					t.Errorf("date %v, start %s", at, event.one(t, "start").Text)
				}
			}
		}
	}
	if events != len(p.Slots) {
		t.Errorf("%d events of %d slots", events, len(p.Slots))
	}
}

func TestFrabXML_saysTheSlots(t *testing.T) {
	p := town(t)
	root := readXML(t, frabXML(t, p, p.Slots, options))
	events := map[string]element{} // by guid
	for _, day := range root.all("day") {
		for _, room := range day.all("room") {
			for _, event := range room.all("event") {
				events[event.attr("guid")] = event
			}
		}
	}
	of := func(own string) element {
		slot, ok := p.Slot(eventID + "/" + own)
		if !ok {
			t.Fatal(own)
		}
		return events[slot.GUID()]
	}
	rows := []struct{ name, got, want string }{
		{"a hall is told apart by its venue", of("t1").one(t, "room").Text, "Central Library, Main hall"},
		{"a space with a name of its own keeps it", of("t4").one(t, "room").Text, "Yard"},
		{"a booth's slot is in the booth's space", of("t3").one(t, "room").Text, "Yard"},
		{"the booth is an extra", of("t3").one(t, "feria_booth").Text, p.Booths[0].GUID()},
		{"a session after midnight belongs to the day before", root.all("day")[0].attr("date"), "2027-10-30"},
		{"a day begins with the day change", root.all("day")[0].attr("start"), "2027-10-30T05:00:00+02:00"},
		{"and ends with the next, an hour later when the clocks go back", root.all("day")[0].attr("end"), "2027-10-31T05:00:00+01:00"},
		{"a cancelled slot says so in the title", of("t2").one(t, "title").Text, `Cancelled: Bread, butter; and \more`},
		{"and keeps its own title", allOf(of("t2").texts("feria_title")), allOf(p.Sessions[0].Title)},
		{"and has a state", of("t2").one(t, "feria_state").Text, "cancelled"},
		{"the guid of the file it came from", of("t2").attr("guid"), "9c3ebb8c-7716-5130-b9fe-ff8544f5636d"},
		{"a code that two slots share is no event's code", of("t1").attr("code"), ""},
		{"the session's code is told", of("t1").one(t, "feria_session").Text, "BREAD1"},
		{"both languages of a title", allOf(of("t1").texts("feria_title")), allOf(p.Sessions[0].Title)},
		{"a text in the file's language alone needs no extra", allOf(of("t1").texts("feria_subtitle")), "map[]"},
		{"a title in another language alone has one", allOf(of("t4").texts("feria_title")), "map[fr:Journée portes ouvertes]"},
		{"the file's language", root.one(t, "conference").one(t, "feria_lang").Text, "en"},
		{"persons in order", of("t1").one(t, "persons").Nodes[0].Text, "José <Ångström>"},
		{"a person's number is the one it came with", of("t1").one(t, "persons").Nodes[0].attr("id"), "1324"},
		{"links", of("t1").one(t, "links").Nodes[0].attr("href"), "https://bread.example/?a=1&b=2"},
		{"attachments", of("t1").one(t, "attachments").Nodes[0].Text, "Handout"},
		{"opting out of recordings", of("t3").one(t, "recording").one(t, "optout").Text, "true"},
		{"a control character and a line break in a title", of("t3").one(t, "title").Text, "x ATTACH:https://evil.example </script><script>alert(1)</script>"},
		{"the track's slug", of("t1").one(t, "track").attr("slug"), "food"},
		{"hours", of("t1").one(t, "duration").Text, "01:30"},
		{"more than a day", of("t4").one(t, "duration").Text, "25:00"},
		{"languages", of("t1").one(t, "feria_languages").Text, "en fr"},
	}
	for _, row := range rows {
		if row.got != row.want {
			t.Errorf("%s: got %q, want %q", row.name, row.got, row.want)
		}
	}
}

// Both formats say the same of every event.
func TestFrab_bothSayTheSame(t *testing.T) {
	p := town(t)
	root := readXML(t, frabXML(t, p, p.Slots, options))
	var file struct {
		Schedule struct {
			Conference struct {
				Days []struct {
					Start string `json:"day_start"`
					End   string `json:"day_end"`
					Rooms map[string][]map[string]any
				}
			}
		}
	}
	if err := json.Unmarshal(frabJSON(t, p, p.Slots, options), &file); err != nil {
		t.Fatal(err)
	}
	compared := 0
	for i, day := range root.all("day") {
		other := file.Schedule.Conference.Days[i]
		if day.attr("start") != other.Start || day.attr("end") != other.End {
			t.Errorf("day %d: %s to %s in JSON", i, other.Start, other.End)
		}
		for _, room := range day.all("room") {
			events := other.Rooms[room.attr("name")]
			if len(events) != len(room.all("event")) {
				t.Fatalf("%s has %d events in JSON", room.attr("name"), len(events))
			}
			for at, event := range room.all("event") {
				for _, name := range []string{"id", "guid", "code"} {
					if got := fmt.Sprint(orEmpty(events[at][name])); got != event.attr(name) {
						t.Errorf("%s: %q in JSON, %q in XML", name, got, event.attr(name))
					}
				}
				for _, n := range event.Nodes {
					name := n.XMLName.Local
					if len(n.Nodes) > 0 || n.attr("lang") != "" || name == "recording" || name == "persons" || name == "links" || name == "attachments" {
						continue
					}
					compared++
					if got := fmt.Sprint(orEmpty(events[at][name])); got != n.Text {
						t.Errorf("%s: %q in JSON, %q in XML", name, got, n.Text)
					}
				}
			}
		}
	}
	if compared < 50 {
		t.Errorf("compared %d values only", compared)
	}
}

// orEmpty gives numbers as XML writes them and nothing for what is not there.
func orEmpty(v any) any {
	if f, ok := v.(float64); ok {
		return int64(f)
	}
	if v == nil {
		return ""
	}
	return v
}

func TestFrab_ofSomeSlots(t *testing.T) {
	p := town(t)
	root := readXML(t, frabXML(t, p, p.Slots[:1], options))
	conference := root.one(t, "conference")
	if n := len(root.all("day")); n != 1 {
		t.Errorf("%d days", n)
	}
	if n := len(conference.all("feria_space")); n != 1 {
		t.Errorf("%d spaces; the file should name those of its slots only", n)
	}
	if n := len(conference.all("feria_venue")); n != 1 {
		t.Errorf("%d venues", n)
	}
	if n := len(root.one(t, "persons").all("person")); n != 2 {
		t.Errorf("%d hosts", n)
	}
}

func TestFrab_withoutSlots(t *testing.T) {
	p := (&festival.Programme{Event: festival.Event{ID: eventID, Slug: "x", Zone: "Europe/Berlin", Start: "2027-01-01", End: "2027-01-02"}}).Ready()
	readXML(t, frabXML(t, p, nil, Options{}))
	if data := frabJSON(t, p, nil, Options{}); !json.Valid(data) || !bytes.Contains(data, []byte(`"days": []`)) {
		t.Errorf("%s", data)
	}
}
