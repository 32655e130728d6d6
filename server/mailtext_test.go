package server_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"feria/festival"
	"feria/people"
	"feria/platform"
)

// A mail's link opens what its receiver has booked anywhere in the city: who reads
// the mail for one event does not get it, by the console or the API. Where no mail
// server is set an owner does, to hand it on.
func TestMail_othersDoNotReadItsLinks(t *testing.T) {
	town, _ := newTown(t)
	slot, session := town.bookable(0)
	town.visitor().book("/learning-week/sessions/"+session.Code+"/book", url.Values{"slot": {festival.Own(slot.ID)}, "name": {"Ada"}, "mail": {"ada.masked@example.org"}, "seats": {"1"}})
	mail := town.mailsTo("ada.masked@example.org", 1)[0]
	key := regexp.MustCompile(`key=([\w-]+)`).FindStringSubmatch(mail.Text)
	if key == nil {
		t.Fatalf("the mail has no link: %s", mail.Text)
	}
	own := festival.Own(mail.ID)
	town.desk(people.Organizer, town.week.ID).get("/console/mail/"+own).want(t, 200).has(t, "key=…").lacks(t, key[1])
	town.program(people.Organizer, town.week.ID).json("GET", "/mails/"+own, nil, nil).want(t, 200).has(t, "key=…").lacks(t, key[1])
	town.desk(people.Owner, "").get("/console/mail/"+own).want(t, 200).has(t, key[1])
	sends := &platform.Platform{Config: platform.Config{Mail: "smtp://mail.example"}}
	if got := sends.MailText(mail, people.Actor{ID: "person:x", City: town.week.City, Roles: []people.Held{{Role: people.Owner}}}); strings.Contains(got, key[1]) {
		t.Errorf("an owner reads it although it is sent: %s", got)
	}
}
