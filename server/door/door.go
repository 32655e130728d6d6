// Package door is what volunteers see: the gates they stand at, and a full
// screen that says whether somebody may come in.
package door

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"feria/festival"
	"feria/kernel"
	"feria/people"
	"feria/server/web"
	"feria/ticketing"
)

// Routes is what volunteers can ask for.
func Routes() []web.Route {
	get, post := fiber.MethodGet, fiber.MethodPost
	return []web.Route{
		{Method: get, Path: "/door", May: people.DoorEnter, Handle: showEvents},
		{Method: get, Path: "/door/:event/:gate", May: people.DoorScan, Handle: showGate},
		{Method: post, Path: "/door/:event/:gate", May: people.DoorScan, Handle: scan},
	}
}

func showEvents(r *web.Request) error {
	events, err := r.P.Festival.Events(r.Context(), r.City.ID)
	if err != nil {
		return err
	}
	slices.SortFunc(events, func(a, b festival.Event) int { return strings.Compare(string(a.Start), string(b.Start)) })
	d := eventsPage{P: r.T, Who: who(r)}
	for _, e := range events {
		if !r.Actor.May(people.DoorScan, e.ID) {
			continue
		}
		gates, err := r.P.Ticketing.Gates(r.Context(), e.ID)
		if err != nil {
			return err
		}
		title, _ := r.T.Text(e.Title, e.Locales...)
		zone, err := festival.Zone(e.Zone)
		if err != nil {
			return err
		}
		row := eventGates{Title: title, When: r.T.Days(e.Start.Time(zone), e.End.Time(zone))}
		for _, g := range gates {
			name, _ := r.T.Text(g.Name, e.Locales...)
			row.Gates = append(row.Gates, gateLink{URL: "/door/" + e.Slug + "/" + g.Slug, Name: name})
		}
		d.Events = append(d.Events, row)
	}
	return r.Page(fiber.StatusOK, web.Chrome{Title: r.T.T("door.title"), Audience: "site", NoIndex: true}, eventsBody(d))
}

// who is signed in, as the door names them.
func who(r *web.Request) string { return cmp.Or(r.Actor.Name, r.T.T("web.staff")) }

func addressOf(r *web.Request, gate ticketing.Gate) string {
	return "/door/" + r.Event.Slug + "/" + gate.Slug
}

// page makes the page of a gate, ready for the next scan. Each page carries a
// nonce of its own: sending the same form twice is one scan.
func page(r *web.Request, gate ticketing.Gate) gatePage {
	name, _ := r.T.Text(gate.Name, r.Event.Locales...)
	d := gatePage{P: r.T, Who: who(r), Gate: name, Action: addressOf(r, gate), Nonce: kernel.NewID(), Back: "/door"}
	d.Event, _ = r.T.Text(r.View.Event.Title, r.Event.Locales...)
	return d
}

// standing says how many are inside. It is "" where that cannot be counted, since a
// verdict does not hang on it, and beside a verdict where the count is from before.
func standing(r *web.Request, gate ticketing.Gate, scanned bool) string {
	counts, err := r.P.Ticketing.Inside(r.Context(), gate)
	if err != nil {
		r.P.Log.WarnContext(r.Context(), "door: cannot count who is inside", "error", err)
		return ""
	}
	if scanned && counts.Behind {
		return ""
	}
	return r.T.T("door.standing", "in", counts.In, "entered", counts.Entered)
}

func answer(r *web.Request, d gatePage, status int) error {
	return r.Page(status, web.Chrome{Title: d.title(), Audience: "door", NoIndex: true, Scripts: []string{"door.js"}}, gateBody(d))
}

// title is the gate's name, with the mode where it is not the usual one.
func (d gatePage) title() string {
	if d.Exit {
		return d.P.T("door.exit") + " · " + d.P.Isolated(d.Gate)
	}
	return d.Gate
}

