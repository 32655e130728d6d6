package people

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"feria/kernel"
	"feria/store"
	"feria/store/storetest"
)

func TestGrant_refuses(t *testing.T) {
	w := newWorld(t)
	for _, row := range []struct {
		name  string
		grant Grant
		mail  string
		who   string
		want  string
	}{
		{"a role that is none", Grant{City: "harbour", Event: "harbour/week", Role: "king"}, "a@x.org", "A", "role_unknown"},
		{"citizens, who need no grant", Grant{City: "harbour", Event: "harbour/week", Role: Citizen}, "a@x.org", "A", "role_unknown"},
		{"an owner of an event", Grant{City: "harbour", Event: "harbour/week", Role: Owner}, "a@x.org", "A", "role_of_city"},
		{"an organizer of no event", Grant{City: "harbour", Role: Organizer}, "a@x.org", "A", "role_of_event"},
		{"an event of another city", Grant{City: "harbour", Event: "inland/week", Role: Organizer}, "a@x.org", "A", "not_found"},
		{"no mail address", Grant{City: "harbour", Role: Owner}, "", "A", "mail_missing"},
		{"what is no mail address", Grant{City: "harbour", Role: Owner}, "a", "A", "mail_invalid"},
		{"a name that is a novel", Grant{City: "harbour", Role: Owner}, "a@x.org", strings.Repeat("A", 121), "name_long"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if _, err := w.Grant(t.Context(), row.grant, row.mail, row.who, "test"); kernel.CodeOf(err) != row.want {
				t.Errorf("got %v, want %s", err, row.want)
			}
			if n, err := persons.In(w.store).Count(t.Context(), store.All()); err != nil || n != 0 {
				t.Errorf("%d people are left behind, %v", n, err)
			}
		})
	}
}

func TestGrants(t *testing.T) {
	w := newWorld(t)
	give := func(city, event string, role Role, mail, name string) Person {
		t.Helper()
		p, err := w.Grant(t.Context(), Grant{City: city, Event: event, Role: role}, mail, name, "test")
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	olga := give("harbour", "", Owner, "olga@x.org", "Olga\r\nBcc: x")
	again := give("harbour", "harbour/week", Organizer, "OLGA@x.org", "Somebody else")
	give("harbour", "harbour/week", Volunteer, "vera@x.org", "Vera")
	give("harbour", "harbour/fair", Exhibitor, "elif@x.org", "Elif")
	give("inland", "", Owner, "olga@x.org", "Another Olga")
	if again.ID != olga.ID || again.Name != "Olga Bcc: x" {
		t.Errorf("the second grant met %+v", again)
	}
	list := func(city, event string) []string {
		t.Helper()
		grants, err := w.Grants(t.Context(), city, event)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, g := range grants {
			out = append(out, string(g.Role)+" "+g.Event+" "+g.Mail)
		}
		return out
	}
	for _, row := range []struct {
		city, event string
		want        []string
	}{
		{"harbour", "", []string{"owner  olga@x.org", "exhibitor harbour/fair elif@x.org", "organizer harbour/week olga@x.org", "volunteer harbour/week vera@x.org"}},
		{"harbour", "harbour/week", []string{"organizer harbour/week olga@x.org", "volunteer harbour/week vera@x.org"}},
		{"inland", "", []string{"owner  olga@x.org"}},
		{"inland", "harbour/week", nil},
	} {
		if got := list(row.city, row.event); !slices.Equal(got, row.want) {
			t.Errorf("%s %q: %q", row.city, row.event, got)
		}
	}

	grants, err := w.Grants(t.Context(), "harbour", "")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		name, city, grant, want string
	}{
		{"a grant from another city", "inland", grants[1].ID, "not_found"},
		{"what is no grant", "harbour", "harbour/x", "not_found"},
		{"a grant of nobody", "harbour", "harbour/x:volunteer:harbour/week", "not_found"},
		{"a grant that the person does not have", "harbour", olga.ID + ":volunteer:harbour/week", "not_found"},
		{"the last owner", "harbour", grants[0].ID, "last_owner"},
		{"an exhibitor", "harbour", grants[1].ID, ""},
		{"the same again", "harbour", grants[1].ID, "not_found"},
	} {
		err := w.Revoke(t.Context(), row.city, row.grant)
		if row.want == "" && err != nil || row.want != "" && kernel.CodeOf(err) != row.want {
			t.Errorf("%s: got %v, want %q", row.name, err, row.want)
		}
	}
	give("harbour", "", Owner, "otto@x.org", "Otto")
	if err := w.Revoke(t.Context(), "harbour", grants[0].ID); err != nil {
		t.Errorf("one of two owners: %v", err)
	}
}

