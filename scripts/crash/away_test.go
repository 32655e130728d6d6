package crash

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"feria/platform"
)

// away is a process whose store goes away and comes back, under load.
type away struct {
	*site
	p     *process
	proxy *proxy
	l     *ledger
}

// backWithin is how long after the store's return writes may still be refused
// (reliability: the breaker closes), and readyWithin how long readiness may take
// for its answer; a busy machine may add something to both.
const (
	backWithin  = 10 * time.Second
	readyWithin = time.Second
)

// The store goes away, once so that its address refuses and once so that it
// hangs: what was public stays, what would write is refused in plain words, readiness says no in time.
// When the store is back everything goes on, and nothing that was acknowledged
// is lost.
func TestStoreAway(t *testing.T) {
	address, ok := database(t, "away")
	if !ok {
		return
	}
	s := prepare(t, platform.Config{Store: address}, 20, 500, 500)
	proxy, through := proxyTo(t, address)
	a := &away{site: s, p: s.start(t, "--store", through), proxy: proxy, l: newLedger()}
	var over atomic.Bool
	var load sync.WaitGroup
	for n := range 4 {
		load.Go(func() { a.goOn(n, &over) })
	}
	time.Sleep(time.Second)
	for _, fault := range []struct {
		name    string
		off, on func()
	}{
		{"cut", func() { proxy.cut(t) }, func() { proxy.join(t) }},
		{"hung", proxy.hold, proxy.release},
	} {
		t.Run(fault.name, func(t *testing.T) { a.without(t, fault.off, fault.on) })
	}
	over.Store(true)
	load.Wait()
	a.l.must(t)
	s.settle(t)
	a.p.stop(t)
	s.check(t, a.l)
	mails := s.checkMails(t, a.l)
	t.Logf("%d bookings and %d scans acknowledged, %d mails", len(a.l.bookings), len(a.l.scans), mails)
}

// goOn books and scans through all of it, each under one key until it is done.
func (a *away) goOn(self int, over *atomic.Bool) {
	for n := 0; !over.Load(); n++ {
		key, token := fmt.Sprintf("away-key-%d-%d", self, n), a.passes[rand.IntN(len(a.passes))]
		var got reply
		var err error
		for ask := true; ask && !over.Load(); ask = err != nil || got.status == http.StatusServiceUnavailable {
			if self%2 == 0 {
				got, err = a.book(a.p.base, a.slots[0], 1, key+"@example.org", true, key)
			} else {
				got, err = a.scan(a.p.base, token, key, 1)
			}
			time.Sleep(10 * patience)
		}
		switch {
		case err != nil || got.status == http.StatusServiceUnavailable:
			return // over
		case self%2 == 0 && got.status == http.StatusCreated:
			a.l.booked(got, noted{at: a.slots[0], seats: 1, mail: key + "@example.org"})
		case self%2 == 0:
			a.l.note("booking: %s: %v", got.code(), got.json)
		default:
			a.l.scanned(got, token, key)
		}
	}
}

// without looks at what Feria does while its store is away, and after.
func (a *away) without(t *testing.T, off, on func()) {
	session := "/rush/sessions/" + a.slots[1].code
	public := []string{"/rush/programme", session}
	a.stays(t, public)
	off()
	var refused sync.WaitGroup
	refused.Go(func() { a.refusesProgram(t) })
	refused.Go(func() { a.refusesForm(t, session) })
	ended := make(chan struct{})
	go func() { refused.Wait(); close(ended) }()
	for going := true; going; {
		select {
		case <-ended:
			going = false
		case <-time.After(200 * time.Millisecond):
		}
		a.notReady(t)
		a.stays(t, public)
	}
	on()
	back := time.Now()
	a.comesBack(t, back, "readiness", func() bool {
		got, err := page(a.p.base, "/readyz")
		return err == nil && got.status == http.StatusOK
	})
	a.comesBack(t, back, "a booking", func() bool {
		got, err := a.book(a.p.base, a.slots[1], 1, "", false, "")
		return err == nil && got.status == http.StatusCreated
	})
}

// notReady asks for readiness, which says no and does not make anybody wait.
func (a *away) notReady(t *testing.T) {
	t.Helper()
	begun := time.Now()
	got, err := page(a.p.base, "/readyz")
	if err != nil || got.status != http.StatusServiceUnavailable {
		t.Errorf("readiness without a store: %d %s, %v", got.status, got.body, err)
	}
	if took := time.Since(begun); took > readyWithin+atWorst/4 {
		t.Errorf("readiness answers after %s", took)
	}
}

// staysWithin is how long a page that was public may take while the store is away.
const staysWithin = 3 * time.Second

// stays asks for what was public before.
func (a *away) stays(t *testing.T, paths []string) {
	t.Helper()
	impatient := &http.Client{Timeout: staysWithin + atWorst, Transport: client.Transport}
	for _, path := range paths {
		begun := time.Now()
		got, err := pageWith(impatient, a.p.base, path)
		if err != nil || got.status != http.StatusOK || !strings.Contains(got.body, "Session 1") {
			t.Errorf("%s does not stay public: %d after %s, %v", path, got.status, time.Since(begun).Round(time.Millisecond), err)
		}
	}
}

func (a *away) comesBack(t *testing.T, since time.Time, what string, works func() bool) {
	t.Helper()
	for !works() {
		if time.Since(since) > backWithin+atWorst {
			t.Errorf("%s: not %s after the store came back", what, time.Since(since).Round(time.Millisecond))
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Logf("%s: %s after the store came back", what, time.Since(since).Round(time.Millisecond))
}

// refusesProgram books by the API.
func (a *away) refusesProgram(t *testing.T) {
	begun := time.Now()
	got, err := a.book(a.p.base, a.slots[1], 1, "", false, "")
	if err != nil {
		t.Error(err)
		return
	}
	t.Logf("a booking by the API is refused after %s: %s", time.Since(begun).Round(time.Millisecond), got.body)
	if got.code() != "503 store_unavailable" || !strings.HasPrefix(got.header.Get("Content-Type"), "application/problem+json") {
		t.Errorf("the API: %s, %s", got.code(), got.header.Get("Content-Type"))
	}
	if got.header.Get("Retry-After") == "" {
		t.Error("the API does not say when to try again")
	}
}

// refusesForm books by the form of a session's page.
func (a *away) refusesForm(t *testing.T, session string) {
	begun := time.Now()
	got, err := submit(a.p.base, session+"/book", url.Values{
		"key": {"a-key-drawn-by-the-script"}, "slot": {a.slots[1].own}, "seats": {"2"}, "name": {"Ada Typed-Long"}, "mail": {"ada-typed@example.org"},
	})
	if err != nil {
		t.Error(err)
		return
	}
	t.Logf("a booking by the form is refused after %s with %d", time.Since(begun).Round(time.Millisecond), got.status)
	if got.status != http.StatusServiceUnavailable {
		t.Errorf("the form: %d", got.status)
	}
	if got.header.Get("Retry-After") == "" {
		t.Error("the form does not say when to try again")
	}
}
