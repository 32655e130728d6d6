package web

import (
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
)

// leadLife is how long an address leads to the same event without asking the
// store again, in real time: as long as a copy takes to hear of changes elsewhere.
const leadLife = 500 * time.Millisecond

// maxLeads bounds what is remembered; anybody may ask under any host name.
const maxLeads = 10_000

// leads remembers to which event an address led, so that a page from the cache
// costs no access to the store. What is remembered is the event's id alone: how
// it stands now (its word, its city, whether it is hidden) is in its View, which
// is renewed at once after a change here and within half a second after one
// elsewhere.
type leads struct {
	mu sync.RWMutex
	to map[lead]led
}

type lead struct{ host, slug string }

type led struct {
	event string
	until time.Time
}

// get gives the event, "" for none. An old lead is good enough where the store
// does not answer: what was public a moment ago is better than no programme.
func (l *leads) get(at lead, old bool) (event string) { return l.getAt(at, old, time.Now()) }

// getAt is get at a real time that is at hand.
func (l *leads) getAt(at lead, old bool, now time.Time) (event string) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if to, ok := l.to[at]; ok && (old || now.Before(to.until)) {
		return to.event
	}
	return ""
}

func (l *leads) put(at lead, event string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.to == nil || len(l.to) >= maxLeads {
		l.to = map[lead]led{}
	}
	l.to[at] = led{event: event, until: time.Now().Add(leadLife)}
}

// byLead finds city, event and view of a stranger's request by where its address
// led before, and says whether it could. Who signed in is always looked up:
// staff want to see what they just did, on every copy.
func (r *Request) byLead(at lead, old bool) bool {
	s := r.Server
	if r.Method() != fiber.MethodGet || at.slug == "" || r.SessionSecret() != "" {
		return false
	}
	event := s.leads.get(at, old)
	if event == "" {
		return false
	}
	view, err := s.P.Views.Of(r.Context(), event)
	if err != nil || view.Event.Slug != at.slug {
		return false // removed, or renamed: the store knows better
	}
	r.City, r.Event, r.View = view.City, view.Event, view
	r.T = s.P.Locale.For(s.language(r.Ctx, view.Event.Locales))
	r.Party, r.Proof = s.partyOf(r.Ctx, r.City.ID)
	return true
}
