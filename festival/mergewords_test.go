package festival

import (
	"testing"

	"feria/locale"
)

// The preview of a file says which members would change, in words of the
// catalogue.
func TestMerge_everyMemberHasAWord(t *testing.T) {
	members := map[string]bool{}
	namesOf(members, venueParts(Venue{}))
	namesOf(members, spaceParts(Space{}))
	namesOf(members, boothParts(Booth{}))
	namesOf(members, hostParts(Host{}))
	namesOf(members, sessionParts(Session{}))
	namesOf(members, slotParts(Slot{}))
	words, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range words.Languages() {
		for member := range members {
			if key := "console.field_" + member; !words.For(lang).Has(key) {
				t.Errorf("%s has no %s", lang, key)
			}
		}
	}
}

func namesOf[T any](into map[string]bool, parts []part[T]) {
	for _, p := range parts {
		into[p.name] = true
	}
}
