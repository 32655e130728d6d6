package platform

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"feria/festival"
	"feria/kernel"
	"feria/locale"
	"feria/people"
	"feria/registration"
)

//go:embed demo/*.json
var demoFiles embed.FS

// DemoCity is the id of the invented learning city.
const DemoCity = "harbour"

// Demo is what Demo filled in: the links that open each role.
type Demo struct {
	// Links are sign-in addresses by role, and "citizen" a page of bookings.
	Links []DemoLink
	// New is false when the city was there before and only links were drawn.
	New bool
}

// DemoLink opens Feria as one of its people.
type DemoLink struct {
	Role string
	Who  string
	URL  string
}

// Demo fills an empty store with an invented learning city: a festival in both
// shapes (a dispersed week and a fair day), a conference that begins today, so
// that its door can be tried at once, and a twin-city visit. In a store that
// holds the city already it only draws new links. Error: Invalid demo_beside_city,
// where there is a city of somebody's own.
func (p *Platform) Demo(ctx context.Context) (Demo, error) {
	var d Demo
	if _, err := p.Festival.City(ctx, DemoCity); kernel.KindOf(err) == kernel.NotFound {
		cities, err := p.Festival.Cities(ctx)
		if err != nil {
			return d, err
		}
		if len(cities) > 0 {
			return d, kernel.New(kernel.Invalid, "demo_beside_city", "")
		}
		if err := p.fillDemo(ctx); err != nil {
			return d, fmt.Errorf("demo: %w", err)
		}
		d.New = true
	} else if err != nil {
		return d, err
	}
	return d, p.demoLinks(ctx, &d)
}

type pair [2]string

func (t pair) text() locale.Text {
	if t[0] == "" {
		return nil
	}
	return locale.Text{"en": t[0], "fr": t[1]}
}

type demoVenue struct {
	Key, Kind, Address, District string
	Name, Way                    pair
	Lat, Lon                     float64
	Access                       []string
	Spaces                       [][4]any // key, English, French, capacity
}

type demoWeek struct {
	Tracks   [][3]string
	Venues   []demoVenue
	Hosts    [][5]any // key, name, English, French, is a person
	Sessions []json.RawMessage
	Fair     struct {
		Stage  []json.RawMessage
		Booths [][5]string
	}
}

type demoDays struct {
	Title, Slogan, Lead, Where pair
	Venue                      demoVenue
	Sessions                   []json.RawMessage
	Hosts                      [][5]any
}

