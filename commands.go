package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"feria/festival"
	"feria/kernel"
	"feria/people"
	"feria/platform"
	"feria/server"
)

// errUnwell is the doctor's: everything worked, and something does not agree.
var errUnwell = errors.New("the doctor found something")

// open puts the platform together for a command; its logs go to the standard
// error output, so that what a command prints can be read by a script.
func (c *call) open(ctx context.Context) (*platform.Platform, error) {
	return platform.Open(ctx, c.config, platform.Options{
		Version: version, Standing: c.standing,
		Log: slog.New(slog.NewJSONHandler(c.lines, &slog.HandlerOptions{Level: slog.LevelInfo})),
	})
}

// with opens the platform, runs f and closes it again.
func (c *call) with(ctx context.Context, f func(p *platform.Platform) error) error {
	p, err := c.open(ctx)
	if err != nil {
		return err
	}
	err = f(p)
	if closeErr := p.Close(); closeErr != nil {
		return errors.Join(err, closeErr)
	}
	return err // as it is: what wraps an error is told beside its sentence
}

func serve(ctx context.Context, c *call) error {
	return c.with(ctx, func(p *platform.Platform) error { return c.listen(ctx, p) })
}

// listen serves until the context ends, then drains.
func (c *call) listen(ctx context.Context, p *platform.Platform) error {
	cities, err := p.Festival.Cities(ctx)
	if err != nil {
		return err
	}
	if len(cities) == 0 {
		fmt.Fprintln(c.out, "No city yet. Make the first owner:  feria owner add --email you@example.org")
		fmt.Fprintln(c.out, "Or look at an invented one:         feria demo")
	}
	return server.Run(ctx, p, func(addr string) { fmt.Fprintln(c.out, "Feria is at", c.config.URL, "listening on", addr) })
}

func demo(ctx context.Context, c *call) error {
	return c.with(ctx, func(p *platform.Platform) error {
		d, err := p.Demo(ctx)
		if err != nil {
			return err
		}
		if d.New {
			fmt.Fprintln(c.out, "Harbour City is made: a festival, a conference and a twin-city visit.")
		}
		fmt.Fprintln(c.out, "Open", c.config.URL, "or be one of its people (each link works once, within the hour; the citizen's as often as you like):")
		for _, l := range d.Links {
			fmt.Fprintf(c.out, "  %-10s %-16s %s\n", l.Role, l.Who, l.URL)
		}
		return c.listen(ctx, p)
	})
}

func importFlags(set *flag.FlagSet, o *options) {
	set.StringVar(&o.city, "city", "", "city; needed only when there are several")
	set.StringVar(&o.event, "event", "", "the event's word in addresses")
	set.StringVar(&o.kind, "kind", string(festival.Conference), "festival, conference or visit, for a new event")
	set.StringVar(&o.zone, "zone", "", "IANA time zone, for a new event of a file that names none")
	set.BoolVar(&o.publish, "publish", false, "publish the programme afterwards")
	set.BoolVar(&o.keep, "keep", false, "keep what earlier imports brought and this file lacks")
}

func importFile(ctx context.Context, c *call) error {
	if c.options.event == "" {
		return errors.New("--event is missing: the event's word in addresses, for example --event autumn-2027")
	}
	data, err := os.ReadFile(c.args[0])
	if err != nil {
		return err
	}
	return c.with(ctx, func(p *platform.Platform) error {
		city, err := p.CommandCity(ctx, c.options.city)
		if err != nil {
			return err
		}
		done, err := p.ImportFile(ctx, platform.ImportRequest{
			City: city.ID, Slug: c.options.event, Kind: festival.Kind(c.options.kind), Zone: c.options.zone,
			File: filepath.Base(c.args[0]), Data: data, Publish: c.options.publish, Keep: c.options.keep, By: "command line",
		})
		if err != nil {
			return err
		}
		en := p.Locale.For("en")
		for _, f := range done.Import.Report {
			fmt.Fprintf(c.out, "%-9s %s: %s\n", f.Level, cmp.Or(f.Record, done.Import.File), en.T("finding."+f.Code, pairs(f.Args)...))
		}
		fmt.Fprintf(c.out, "%s: %d added, %d changed, %d dropped, %d remarks\n", c.options.event, done.Added, done.Changed, done.Dropped, len(done.Import.Report))
		if done.Release > 0 {
			fmt.Fprintf(c.out, "release %d is public: %s/%s\n", done.Release, c.config.URL, c.options.event)
		}
		return nil
	})
}