// Two who add the same person at once make one.
func TestGrant_makesOnePersonOfAMail(t *testing.T) {
	at := time.Date(2027, 4, 12, 9, 0, 0, 0, time.UTC)
	a, b := storetest.OpenTwo(t, Collections()...)
	copies := []*Service{New(a, func() time.Time { return at }), New(b, func() time.Time { return at })}
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			event := "harbour/" + string(rune('a'+i))
			if _, err := copies[i%2].Grant(context.Background(), Grant{City: "harbour", Event: event, Role: Volunteer}, "vera@x.org", "Vera", "test"); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	found, err := persons.In(a).Find(t.Context(), store.All())
	if err != nil || len(found) != 1 || len(found[0].Roles) != 20 || found[0].Epoch != 20 {
		t.Errorf("%d people, %+v, %v", len(found), found, err)
	}
}

func TestIntroduce(t *testing.T) {
	w := newWorld(t)
	vera := w.volunteer(t)
	if p, err := w.Introduce(t.Context(), vera.ID, " Vera  V. ", "fr"); err != nil || p.Name != "Vera V." || p.Lang != "fr" {
		t.Errorf("%+v, %v", p, err)
	}
	if _, err := w.Introduce(t.Context(), "harbour/nobody", "x", ""); kernel.KindOf(err) != kernel.NotFound {
		t.Errorf("nobody: %v", err)
	}
}

func TestToken(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	token, err := w.NewToken(ctx, "harbour", "harbour/week", Volunteer, "Door of the library", "person:harbour/o")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(token, "feria_harbour.") {
		t.Errorf("a token that cannot be told from other text: %q", token)
	}
	actor, err := w.Token(ctx, token)
	if err != nil || actor.City != "harbour" || !strings.HasPrefix(actor.ID, "token:harbour/") {
		t.Fatalf("%+v, %v", actor, err)
	}
	if !actor.May(DoorScan, "harbour/week") || actor.May(ConsoleEdit, "harbour/week") || actor.May(DoorScan, "harbour/fair") {
		t.Error("the token has another role than it was given")
	}
	for _, bad := range []string{
		"", "feria_", "feria_harbour.", "feria_.x", token[:len(token)-1], strings.TrimPrefix(token, "feria_"),
		strings.Replace(token, "harbour", "inland", 1), token + " ",
	} {
		if _, err := w.Token(ctx, bad); kernel.CodeOf(err) != "token_unknown" {
			t.Errorf("%q: %v", bad, err)
		}
	}
	w.pass(90 * time.Minute)
	if _, err := w.Token(ctx, token); err != nil {
		t.Fatal(err)
	}
	all, err := w.Tokens(ctx, "harbour", "")
	if err != nil || len(all) != 1 {
		t.Fatal(len(all), err)
	}
	if all[0].Secret != "" || all[0].Name != "Door of the library" || all[0].By != "person:harbour/o" || !all[0].Used.Equal(w.clock().Truncate(time.Hour)) {
		t.Errorf("listed as %+v", all[0])
	}
	if other, err := w.Tokens(ctx, "harbour", "harbour/fair"); err != nil || len(other) != 0 {
		t.Errorf("in another event: %v, %v", other, err)
	}
	if err := w.RevokeToken(ctx, "inland", all[0].ID); kernel.KindOf(err) != kernel.NotFound {
		t.Errorf("revoked from another city: %v", err)
	}
	if err := w.RevokeToken(ctx, "harbour", all[0].ID); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Token(ctx, token); kernel.CodeOf(err) != "token_unknown" {
		t.Errorf("after it was revoked: %v", err)
	}
	for _, row := range []struct{ event, name, want string }{{"", "x", "role_of_event"}, {"harbour/week", " ", "token_name_missing"}, {"inland/week", "x", "not_found"}} {
		if _, err := w.NewToken(ctx, "harbour", row.event, Volunteer, row.name, "test"); kernel.CodeOf(err) != row.want {
			t.Errorf("%+v: %v", row, err)
		}
	}
}

