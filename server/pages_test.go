package server_test

import (
	"encoding/json"
	"net/url"
	"reflect"
	"testing"

	"feria/people"
)

// Every list of the API comes in pages: one at a time gives what all at once
// gives, in the same order, and an unknown cursor is refused.
func TestAPI_listsComeInPages(t *testing.T) {
	town, _ := newTown(t)
	owner := town.program(people.Owner, "")
	const week = "/events/learning-week"
	for _, name := range []string{"One", "Two"} {
		owner.json("POST", "/tokens", map[string]any{"name": name, "role": "volunteer", "event": "learning-week"}, nil).want(t, 201)
		owner.json("POST", "/people", map[string]any{"mail": name + "@example.org", "role": "volunteer", "event": "learning-week"}, nil).want(t, 201)
		owner.json("POST", week+"/gates", map[string]any{"slug": "g" + name[1:], "name": map[string]string{"en": name}, "who": "pass"}, nil).want(t, 201)
		owner.json("POST", week+"/keys", nil, nil).want(t, 201)
	}
	type pageOf struct {
		Items []json.RawMessage `json:"items"`
		Next  string            `json:"next"`
	}
	several := 0
	for _, path := range []string{"/events", week + "/releases", week + "/imports", week + "/gates", week + "/keys", "/people", "/tokens", "/jobs"} {
		var all, single pageOf
		owner.json("GET", path, nil, &all).want(t, 200)
		if all.Next != "" {
			t.Errorf("%s: %d at once are not all", path, len(all.Items))
		}
		if len(all.Items) > 1 {
			several++
		}
		var one []json.RawMessage
		for after := ""; ; after = single.Next {
			single = pageOf{}
			owner.json("GET", path+"?limit=1&after="+url.QueryEscape(after), nil, &single).want(t, 200)
			one = append(one, single.Items...)
			if single.Next == "" || len(one) > len(all.Items) {
				break
			}
		}
		if len(one) != len(all.Items) || len(one) > 0 && path != "/jobs" && !reflect.DeepEqual(one, all.Items) {
			t.Errorf("%s: %d in pages, %d at once", path, len(one), len(all.Items))
		}
		owner.json("GET", path+"?after=none", nil, nil).want(t, 422)
		got := owner.json("GET", path, nil, nil)
		if head := owner.json("HEAD", path, nil, nil).want(t, 200); head.body != "" || head.ContentLength != int64(len(got.body)) {
			t.Errorf("HEAD %s: %d bytes announced of %d, %q", path, head.ContentLength, len(got.body), head.body)
		}
	}
	if several < 5 {
		t.Errorf("only %d lists have several records", several)
	}
}
