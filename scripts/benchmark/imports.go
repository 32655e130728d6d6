package main

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"feria/festival"
	"feria/platform"
)

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

// imports is row 12 on SQLite; over the MongoDB wire makeTown measures its own
// import.
func imports(ctx context.Context, t *town) error {
	if !wanted("12") || t.kind != "sqlite" {
		return nil
	}
	config := platform.Config{Addr: "127.0.0.1:0", Data: filepath.Join(*dir, "import")}
	if err := config.Complete(); err != nil {
		return err
	}
	p, err := platform.Open(ctx, config, platform.Options{Version: "bench", NoJobs: true})
	if err != nil {
		return err
	}
	return errors.Join(importsBeside(ctx, p, t.file), p.Close())
}

func importsBeside(ctx context.Context, p *platform.Platform, file []byte) error {
	city, err := p.FirstCity(ctx, "town")
	if err != nil {
		return err
	}
	n := 0
	load := func() error {
		slug := fmt.Sprintf("fosdem-%d", n)
		_, err := p.ImportFile(ctx, platform.ImportRequest{City: city.ID, Slug: slug, Kind: festival.Conference, File: "fosdem.xml", Data: file, By: "bench"})
		return err
	}
	decode := func() error { return xml.Unmarshal(file, &frab{}) }
	for _, goal := range []struct {
		what   string
		wanted float64
		ours   func() error
	}{
		{"import of FOSDEM", 4, func() error { n++; return load() }},
		{"again, unchanged", 2.5, load},
	} {
		ours, limit, err := versus(1, goal.ours, decode)
		if err != nil {
			return err
		}
		print(os.Stdout, row{goal: "12", what: goal.what, store: "sqlite", figure: ours.Round(time.Millisecond).String(), limit: "decoding it " + limit.Round(time.Millisecond).String(), ratio: float64(ours) / float64(limit), wanted: goal.wanted, atMost: true})
	}
	return nil
}
