package site

import (
	"bytes"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"feria/festival"
	"feria/kernel"
	"feria/platform"
	"feria/registration"
	"feria/server/web"
	"feria/ticketing"
)

// passPixels is the side of a pass's picture: ten pixels a module and more at
// version 6 with its quiet zone.
const passPixels = 588

// passOf finds the pass of a secret address, with its event. An address of the right
// form that opens nothing is most likely one that was replaced: the answer is that of
// a link to bookings which was.
func passOf(r *web.Request) (ticketing.Pass, *platform.View, error) {
	pass, err := r.P.Ticketing.PassBySecret(r.Context(), r.City.ID, r.Params("secret"))
	if kernel.KindOf(err) == kernel.NotFound && ticketing.IsPassSecret(r.Params("secret")) {
		return pass, nil, kernel.New(kernel.Gone, "mine_link_over", "")
	}
	if err != nil {
		return pass, nil, err
	}
	view, err := r.P.Views.Of(r.Context(), pass.Event)
	if err != nil {
		return pass, nil, err
	}
	pass = r.P.Ticketing.Fitted(pass, view.Event)
	if pass.LinkOver(r.Now) {
		return pass, nil, kernel.New(kernel.Gone, "pass_link_over", "")
	}
	return pass, view, nil
}

func showPass(r *web.Request) error {
	pass, view, err := passOf(r)
	if err != nil {
		return err
	}
	r.Event, r.View = view.Event, view
	m := newMaker(r.T, view, r.Now)
	d := passPage{
		P: r.T, Event: m.say(view.Event.Title), Name: pass.Name, Code: pass.CodeShown(), When: m.eventDays(),
		PNG: "/passes/" + r.Params("secret") + ".png", SVG: "/passes/" + r.Params("secret") + ".svg",
		Revoked: pass.Revoked != nil,
	}
	if view.Event.Open && pass.Persons > 1 {
		d.Persons = r.T.N("site.persons", pass.Persons)
	}
	if !d.Revoked {
		svg, err := passPicture(r, pass, view.Event, "svg")
		if err != nil {
			return err
		}
		d.QR = string(svg)
	}
	held, err := r.P.Registration.Of(r.Context(), r.City.ID, pass.Party)
	if err != nil {
		return err
	}
	slices.SortStableFunc(held, func(a, b registration.Held) int { return a.Slot.Start.Compare(b.Slot.Start) })
	for _, h := range held {
		if h.Booking.Event == pass.Event && h.State != registration.Cancelled {
			d.Rows = append(d.Rows, passRowOf(r, m, h))
		}
	}
	c := m.chrome(pass.Name, "/me")
	c.NoIndex = true
	return r.Page(fiber.StatusOK, c, passBody(d))
}

func passRowOf(r *web.Request, m maker, h registration.Held) passRow {
	row := heldRowOf(r, m.view, h)
	start := h.Slot.Start.In(m.zone)
	out := passRow{
		When: r.T.DateShort(start) + " " + r.T.Time(start), What: row.Title.Text, Where: row.Where, Seats: r.T.N("site.seats", row.Seats),
	}
	if row.State != "ok" {
		out.State, out.Word = row.State, row.Word
	}
	return out
}

// passPicture draws the code of a pass. The picture is cached by its token: no
// key of the cache or of its answer says whose it is.
func passPicture(r *web.Request, pass ticketing.Pass, event festival.Event, kind string) ([]byte, error) {
	token, err := r.P.Ticketing.Token(r.Context(), event, pass)
	if err != nil {
		return nil, err
	}
	return r.Server.Keep("qr."+kind+"/"+kernel.DeriveID(token), func(b *bytes.Buffer) error {
		var picture []byte
		var err error
		if kind == "png" {
			picture, err = ticketing.PNG(token, passPixels)
		} else {
			picture, err = ticketing.SVG(token)
		}
		if err == nil {
			_, err = b.Write(picture)
		}
		return err
	})
}

func passPNG(r *web.Request) error { return sendPicture(r, "png", "image/png") }
func passSVG(r *web.Request) error { return sendPicture(r, "svg", "image/svg+xml") }

func sendPicture(r *web.Request, kind, contentType string) error {
	pass, view, err := passOf(r)
	if err != nil {
		return err
	}
	if pass.Revoked != nil {
		return kernel.New(kernel.Gone, "pass_revoked", "")
	}
	picture, err := passPicture(r, pass, view.Event, kind)
	if err != nil {
		return err
	}
	if kind == "svg" && !strings.Contains(string(picture), "xmlns") {
		return kernel.New(kernel.Internal, "internal", "")
	}
	return r.Private(contentType, picture)
}