func showGate(r *web.Request) error {
	gate, err := r.P.Ticketing.GateOfDoor(r.Context(), r.Event.ID, r.Params("gate"))
	if err != nil {
		return err
	}
	if gate.Slug != r.Params("gate") { // renamed; not for ever: another may get its word
		return r.See(addressOf(r, gate), "")
	}
	d := page(r, gate)
	d.Standing = standing(r, gate, false)
	return answer(r, d, fiber.StatusOK)
}

// scan judges what was typed or read and shows the verdict, full screen, with
// the field for the next one below.
func scan(r *web.Request) error {
	gate, err := r.P.Ticketing.GateOfDoor(r.Context(), r.Event.ID, r.Params("gate"))
	if err != nil {
		return err
	}
	device := "door:" + r.Actor.ID
	token, code := ticketing.SplitInput(r.Form("token"))
	request := ticketing.ScanRequest{
		Event: r.View.Event, Gate: gate, Token: token, Code: code, Nonce: r.Form("nonce"), Device: device,
		Direction: ticketing.Direction(r.Form("direction")), By: r.Actor.ID,
	}
	if count := r.Form("count"); count != "" {
		n, err := strconv.Atoi(count)
		if err != nil {
			n = -1 // refused with the field's own sentence
		}
		request.Count = n
	}
	var verdict ticketing.Verdict
	if n := ticketing.Mistyped(token); n > 0 {
		err = kernel.Errors{kernel.New(kernel.Invalid, "code_length", "token", "has", n)}
	}
	if err == nil && code != "" {
		err = r.P.AllowCode(r.Context(), gate.ID, r.Actor.ID, device)
	}
	if err == nil {
		verdict, err = r.P.Ticketing.Scan(r.Context(), request)
	}
	d := page(r, gate)
	d.Exit, d.Standing = request.Direction == ticketing.Exit, standing(r, gate, err == nil)
	if err != nil {
		byField, above, next, ok := r.Sentences(err)
		if !ok {
			return err
		}
		d.Error = above
		for _, sentence := range byField {
			d.Error = strings.TrimSpace(d.Error + " " + sentence)
		}
		d.Error = strings.TrimSpace(d.Error + " " + next)
		d.Typed, d.Count = r.Form("token"), r.Form("count")
		if kernel.KindOf(err) == kernel.Unavailable { // it may have happened: read again, it is the same scan
			d.Nonce = r.Form("nonce")
		}
		return answer(r, d, web.StatusOfForm(err))
	}
	d.Verdict = view(r, verdict)
	return answer(r, d, fiber.StatusOK)
}

func view(r *web.Request, v ticketing.Verdict) *verdictView {
	zone, err := festival.Zone(r.Event.Zone)
	if err != nil {
		return &verdictView{Kind: "stop", Mark: "✕"}
	}
	out := &verdictView{Kind: "stop", Mark: "✕"}
	switch {
	case v.Why == ticketing.WhyUnseen: // perhaps somebody who comes in, while the door stands on going out
		out.Kind, out.Mark = "look", "!"
	case v.Result == ticketing.OK && v.Exit:
		out.Kind, out.Mark = "out", "→"
	case v.Result == ticketing.OK:
		out.Kind, out.Mark = "ok", "✓"
	case v.Reason == ticketing.AlreadyRedeemed, v.Reason == ticketing.OverParty, v.Reason == ticketing.Blocked, v.Reason == ticketing.InvalidTime:
		out.Kind, out.Mark = "look", "!"
	}
	out.Word, out.Sentence, out.Next = v.Say(r.T, zone)
	switch {
	case v.Name != "" && v.Seats == 0: // refused before anybody asked how many they are
		out.Who = v.Name
	case v.Name != "":
		out.Who = r.T.T("door.party", "name", v.Name, "in", v.In, "seats", v.Seats)
	}
	return out
}

func kindOf(v *verdictView) string {
	if v == nil {
		return ""
	}
	return v.Kind
}

// roleOf makes a refusal interrupt a screen reader, and a welcome or a goodbye
// wait its turn.
func roleOf(kind string) string {
	if kind == "ok" || kind == "out" {
		return "status"
	}
	return "alert"
}
