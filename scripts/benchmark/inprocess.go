package main

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"time"

	qrcode "github.com/skip2/go-qrcode"

	"feria/festival"
	"feria/festival/feed"
	"feria/platform"
	"feria/ticketing"
)

// inProcess measures what needs no server: pictures of passes, calendars on a
// miss, and imports.
func inProcess(ctx context.Context, t *town) error {
	if wanted("11") {
		if err := pictures(t); err != nil {
			return err
		}
	}
	if wanted("12") {
		return imports(ctx, t)
	}
	return nil
}

// each is the time of one call, as the median of a few rounds.
func each(n int, f func() error) (time.Duration, error) {
	var failed error
	took := median(5, func(d time.Duration) float64 { return float64(d) }, func() time.Duration {
		begun := time.Now()
		for range n {
			if err := f(); err != nil {
				failed = err
			}
		}
		return time.Since(begun) / time.Duration(n)
	})
	return took, failed
}

func pictures(t *town) error {
	token := t.passes[0]
	const px = 588
	limit, err := each(50, func() error {
		q, err := qrcode.New(token, qrcode.Medium)
		if err != nil {
			return err
		}
		_, err = q.PNG(px)
		return err
	})
	if err != nil {
		return err
	}
	ours, err := each(50, func() error { _, err := ticketing.PNG(token, px); return err })
	if err != nil {
		return err
	}
	print(os.Stdout, row{goal: "11", what: "pass as PNG on a miss", figure: ours.String(), limit: "skip2 " + limit.String(), ratio: float64(ours) / float64(limit), wanted: 1.1, atMost: true})
	if limit, err = each(50, func() error {
		q, err := qrcode.New(token, qrcode.Medium)
		if err == nil {
			_ = q.Bitmap()
		}
		return err
	}); err != nil {
		return err
	}
	if ours, err = each(50, func() error { _, err := ticketing.SVG(token); return err }); err != nil {
		return err
	}
	print(os.Stdout, row{goal: "11", what: "pass as SVG on a miss", figure: ours.String(), limit: "skip2's matrix " + limit.String(), ratio: float64(ours) / float64(limit), wanted: 1.1, atMost: true})
	return nil
}

// frab is FOSDEM's XML as plain structs: the limit of reading it.
type frab struct {
	Days []struct {
		Rooms []struct {
			Name   string `xml:"name,attr"`
			Events []struct {
				ID       string   `xml:"id,attr"`
				GUID     string   `xml:"guid,attr"`
				Date     string   `xml:"date"`
				Start    string   `xml:"start"`
				Duration string   `xml:"duration"`
				Title    string   `xml:"title"`
				Track    string   `xml:"track"`
				Type     string   `xml:"type"`
				Abstract string   `xml:"abstract"`
				Long     string   `xml:"description"`
				Persons  []string `xml:"persons>person"`
				Links    []string `xml:"links>link"`
			} `xml:"event"`
		} `xml:"room"`
	} `xml:"day"`
}

func imports(ctx context.Context, t *town) error {
	limit, err := each(1, func() error { return xml.Unmarshal(t.file, &frab{}) })
	if err != nil {
		return err
	}
	config := platform.Config{Addr: "127.0.0.1:0", Data: filepath.Join(*dir, "import")}
	if err := config.Complete(); err != nil {
		return err
	}
	p, err := platform.Open(ctx, config, platform.Options{Version: "bench", NoJobs: true})
	if err != nil {
		return err
	}
	defer p.Close()
	city, err := p.FirstCity(ctx, "town")
	if err != nil {
		return err
	}
	n := 0
	var slug string
	load := func() error {
		_, err := p.ImportFile(ctx, platform.ImportRequest{City: city.ID, Slug: slug, Kind: festival.Conference, File: "fosdem.xml", Data: t.file, By: "bench"})
		return err
	}
	first, err := each(1, func() error { n++; slug = fmt.Sprintf("fosdem-%d", n); return load() })
	if err != nil {
		return err
	}
	again, err := each(1, load)
	if err != nil {
		return err
	}
	print(os.Stdout, row{goal: "12", what: "import of FOSDEM", store: "sqlite", figure: first.Round(time.Millisecond).String(), limit: "decoding it " + limit.Round(time.Millisecond).String(), ratio: float64(first) / float64(limit), wanted: 4, atMost: true})
	print(os.Stdout, row{goal: "12", what: "again, unchanged", store: "sqlite", figure: again.Round(time.Millisecond).String(), limit: "decoding it " + limit.Round(time.Millisecond).String(), ratio: float64(again) / float64(limit), wanted: 2.5, atMost: true})
	if !wanted("10") {
		return nil
	}
	if _, err := p.Publish(ctx, eventOf(ctx, p, city.ID, slug), "bench", nil); err != nil {
		return err
	}
	programme, err := p.Festival.Programme(ctx, eventOf(ctx, p, city.ID, slug))
	if err != nil {
		return err
	}
	took, err := each(5, func() error {
		var b bytes.Buffer
		return feed.Calendar{Name: "FOSDEM", Zone: programme.Event.Zone, Entries: feed.Entries(programme, programme.Slots, []string{"en"}, nil)}.Encode(&b)
	})
	print(os.Stdout, row{goal: "10", what: "calendar of 1,079 events on a miss", figure: took.Round(10 * time.Microsecond).String(), note: "its ratio to go-ical: go test -bench . ./festival/feed"})
	return err
}

func eventOf(ctx context.Context, p *platform.Platform, city, slug string) string {
	e, err := p.Festival.EventBySlug(ctx, city, slug)
	if err != nil {
		return ""
	}
	return e.ID
}
