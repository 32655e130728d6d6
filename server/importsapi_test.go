package server_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"feria/festival"
	"feria/people"
)

func TestAPI_importsAFile(t *testing.T) {
	town, _ := newTown(t)
	v := town.program(people.Owner, "")
	const file = "uid,title,start,end,room\n1,Knots,2027-04-13 10:00,2027-04-13 11:00,Hall\n"
	preview := v.do("POST", "/api/v1/events/learning-week/imports/preview?file=a.csv", "application/octet-stream", strings.NewReader(file))
	preview.want(t, 200).has(t, `"Knots"`, `"add":{`, `"items":[`)
	done := v.do("POST", "/api/v1/events/learning-week/imports?file=a.csv&keep=true", "application/octet-stream", strings.NewReader(file)).want(t, 201)
	var made struct {
		ID    string `json:"id"`
		Added int    `json:"added"`
	}
	if err := json.Unmarshal([]byte(done.body), &made); err != nil || made.Added == 0 {
		t.Fatalf("%v, %d added: %.300s", err, made.Added, done.body)
	}
	v.json("GET", "/events/learning-week/imports", nil, nil).want(t, 200).has(t, "a.csv")
	v.do("POST", "/api/v1/events/learning-week/imports/"+festival.Own(made.ID)+"/undo", "", nil).want(t, 200)
	v.do("POST", "/api/v1/events/learning-week/imports?file=a.xml", "application/octet-stream", strings.NewReader("<schedule>")).want(t, 422).has(t, `"code":"import_truncated"`)
}

// A program says what the columns of a table mean, as the console's form does.
func TestAPI_columnsOfATable(t *testing.T) {
	town, _ := newTown(t)
	v := town.program(people.Organizer, town.week.ID)
	const at = "/api/v1/events/learning-week/imports"
	const file = "Nr,Was,Von,Bis\n1,Knots,2027-04-13 10:00,2027-04-13 11:00\n"
	send := func(path string) page {
		return v.do("POST", at+path, "application/octet-stream", strings.NewReader(file))
	}
	send("/columns").want(t, 200).has(t, `{"column":"Was","field":"`, `"sample":"Knots"`, `"remembered":false`, `"title:fr"`)
	say := func(was string) page {
		return v.json("PUT", "/events/learning-week/imports/columns", map[string]any{"columns": []map[string]string{
			{"column": "Nr", "field": "id"}, {"column": "Was", "field": was}, {"column": "Von", "field": "start"}, {"column": "Bis", "field": "end"},
		}}, nil)
	}
	say("colour").want(t, 422).has(t, `"code":"column_field"`, "Was", "colour")
	say("start:fr").want(t, 422)
	send("/columns").want(t, 200).has(t, `"remembered":false`)
	say("title:fr").want(t, 200)
	send("/columns").want(t, 200).has(t, `{"column":"Was","field":"title:fr","sample":"Knots"}`, `"remembered":true`)
	send("/preview?file=a.csv&keep=true").want(t, 200).has(t, "Knots")
	send("?file=a.csv&keep=true").want(t, 201).has(t, `"added":`)
	draft, err := town.p.Festival.Draft(t.Context(), town.week.ID)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(draft.Sessions, func(s festival.Session) bool { return s.Title["fr"] == "Knots" && s.Title["en"] == "" }) {
		t.Error("the title is not in French")
	}
	v.do("POST", at+"/columns", "application/octet-stream", strings.NewReader("PK\x03\x04xl/workbook.xml")).want(t, 422).has(t, `"field":"file"`)
}
