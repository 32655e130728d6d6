package platform

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync/atomic"
	"time"

	"feria/festival"
	"feria/jobs"
	"feria/kernel"
	"feria/locale"
	"feria/mail"
	"feria/people"
	"feria/registration"
	"feria/store"
	"feria/store/mongodb"
	"feria/store/sqlite"
	"feria/ticketing"
)

// Options are what a Config does not say.
type Options struct {
	Version string
	Log     *slog.Logger // nil: none
	Now     kernel.Clock // nil: the system's
	// NoJobs leaves the jobs to another copy; commands beside a running server
	// never start them anyway, Start does.
	NoJobs bool
	// Standing refuses to begin a new store in a folder that has none, for what
	// only looks or copies: a mistyped folder would be found in good health.
	Standing bool
}

// Platform is a running Feria without its server.
type Platform struct {
	Config  Config
	Version string
	Log     *slog.Logger
	Now     kernel.Clock

	Store        *store.Store
	Locale       *locale.Catalogues
	Festival     *festival.Service
	Registration *registration.Service
	Ticketing    *ticketing.Service
	People       *people.Service
	Outbox       *mail.Outbox
	Jobs         *jobs.Runner
	Views        *Views
	Limiter      *people.Limiter
	visitors     visitors
	Metrics      *Metrics

	secret []byte // of this installation; see Secret
	health health
	noJobs bool
	rested atomic.Int64 // until when fanOut rests, in nanoseconds since 1970
	hurry  atomic.Bool  // somebody has said that it cannot rest
	untend func()       // ends the tending of the memory; nil before Start
}

// Collections lists the declarations of every room: what backup, restore,
// doctor and erasure loop over.
func Collections() []store.Declaration {
	all := []store.Declaration{secrets, claims, uploads, uploadParts}
	for _, of := range [][]store.Declaration{
		festival.Collections(), registration.Collections(), ticketing.Collections(), people.Collections(), mail.Collections(), jobs.Collections(),
	} {
		all = append(all, of...)
	}
	return all
}

// Open opens the store, which builds its indexes and, on a MongoDB server, tries
// whether it is exact, and puts the services together. It starts nothing. Errors:
// those of the store; Unavailable store_unreachable for a MongoDB server that does
// not answer; Invalid no_store.
func Open(ctx context.Context, c Config, o Options) (*Platform, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = kernel.SystemClock
	}
	if year := o.Now().Year(); year < 2024 {
		return nil, fmt.Errorf("the clock of this machine says %d: set it first, passes and links would be wrong", year)
	}
	if _, err := os.Stat(os.TempDir()); err != nil { // large uploads and backups go through it
		return nil, fmt.Errorf("no folder for temporary files: %w; make it or set TMPDIR", err)
	}
	if o.Standing && !c.MongoDB() {
		if _, err := os.Stat(c.sqlitePath()); errors.Is(err, os.ErrNotExist) {
			return nil, kernel.New(kernel.Invalid, "no_store", "", "path", c.sqlitePath())
		}
	}
	driver, err := openDriver(ctx, c)
	if c.MongoDB() && errors.Is(err, store.ErrUnavailable) {
		return nil, &kernel.Error{Kind: kernel.Unavailable, Code: "store_unreachable", Args: map[string]any{"address": c.storeAddress()}, Cause: err}
	}
	if err != nil {
		return nil, err
	}
	s, err := store.Open(ctx, driver, store.Options{Declarations: Collections()})
	if err != nil {
		return nil, errors.Join(err, driver.Close())
	}
	p := &Platform{Config: c, Version: o.Version, Log: o.Log, Now: o.Now, Store: s, noJobs: o.NoJobs}
	if err := p.assemble(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return p, nil
}

func openDriver(ctx context.Context, c Config) (store.Driver, error) {
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	if c.MongoDB() {
		return mongodb.Open(ctx, c.Store)
	}
	return sqlite.Open(ctx, c.sqlitePath())
}

func (p *Platform) assemble(ctx context.Context) (err error) {
	if p.Locale, err = locale.Load(); err != nil {
		return err
	}
	if p.secret, err = installationSecret(ctx, p.Store); err != nil {
		return err
	}
	p.Metrics = newMetrics(p)
	p.Festival = festival.New(p.Store, p.Now)
	p.Views = newViews(p.Festival, p.Log)
	p.Registration = registration.New(p.Store, p.Now, registration.Options{
		Slots: slots{p.Views}, Secret: p.Secret("party links"), Places: p.Festival.SetPlaces, Wake: p.wakeFanOut,
		Decided: p.Metrics.booked,
	})
	p.Ticketing = ticketing.New(p.Store, p.Now, p.Secret("passes"), rights{p.Registration}).WithCities(p.cityIDs).WithDecided(p.Metrics.scanned)
	p.People = people.New(p.Store, p.Now)
	p.Limiter = people.NewLimiter(p.Store, p.Now)
	p.visitors = newVisitors(p.Now)
	p.Outbox = mail.New(p.Store, p.Now)
	p.Jobs = jobs.New(p.Store, p.Now, kernel.NewID(), p.Log)
	p.declareJobs()
	return nil
}

// Start begins to watch for what other copies change, to tend the memory and,
// unless told not to, to work on the jobs.
func (p *Platform) Start(ctx context.Context) error {
	p.Views.watch(ctx)
	p.untend = tendMemory(ctx, memoryEvery)
	if p.noJobs {
		return nil
	}
	return p.Jobs.Start(ctx)
}

// Close stops the jobs, waits for the one in hand, and closes the store.
func (p *Platform) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	p.Views.stop()
	if p.untend != nil {
		p.untend()
	}
	err := p.Jobs.Stop(ctx)
	p.Registration.Wait()
	p.Ticketing.Close()
	return errors.Join(err, p.Store.Close())
}

// secretDoc is the root of all keys that are derived and not stored.
type secretDoc struct {
	ID     string `json:"id"`
	Secret []byte `json:"secret"`
}

var secrets = store.Declare(store.Spec[secretDoc]{
	Name: "secrets", ID: func(s *secretDoc) string { return s.ID }, Shape: 1,
	Keep: "as long as the installation; a backup holds it, since links and passes hang on it",
})

func installationSecret(ctx context.Context, s *store.Store) ([]byte, error) {
	c := secrets.In(s)
	doc, err := c.Get(ctx, "installation")
	if errors.Is(err, store.ErrAbsent) {
		doc = secretDoc{ID: "installation", Secret: []byte(kernel.NewSecret())}
		if err = c.Insert(ctx, doc); errors.Is(err, store.ErrExists) { // another copy was first
			doc, err = c.Get(ctx, "installation")
		}
	}
	return doc.Secret, err
}

// Secret derives a key for one use from the installation's secret.
func (p *Platform) Secret(use string) []byte {
	mac := hmac.New(sha256.New, p.secret)
	mac.Write([]byte("feria/" + use))
	return mac.Sum(nil)
}
