package console

import (
	"cmp"
	"net/url"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"feria/festival"
	"feria/kernel"
	"feria/server/console/setup"
	"feria/server/web"
	"feria/ticketing"
)

// How many scans the page of gates shows, and how many a spreadsheet holds at
// most: five readings of each pass of a large festival.
const (
	lastScans = 20
	scanPage  = 500
	maxScans  = 200_000
)

func showGates(r *web.Request) error { return gatesPageFor(r, fiber.StatusOK, "") }

// gatesPageFor draws the gates, above them what was refused, "" if nothing was.
func gatesPageFor(r *web.Request, status int, refusal string) error {
	draft, err := r.P.Festival.Draft(r.Context(), r.Event.ID)
	if err != nil {
		return err
	}
	d := gatesPage{P: r.T, Base: setup.Base(r), Error: refusal}
	names := map[string]string{}
	for _, space := range draft.Spaces {
		name := say(r, space.Name)
		if venue, ok := draft.Venue(space.Venue); ok {
			name = say(r, venue.Name) + ": " + name
		}
		names[space.ID] = name
	}
	for _, slot := range draft.Slots {
		if session, ok := draft.Session(slot.Session); ok {
			names[slot.ID] = say(r, session.Title) + ", " + slotTime(r, slot.Slot)
		}
	}
	gates, err := r.P.Ticketing.Gates(r.Context(), r.Event.ID)
	if err != nil {
		return err
	}
	for _, g := range gates {
		counts, err := r.P.Ticketing.Inside(r.Context(), g)
		if err != nil {
			return err
		}
		row := gateRow{
			Name: say(r, g.Name), URL: d.Base + "/gates/" + g.Slug, Door: "/door/" + r.Event.Slug + "/" + g.Slug, Scope: r.T.T("console.gate_scope_" + string(g.Scope)),
			In: r.T.Number(counts.In), Entered: r.T.Number(counts.Entered), Doubles: r.T.Number(counts.Doubles),
		}
		if name := names[cmp.Or(g.Space, g.Slot)]; name != "" { // none has both
			row.Scope = name
		}
		d.Gates = append(d.Gates, row)
	}
	removed, err := r.P.Ticketing.RemovedGates(r.Context(), r.Event.ID)
	if err != nil {
		return err
	}
	for _, g := range removed {
		d.Removed = append(d.Removed, gateRow{Name: say(r, g.Name), URL: d.Base + "/gates/" + festival.Own(g.ID) + "/restore"})
	}
	if d.Keys, err = keysOf(r); err != nil {
		return err
	}
	if d.Scans, err = scansOf(r); err != nil {
		return err
	}
	return r.Page(status, setup.Chrome(r, r.T.T("console.gates"), "/gates"), gatesBody(d))
}

func keysOf(r *web.Request) ([]keyRow, error) {
	keys, err := r.P.Ticketing.Keys(r.Context(), r.View.Event)
	if err != nil {
		return nil, err
	}
	var out []keyRow
	for _, k := range keys {
		id := strconv.Itoa(int(k.ID))
		row := keyRow{ID: id, Made: moment(r, k.MadeAt), State: r.T.T("console.key_old")}
		switch {
		case k.WithdrawnAt != nil:
			row.State = r.T.T("console.key_withdrawn")
		case k.Current:
			row.State = r.T.T("console.key_current")
		}
		if k.WithdrawnAt == nil {
			row.Withdraw = setup.Base(r) + "/keys/" + id + "/withdraw"
		}
		out = append(out, row)
	}
	return out, nil
}

// gateNames says what gates are called, also those set aside, asking once each.
type gateNames struct {
	r     *web.Request
	known map[string]string
}

func (n gateNames) of(id string) (string, error) {
	if name, ok := n.known[id]; ok {
		return name, nil
	}
	g, err := n.r.P.Ticketing.Gate(n.r.Context(), id)
	if err != nil && kernel.KindOf(err) != kernel.NotFound {
		return "", err
	}
	n.known[id] = say(n.r, g.Name)
	return n.known[id], nil
}

