package server_test

import (
	"strings"
	"testing"

	"feria/people"
)

// A preview says in the reader's words what columns mean, what would change, and
// of which record a finding speaks.
func TestConsole_previewsInTheReadersWords(t *testing.T) {
	town, _ := newTown(t)
	const table = "id,title,start,end,room\n17,Knots,2027-04-13 10:00,2027-04-13 11:00,Hall\n,,2027-04-13 12:00,2027-04-13 13:00,Hall\n"
	town.program(people.Owner, "").do("POST", "/api/v1/events/learning-week/imports?file=a.csv&keep=true", "application/octet-stream", strings.NewReader(table)).want(t, 201)

	d := town.desk(people.Owner, "")
	moved := strings.NewReplacer("10:00", "10:30", "11:00,Hall", "11:00,Tent").Replace(table)
	at := d.upload(week+"/import", "a.csv", moved).want(t, 303).Header.Get("Location")
	d.get(at).want(t, 200).
		has(t, `<option value="start" selected>Starts</option>`, `<option value="end" selected>Ends</option>`, `Place, Time</td>`, `<th scope="row">Row 3</th>`).
		lacks(t, "First day", "Last day")
	d.lang = "fr"
	d.get(at).want(t, 200).
		has(t, `selected>Début</option>`, `selected>Fin</option>`, `Lieu, Heure</td>`, `<th scope="row">Ligne 3</th>`).
		lacks(t, "Premier jour", "Dernier jour")
}
