package people

import (
	"testing"
	"time"
)

// Who has had no role for 30 days is forgotten; who got one in the meantime is not.
func TestForgetThoseWhoLeft(t *testing.T) {
	w := newWorld(t)
	granted := map[string]Grant{}
	for _, name := range []string{"ann", "bob", "cem"} {
		p, err := w.Grant(t.Context(), Grant{City: "harbour", Event: "harbour/week", Role: Volunteer}, name+"@example.org", name, "test")
		if err != nil {
			t.Fatal(err)
		}
		granted[name] = grantOf(p, p.Roles[0])
	}
	begun := w.clock()
	for _, name := range []string{"bob", "cem"} {
		if err := w.Revoke(t.Context(), "harbour", granted[name].ID); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := w.ForgetThoseWhoLeft(t.Context(), "harbour", begun); n != 0 || err != nil {
		t.Errorf("%d forgotten at once, %v", n, err)
	}
	if _, err := w.Grant(t.Context(), Grant{City: "harbour", Event: "harbour/week", Role: Volunteer}, "cem@example.org", "cem", "test"); err != nil {
		t.Fatal(err)
	}
	for _, want := range []int{1, 0} {
		if n, err := w.ForgetThoseWhoLeft(t.Context(), "harbour", begun.Add(time.Second)); n != want || err != nil {
			t.Errorf("%d forgotten, want %d, %v", n, want, err)
		}
	}
	for name, there := range map[string]bool{"ann": true, "bob": false, "cem": true} {
		if _, err := w.PersonByMail(t.Context(), "harbour", name+"@example.org"); (err == nil) != there {
			t.Errorf("%s: %v", name, err)
		}
	}
}