func (p *Platform) fillDemo(ctx context.Context) error {
	const by = "demo"
	city := festival.City{
		ID: DemoCity, Zone: "Europe/Berlin", Locales: []string{"en", "fr"}, Color: "#b3301a",
		Name:    locale.Text{"en": "Harbour City learns", "fr": "Harbour City apprend"},
		Contact: festival.Contact{Mail: "learn@harbour.example", Phone: "+49 431 555 0100", Address: locale.Text{"en": "Help desk in the Central Library, 1 Library Square", "fr": "Accueil de la Bibliothèque centrale, 1 Library Square"}},
		Imprint: locale.Text{
			"en": "**Harbour City, Office for Lifelong Learning**\n\n1 Market Square, Harbour City\n\nHarbour City is invented; this is a demonstration of Feria.",
			"fr": "**Harbour City, Bureau de l’apprentissage tout au long de la vie**\n\n1 Market Square, Harbour City\n\nHarbour City est inventée ; ceci est une démonstration de Feria."},
		Privacy: locale.Text{
			"en": "We keep your name, your mail address and what you booked until 30 days after the event, then it is deleted. We give it to nobody. There are no third-party services on these pages. Ask learn@harbour.example for a copy or for deletion.",
			"fr": "Nous gardons votre nom, votre adresse et vos réservations jusqu’à 30 jours après l’événement, puis tout est effacé. Nous ne les transmettons à personne. Ces pages n’utilisent aucun service tiers. Écrivez à learn@harbour.example pour une copie ou un effacement."},
		Accessibility: locale.Text{
			"en": "These pages follow WCAG 2.2 AA: they work by keyboard, without JavaScript and enlarged to 400 %. If something does not work for you, call us: we mend it or do it with you.",
			"fr": "Ces pages suivent les WCAG 2.2 AA : elles fonctionnent au clavier, sans JavaScript et agrandies à 400 %. Si quelque chose ne marche pas pour vous, appelez-nous : nous le réparons ou le faisons avec vous."},
	}
	if _, err := p.Festival.CreateCity(ctx, city, by); err != nil {
		return err
	}
	zone, err := time.LoadLocation(city.Zone)
	if err != nil {
		return err
	}
	today := midnight(p.Now().In(zone))
	monday := today.AddDate(0, 0, (8-int(today.Weekday()))%7)
	if monday.Equal(today) {
		monday = today.AddDate(0, 0, 7)
	}

	var week demoWeek
	var days struct{ Conference, Visit demoDays }
	if err := readDemo("demo/week.json", &week); err != nil {
		return err
	}
	if err := readDemo("demo/days.json", &days); err != nil {
		return err
	}

	festivalEvent := festival.Event{
		City: DemoCity, Slug: "learning-week", Kind: festival.Festival, Zone: city.Zone, Locales: city.Locales,
		Title:  locale.Text{"en": "Learning Week", "fr": "Semaine de l’apprentissage"},
		Slogan: locale.Text{"en": "A week to try something new", "fr": "Une semaine pour essayer du neuf"},
		Lead:   locale.Text{"en": "Sixty free sessions in libraries, workshops, cafés and on the quay, and on Sunday the fair. Bring the children, the neighbours and a bit of curiosity.", "fr": "Soixante séances gratuites dans les bibliothèques, les ateliers, les cafés et sur le quai, et dimanche la foire. Venez avec les enfants, les voisins et un peu de curiosité."},
		Where:  locale.Text{"en": "all over town", "fr": "dans toute la ville"},
		Start:  dateOf(monday), End: dateOf(monday.AddDate(0, 0, 6)), Color: "#b3301a",
	}
	records, err := week.records(monday, zone)
	if err != nil {
		return err
	}
	if err := p.fillDemoEvent(ctx, festivalEvent, records, by); err != nil {
		return err
	}
	for _, other := range []struct {
		demoDays
		kind  festival.Kind
		slug  string
		color string
		first time.Time
		days  int
	}{
		{days.Conference, festival.Conference, "neighbourhoods", "#1f4fa3", today, 2},
		{days.Visit, festival.Visit, "twin-cities", "#2d6a35", monday.AddDate(0, 0, 7), 3},
	} {
		event := festival.Event{
			City: DemoCity, Slug: other.slug, Kind: other.kind, Zone: city.Zone, Locales: city.Locales, Color: other.color,
			Title: other.Title.text(), Slogan: other.Slogan.text(), Lead: other.Lead.text(), Where: other.Where.text(),
			Start: dateOf(other.first), End: dateOf(other.first.AddDate(0, 0, other.days-1)),
		}
		records, err := other.records(other.first, zone)
		if err != nil {
			return err
		}
		if err := p.fillDemoEvent(ctx, event, records, by); err != nil {
			return err
		}
	}
	return p.fillDemoPeople(ctx)
}

func (p *Platform) fillDemoEvent(ctx context.Context, event festival.Event, records festival.Records, by string) error {
	made, err := p.Festival.CreateEvent(ctx, event, by)
	if err != nil {
		return err
	}
	if _, err := p.Festival.ApplyImport(ctx, made.ID, by, "demo", records, false, nil); err != nil {
		return err
	}
	if _, err := p.Festival.Publish(ctx, made.ID, by, nil); err != nil {
		return err
	}
	return p.DefaultGates(ctx, made.ID, by)
}

