package feed

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"regexp"
	"strconv"
	"strings"
	"time"

	"feria/festival"
)

var frabCode = regexp.MustCompile(`^[0-9A-Z]{6}$`)

// slug is the event's word in the file: acronym, code, title.
func (s *schedule) slug(session festival.Session, number uint32, taken map[string]bool) string {
	slug := join("-", s.acronym, strings.ToLower(clean(session.Code)), festival.Slug(s.say(session.Title), 60))
	if taken[slug] {
		slug += "-" + strconv.FormatUint(uint64(number), 10)
	}
	taken[slug] = true
	return slug
}

// acronym makes of the event's slug what frab wants: at least four of [a-z0-9_-].
func acronym(e festival.Event) string {
	slug := e.Slug
	if len(slug) < 4 {
		slug = join("-", slug, string(e.Start))
	}
	return slug
}

// numbering draws the positive integers that frab wants as ids: the number that
// a record came with, else one made of its guid, so that it stays.
type numbering map[uint32]bool

var trailingNumber = regexp.MustCompile(`:([1-9][0-9]{0,8})$`)

func (n numbering) draw(key, guid string) uint32 {
	var number uint32
	if m := trailingNumber.FindStringSubmatch(key); m != nil {
		given, _ := strconv.ParseUint(m[1], 10, 32) // nine digits at most
		number = uint32(given)
	}
	if number == 0 || n[number] {
		h := fnv.New32a()
		h.Write([]byte(guid))
		number = h.Sum32() >> 1
	}
	for number == 0 || n[number] {
		number = (number + 1) & 0x7fffffff
	}
	n[number] = true
	return number
}

// length writes how long an event takes, as frab does: HH:MM, and D:HH:MM from
// a hundred hours on. exact is false where that is not the whole truth.
func length(start, end time.Time) (text string, exact bool) {
	d := end.Sub(start)
	minutes := int(d / time.Minute)
	exact = time.Duration(minutes)*time.Minute == d && minutes > 0
	if hours := minutes / 60; hours >= 100 {
		return fmt.Sprintf("%d:%02d:%02d", hours/24, hours%24, minutes%60), false
	}
	return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60), exact
}

// title is the plain title, marked where the slot is cancelled: frab has no
// state, and nobody should come for nothing.
func (s *schedule) title(e scheduleEvent) string {
	title := oneLine(s.say(e.session.Title))
	if e.slot.State == festival.Cancelled {
		return cmp.Or(s.o.Cancelled, "Cancelled") + ": " + title
	}
	return title
}

// titleExtras is extras for the title, which is always told in full where the
// plain one is marked.
func (s *schedule) titleExtras(e scheduleEvent) []string {
	if e.slot.State == festival.Cancelled {
		return e.session.Title.Languages()
	}
	return s.extras(e.session.Title)
}
