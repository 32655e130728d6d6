package intake

import (
	"slices"
	"testing"

	"feria/festival"
)

const seaConference = `{
"sessions": [
 {"id": "AB12CD", "type": "t1", "room": "R 1", "start": "2027-04-12T10:00:00+08:00", "end": "2027-04-12T10:30:00+08:00", "language": "中文",
  "zh": {"title": "海洋", "description": "第一段\r\n第二段"}, "en": {"title": "The sea", "description": "First"}, "speakers": ["S1", "Bo Lund"], "tags": ["Beginner", "en", "Prime"],
  "record": "https://sea.example/r", "slide": "https://sea.example/s", "co_write": null, "qa": "", "uri": "https://sea.example/AB12CD", "mood": "calm"},
 {"id": "EF34GH", "type": "party", "room": "Yard", "start": "2027-04-12T11:00:00", "end": "2027-04-12T11:00:00", "language": "English",
  "zh": {"title": "Untranslated", "description": ""}, "en": {"title": "Untranslated", "description": ""}, "speakers": ["nobody@"], "tags": []}
],
"speakers": [{"id": "S1", "avatar": "a.png", "zh": {"name": "安娜", "bio": "水手"}, "en": {"name": "Anna", "bio": "Sailor"}}, {"id": "S2", "zh": {"name": "Bo Lund", "bio": "x"}, "en": {"name": "Bo Lund", "bio": "x"}}],
"session_types": [{"id": "t1", "zh": {"name": "主題"}, "en": {"name": "Main theme"}}],
"rooms": [{"id": "R 1", "zh": {"name": "一號"}, "en": {"name": "Room one"}}, {"id": "R 2", "zh": {"name": "R 2"}, "en": {"name": "R 2"}}],
"tags": [{"id": "Beginner", "zh": {"name": "入門"}, "en": {"name": "Beginner"}}, {"id": "en", "zh": {"name": "English"}, "en": {"name": "English"}}, {"id": "Prime", "zh": {"name": "Prime session"}, "en": {"name": "Prime session"}}]
}`

func TestSessionsJSON(t *testing.T) {
	r := mustRead(t, "sessions.json", seaConference, Options{Zone: "Asia/Taipei"})
	if r.Format != "sessions-json" || len(r.Sessions) != 2 {
		t.Fatalf("%d sessions as %s", len(r.Sessions), r.Format)
	}
	s := r.Sessions[0]
	if s.Title["zh"] != "海洋" || s.Title["en"] != "The sea" || s.Abstract["zh"] != "第一段\n第二段" || s.Key != "sessions:AB12CD" || s.Code != "AB12CD" || s.Level != "Beginner" || s.Track != "main-theme" {
		t.Errorf("session %+v", s)
	}
	if !slices.Equal(s.Languages, []string{"zh", "en"}) || len(s.Links) != 2 || len(s.Materials) != 1 {
		t.Errorf("languages %v, links %v, materials %v", s.Languages, s.Links, s.Materials)
	}
	wantTimes(t, s, "Asia/Taipei", "2027-04-12 10:00–04-12 10:30")
	if want := []string{"sessions:S1", "sessions:S2"}; !slices.Equal(s.Hosts, want) {
		t.Errorf("joined by id and by name: hosts %v, want %v", s.Hosts, want)
	}
	anna := r.Hosts[0]
	if anna.Name != "Anna" || anna.Names["zh"] != "安娜" || anna.Bio["en"] != "Sailor" || r.Hosts[1].Name != "Bo Lund" || r.Hosts[1].Names != nil {
		t.Errorf("hosts %+v", r.Hosts)
	}
	two := r.Sessions[1]
	if two.Title["en"] != "Untranslated" || len(two.Title) != 1 || two.Format != "party" || !two.Slots[0].Start.Equal(utc("2027-04-12 03:00")) {
		t.Errorf("session %+v", two)
	}
	if len(r.Spaces) != 3 || r.Spaces[0].Name["zh"] != "一號" || r.Spaces[1].Name["en"] != "R 2" || r.Spaces[2].Key != "sessions:Yard" {
		t.Errorf("spaces %+v", r.Spaces)
	}
	finding(t, r, "length_zero", "EF34GH")
	finding(t, r, "speaker_unlisted", "EF34GH")
	finding(t, r, "tag_dropped", "AB12CD")
	finding(t, r, "text_same", "EF34GH")
	if f := finding(t, r, "element_dropped", "AB12CD"); f.Args["name"] != "session/mood" || f.Level != festival.Lost || f.Line != 5 {
		t.Errorf("finding %+v", f)
	}
}

func TestWrittenIn(t *testing.T) {
	for text, want := range map[string]string{"海洋": "zh", "The sea": "en", "Sea 海": "zh", "123": "en"} {
		if got := writtenIn(text, []string{"en", "zh"}); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}