// fillDemoPeople books some seats, so that the programme shows free, few and full.
func (p *Platform) fillDemoPeople(ctx context.Context) error {
	event, err := p.Festival.EventBySlug(ctx, DemoCity, "learning-week")
	if err != nil {
		return err
	}
	programme, err := p.Festival.Programme(ctx, event.ID)
	if err != nil {
		return err
	}
	names := []string{"Aylin", "Béatrice", "Chidi", "Dagny", "Emre", "Fatou", "Goran", "Hanna", "Ivo", "أمل", "金英", "Lukas"}
	for i, slot := range programme.Slots {
		if slot.Seating != festival.Bookable || i%3 == 2 {
			continue
		}
		parties := 2 + i%5
		if i%8 == 0 {
			parties = 12 // enough for a full house and a waiting list
		}
		for n := range parties {
			_, err := p.Registration.Book(ctx, registration.Request{
				City: DemoCity, Slot: slot.ID, Name: names[(i+n)%len(names)],
				Seats: 1 + (i+n)%3, Lang: "en", By: "demo", Confirm: true,
			})
			if err != nil && kernel.KindOf(err) != kernel.Conflict {
				return err
			}
		}
	}
	return nil
}

func (p *Platform) demoLinks(ctx context.Context, d *Demo) error {
	event, err := p.Festival.EventBySlug(ctx, DemoCity, "learning-week")
	if err != nil {
		return err
	}
	conference, err := p.Festival.EventBySlug(ctx, DemoCity, "neighbourhoods")
	if err != nil {
		return err
	}
	for _, who := range []struct {
		role   people.Role
		name   string
		events []string
	}{
		{people.Owner, "Olga Owner", []string{""}},
		{people.Organizer, "Omar Organizer", []string{event.ID, conference.ID}},
		{people.Exhibitor, "Elif Exhibitor", []string{event.ID}},
		{people.Volunteer, "Vera Volunteer", []string{event.ID, conference.ID}},
	} {
		mail := string(who.role) + "@harbour.example"
		var person people.Person
		for _, eventID := range who.events {
			if person, err = p.People.Grant(ctx, people.Grant{City: DemoCity, Event: eventID, Role: who.role}, mail, who.name, "demo"); err != nil {
				return err
			}
		}
		secret, err := p.People.PrintedLink(ctx, person.ID)
		if err != nil {
			return err
		}
		d.Links = append(d.Links, DemoLink{Role: string(who.role), Who: who.name, URL: p.SignInURL(secret)})
	}
	return p.demoCitizen(ctx, event, d)
}

// demoCitizen books two seats for a party with a page of its own, in the first slot
// that takes them. A further demo finds that booking, also when its slot is over.
func (p *Platform) demoCitizen(ctx context.Context, event festival.Event, d *Demo) error {
	programme, err := p.Festival.Programme(ctx, event.ID)
	if err != nil {
		return err
	}
	for _, slot := range programme.Slots {
		if slot.Seating != festival.Bookable {
			continue
		}
		receipt, err := p.Registration.Book(ctx, registration.Request{
			City: DemoCity, Slot: slot.ID, Name: "Aylin and party", Mail: "aylin@harbour.example", Seats: 2, Lang: "en", Confirm: true,
			Key: "demo citizen " + slot.ID,
		})
		if kernel.KindOf(err) == kernel.Conflict || err == nil && receipt.Booking.Mail == "" { // over; its address was taken out
			continue
		}
		if err != nil {
			return err
		}
		link, err := p.MineURL(ctx, receipt.Party.ID, receipt.Booking.Mail, event)
		if err != nil {
			return err
		}
		d.Links = append(d.Links, DemoLink{Role: string(people.Citizen), Who: "Aylin and party", URL: link})
		return nil
	}
	return nil
}

func readDemo(name string, into any) error {
	data, err := demoFiles.ReadFile(name)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}

func dateOf(t time.Time) festival.Date { return festival.Date(t.Format(time.DateOnly)) }

// demoTime reads "3 18:00", the fourth day at six.
func demoTime(s string, first time.Time, zone *time.Location) (time.Time, error) {
	day, clock, _ := strings.Cut(s, " ")
	n, err := strconv.Atoi(day)
	if err != nil {
		return time.Time{}, err
	}
	at, err := time.Parse("15:04", clock)
	if err != nil {
		return time.Time{}, err
	}
	return time.Date(first.Year(), first.Month(), first.Day()+n, at.Hour(), at.Minute(), 0, 0, zone).UTC(), nil
}