func pairs(args map[string]any) []any {
	out := make([]any, 0, 2*len(args))
	for k, v := range args {
		out = append(out, k, v)
	}
	return out
}

func ownerFlags(set *flag.FlagSet, o *options) {
	set.StringVar(&o.city, "city", "", "city; needed only when there are several, or its id for the first")
	set.StringVar(&o.mail, "email", "", "mail address of the owner")
	set.StringVar(&o.name, "name", "", "name of the owner")
}

func addOwner(ctx context.Context, c *call) error {
	if c.options.mail == "" {
		return kernel.New(kernel.Invalid, "mail_missing", "email")
	}
	return c.with(ctx, func(p *platform.Platform) error {
		city, err := p.FirstCity(ctx, c.options.city)
		if err != nil {
			return err
		}
		person, err := p.People.AddOwner(ctx, city.ID, c.options.mail, c.options.name)
		if err != nil {
			return err
		}
		secret, err := p.People.PrintedLink(ctx, person.ID)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(c.out, p.SignInURL(secret))
		return err
	})
}

func tokenFlags(set *flag.FlagSet, o *options) {
	set.StringVar(&o.city, "city", "", "city; needed only when there are several")
	set.StringVar(&o.role, "role", "", "owner, organizer, exhibitor or volunteer")
	set.StringVar(&o.event, "event", "", "the event's word in addresses; not for an owner")
	set.StringVar(&o.name, "name", "command line", "what the token is for")
}

func addToken(ctx context.Context, c *call) error {
	return c.with(ctx, func(p *platform.Platform) error {
		city, err := p.CommandCity(ctx, c.options.city)
		if err != nil {
			return err
		}
		eventID := ""
		if c.options.event != "" {
			event, err := p.Festival.EventBySlug(ctx, city.ID, c.options.event)
			if kernel.KindOf(err) == kernel.NotFound {
				return fmt.Errorf("there is no event %q", c.options.event)
			}
			if err != nil {
				return err
			}
			eventID = event.ID
		}
		secret, err := p.People.NewToken(ctx, city.ID, eventID, people.Role(c.options.role), c.options.name, "command line")
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(c.out, secret)
		return err
	})
}

func doctor(ctx context.Context, c *call) error {
	c.standing = true
	return c.with(ctx, func(p *platform.Platform) error {
		begun := time.Now()
		found, err := p.Doctor(ctx, func(problem string) { fmt.Fprintln(c.out, problem) })
		if err != nil {
			return err
		}
		fmt.Fprintf(c.out, "%d problems, looked for %s\n", found, time.Since(begun).Round(time.Millisecond))
		if found > 0 {
			return errUnwell
		}
		return nil
	})
}

func backup(ctx context.Context, c *call) error {
	c.standing = true
	return c.with(ctx, func(p *platform.Platform) error {
		sum, err := p.BackupFile(ctx, c.args[0])
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(c.out, "%s: %d documents in %d collections, %d bytes\n", c.args[0], sum.Documents, sum.Collections, sum.Bytes)
		return err
	})
}

func restore(ctx context.Context, c *call) error {
	return c.with(ctx, func(p *platform.Platform) error {
		sum, err := p.RestoreFile(ctx, c.args[0])
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(c.out, "%d documents in %d collections are back\n", sum.Documents, sum.Collections)
		return err
	})
}
