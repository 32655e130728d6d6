package api

import "testing"

func TestMember(t *testing.T) {
	for location, want := range map[string]string{
		"body": "", "body.seats": "seats", "query.limit": "limit", "path.key": "key", "header.Feria-Party-Key": "Feria-Party-Key",
		"body.title.en": "title.en", "body.hosts[0].name": "hosts.0.name", "body[2]": "2", "": "",
	} {
		if got := member(location); got != want {
			t.Errorf("%s is %q, want %q", location, got, want)
		}
	}
}