func scansOf(r *web.Request) ([]scanRow, error) {
	scans, _, err := r.P.Ticketing.Scans(r.Context(), ticketing.ScanQuery{Event: r.Event.ID, Limit: lastScans})
	if err != nil {
		return nil, err
	}
	at := gateNames{r, map[string]string{}}
	var out []scanRow
	for _, s := range scans {
		row := scanRow{At: moment(r, s.At), Name: s.Name, Verdict: verdictWord(r, s), State: "ok", Count: r.T.Number(s.Passed)}
		if s.Final != "" {
			row.State = "stop"
		}
		if row.Gate, err = at.of(s.Gate); err != nil {
			return nil, err
		}
		if row.Name == "" {
			row.Name = s.Read
		}
		out = append(out, row)
	}
	return out, nil
}

// verdictWord is what became of a scan, in one or two words.
func verdictWord(r *web.Request, s ticketing.Listed) string {
	if s.Final != "" {
		return r.T.T("console.scan_" + string(s.Final))
	}
	if s.Direction == ticketing.Exit {
		return r.T.T("door.exit")
	}
	return r.T.T("door.entry")
}

func removeGate(r *web.Request) error {
	g, err := r.P.Ticketing.GateBySlug(r.Context(), r.Event.ID, r.Params("slug"))
	if err != nil {
		return err
	}
	if err := r.P.Ticketing.RemoveGate(r.Context(), g.ID, r.Actor.ID); err != nil {
		return err
	}
	return r.See(setup.Base(r)+"/gates", r.T.T("console.gate_removed"))
}

// restoreGate brings a removed gate back: its word may be another's by now, so
// its id is in the address.
func restoreGate(r *web.Request) error {
	g, err := r.P.Ticketing.Gate(r.Context(), r.Own("id"))
	if err != nil {
		return err
	}
	err = r.P.Ticketing.RestoreGate(r.Context(), g.ID, r.Actor.ID)
	if kernel.KindOf(err) == kernel.Conflict {
		sentence, _ := r.T.Error(err)
		return r.See(setup.Base(r)+"/gates", sentence)
	}
	if err != nil {
		return err
	}
	return r.See(setup.Base(r)+"/gates", r.T.T("console.restored"))
}

func rotateKey(r *web.Request) error {
	_, err := r.P.Ticketing.RotateKey(r.Context(), r.View.Event, r.Actor.ID)
	if err != nil {
		_, above, _, ok := r.Sentences(err)
		if !ok {
			return err
		}
		return gatesPageFor(r, web.StatusOfForm(err), above)
	}
	return r.See(setup.Base(r)+"/gates", r.T.T("console.saved"))
}

func withdrawKey(r *web.Request) error {
	id, err := strconv.ParseUint(r.Params("id"), 10, 8)
	if err != nil {
		return kernel.Missing()
	}
	if err := r.P.Ticketing.WithdrawKey(r.Context(), r.View.Event, byte(id), r.Actor.ID); err != nil {
		return err
	}
	return r.See(setup.Base(r)+"/gates", r.T.T("console.revoked"))
}

// scansCSV gives all scans, the oldest first, with what the door was told and
// what came of it in the end.
func scansCSV(r *web.Request) error {
	rows := [][]string{{
		r.T.T("console.scan_at"), r.T.T("console.gate"), r.T.T("console.field_name"), r.T.T("console.scan_direction"), r.T.T("console.places"),
		r.T.T("console.scan_told"), r.T.T("console.scan_final"),
	}}
	zone, at := zoneOf(r), gateNames{r, map[string]string{}}
	for after := ""; len(rows) < maxScans; {
		page, next, err := r.P.Ticketing.Scans(r.Context(), ticketing.ScanQuery{Event: r.Event.ID, Oldest: true, Limit: scanPage, After: after})
		if err != nil {
			return err
		}
		for _, s := range page {
			gate, err := at.of(s.Gate)
			if err != nil {
				return err
			}
			rows = append(rows, []string{
				s.At.In(zone).Format(time.RFC3339), gate, s.Name, string(s.Direction), itoa(s.Passed), told(string(s.Reason)), told(string(s.Final)),
			})
		}
		if after = next; after == "" {
			break
		}
	}
	return sendCSV(r, url.PathEscape(r.Event.Slug)+"-scans.csv", rows)
}

func told(reason string) string {
	if reason == "" {
		return string(ticketing.OK)
	}
	return reason
}