func TestLimiter_Allow(t *testing.T) {
	w := newWorld(t)
	allow := func(l *Limiter, key string) (bool, time.Duration) {
		t.Helper()
		ok, wait, err := l.Allow(t.Context(), key, 3, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		return ok, wait
	}
	one, two := NewLimiter(w.store, w.clock), NewLimiter(w.store, w.clock)
	w.pass(20 * time.Second)
	for i, l := range []*Limiter{one, two, one} {
		if ok, _ := allow(l, "harbour/ip/2001:db8::/64"); !ok {
			t.Fatalf("try %d of 3 was refused", i+1)
		}
	}
	for range 3 {
		for _, l := range []*Limiter{one, two, NewLimiter(w.store, w.clock)} { // the last one: after a restart
			if ok, wait := allow(l, "harbour/ip/2001:db8::/64"); ok || wait != 40*time.Second {
				t.Fatalf("the fourth: %v, wait %s", ok, wait)
			}
		}
	}
	for _, key := range []string{"harbour/ip/2001:db8:0:1::/64", "inland/ip/2001:db8::/64"} {
		if ok, _ := allow(one, key); !ok {
			t.Errorf("%s pays for others", key)
		}
	}
	w.pass(40 * time.Second)
	if ok, _ := allow(one, "harbour/ip/2001:db8::/64"); !ok {
		t.Error("the next window is closed")
	}
	all, err := text(limits.In(w.store).Find(t.Context(), store.All()))
	if err != nil || strings.Contains(all, "2001") {
		t.Errorf("addresses are stored: %s, %v", all, err)
	}
}

func TestLimiter_countsExactlyUnderARush(t *testing.T) {
	w := newWorld(t)
	l := NewLimiter(w.store, w.clock)
	var mu sync.Mutex
	passed := 0
	var all sync.WaitGroup
	for range 100 {
		all.Go(func() {
			ok, _, err := l.Allow(context.Background(), "harbour/rush", 30, time.Minute)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			if ok {
				passed++
			}
		})
	}
	all.Wait()
	if passed != 30 {
		t.Errorf("%d passed, want 30", passed)
	}
}

func TestCheck(t *testing.T) {
	at := time.Date(2027, 4, 12, 9, 0, 0, 0, time.UTC)
	good := Person{ID: "harbour/1", City: "harbour", Mail: "a@x.org", Roles: []HeldSince{{Held: Held{Role: Owner}}}}
	for _, row := range []struct {
		name  string
		plant func(ctx context.Context, s *store.Store) error
		want  string
	}{
		{"all is well", func(ctx context.Context, s *store.Store) error { return nil }, ""},
		{"a person of another city", func(ctx context.Context, s *store.Store) error {
			return persons.In(s).Insert(ctx, Person{ID: "inland/2", City: "harbour", Mail: "b@x.org"})
		}, "person inland/2 is not of its city"},
		{"a mail address in capitals", func(ctx context.Context, s *store.Store) error {
			return persons.In(s).Insert(ctx, Person{ID: "harbour/2", City: "harbour", Mail: "B@x.org"})
		}, "that sign-in never finds"},
		{"a role twice", func(ctx context.Context, s *store.Store) error {
			h := HeldSince{Held: Held{Volunteer, "harbour/w"}}
			return persons.In(s).Insert(ctx, Person{ID: "harbour/2", City: "harbour", Mail: "b@x.org", Roles: []HeldSince{h, h}})
		}, `has the role "volunteer" in "harbour/w" twice`},
		{"a role in another city", func(ctx context.Context, s *store.Store) error {
			return persons.In(s).Insert(ctx, Person{ID: "harbour/2", City: "harbour", Mail: "b@x.org", Roles: []HeldSince{{Held: Held{Volunteer, "inland/w"}}}})
		}, "that cannot be"},
		{"a city without owner", func(ctx context.Context, s *store.Store) error {
			return persons.In(s).Insert(ctx, Person{ID: "inland/2", City: "inland", Mail: "b@x.org"})
		}, "city inland has people but no owner"},
		{"a session in another city", func(ctx context.Context, s *store.Store) error {
			return sessions.In(s).Insert(ctx, session{ID: "inland/h", City: "inland", Person: "harbour/1", At: at, Seen: at})
		}, "a session of city inland belongs to another city"},
		{"a session from the future", func(ctx context.Context, s *store.Store) error {
			return sessions.In(s).Insert(ctx, session{ID: "harbour/h", City: "harbour", Person: "harbour/1", At: at, Seen: at.Add(-time.Hour)})
		}, "was seen before it began"},
		{"a link for a year", func(ctx context.Context, s *store.Store) error {
			return signIns.In(s).Insert(ctx, signIn{ID: "harbour/l", City: "harbour", At: at, Until: at.AddDate(1, 0, 0)})
		}, "lives longer than it may"},
		{"a sign-in by nobody", func(ctx context.Context, s *store.Store) error {
			return signIns.In(s).Insert(ctx, signIn{ID: "harbour/l", City: "harbour", Browser: "b", Used: "x", At: at, Until: at})
		}, "was used by nobody"},
		{"a token with a role that is none", func(ctx context.Context, s *store.Store) error {
			return tokens.In(s).Insert(ctx, Token{ID: "harbour/t", City: "harbour", Role: "king"})
		}, "token harbour/t"},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := newWorld(t)
			if err := persons.In(w.store).Insert(t.Context(), good); err != nil {
				t.Fatal(err)
			}
			if err := row.plant(t.Context(), w.store); err != nil {
				t.Fatal(err)
			}
			var found []string
			if err := w.Check(t.Context(), func(p string) { found = append(found, p) }); err != nil {
				t.Fatal(err)
			}
			all := strings.Join(found, "\n")
			if row.want == "" && all != "" || !strings.Contains(all, row.want) {
				t.Errorf("found %q, want %q", all, row.want)
			}
			if strings.Contains(all, "x.org") {
				t.Errorf("the report holds a mail address: %s", all)
			}
		})
	}
}

// A token was never used before it was made, however roughly that is kept.
func TestToken_isNotUsedBeforeItWasMade(t *testing.T) {
	w := newWorld(t)
	w.pass(20 * time.Minute)
	token, err := w.NewToken(t.Context(), "harbour", "", Owner, "Screen", "person:harbour/o")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Token(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	all, err := w.Tokens(t.Context(), "harbour", "")
	if err != nil || len(all) != 1 || all[0].Used.Before(all[0].At) || all[0].Used.IsZero() {
		t.Errorf("listed as %+v, %v", all, err)
	}
}
