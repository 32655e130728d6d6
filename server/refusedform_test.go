package server_test

import (
	"net/url"
	"strings"
	"testing"

	"feria/festival"
)

// A form that is refused opens at what is wrong with it, and the window's title says
// so: the top of a phone's screen shows nothing else.
func TestBooking_refusedStandsInView(t *testing.T) {
	town, _ := newTown(t)
	slot, session := town.bookable(0)
	at := "/learning-week/sessions/" + session.Code
	v := town.visitor()
	v.get(at).want(t, 200).has(t, `action="`+at+`/book#book"`, `id="book"`).lacks(t, "<title>Error")

	form := url.Values{"slot": {festival.Own(slot.ID)}, "seats": {"2"}, "name": {""}, "mail": {"nowhere"}}
	p := v.post(at+"/book", form).want(t, 422).has(t, "<title>Error: "+session.Title["en"],
		`<li><a href="#name">Your name: `, `<li><a href="#mail">Your mail address: `, `aria-describedby="mail-error mail-hint"`)
	if alert, first := strings.Index(p.body, `role="alert"`), strings.Index(p.body, `id="slot"`); alert < 0 || first < alert {
		t.Error("the summary does not stand above the first field")
	}
	v.lang = "fr"
	v.post(at+"/book", form).want(t, 422).has(t, "<title>Erreur : ")
	v.lang = "en"

	form.Set("name", "Ada")
	form.Set("mail", "ada.refused@example.org")
	v.book(at+"/book", form).want(t, 200).has(t, "Booked.")
	p = v.post(at+"/book", form).want(t, 409).has(t, "<title>Error: ")
	if confirm, first := strings.Index(p.body, `name="confirm"`), strings.Index(p.body, `id="slot"`); confirm < 0 || first < confirm {
		t.Error("what has to be confirmed does not stand above the first field")
	}

	own := bookingPath.FindString(v.get("/me").want(t, 200).lacks(t, "<title>Error").body)
	id := strings.TrimPrefix(own, "/me/bookings/")
	v.get("/me").has(t, `action="`+own+`#b-`+id+`"`)
	v.post(own, url.Values{"do": {"change"}, "seats": {"many"}}).want(t, 422).has(t, "<title>Error: My bookings",
		`id="b-`+id+`"`, `aria-describedby="seats-`+id+`-error" aria-invalid="true"`, `id="seats-`+id+`-error"`)
}
