package main

import (
	"context"
	"os"

	qrcode "github.com/skip2/go-qrcode"

	"feria/ticketing"
)

// pictures is row 11: a pass that nobody drew yet, beside the library drawing
// the same.
func pictures(_ context.Context, t *town) error {
	if !wanted("11") || t.kind != "sqlite" {
		return nil
	}
	token := t.passes[0][0]
	const px = 588
	ours, limit, err := versus(50,
		func() error { _, err := ticketing.PNG(token, px); return err },
		func() error {
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
	print(os.Stdout, row{goal: "11", what: "pass as PNG on a miss", figure: ours.String(), limit: "skip2 " + limit.String(), ratio: float64(ours) / float64(limit), wanted: 1.1, atMost: true})
	ours, limit, err = versus(50,
		func() error { _, err := ticketing.SVG(token); return err },
		func() error {
			q, err := qrcode.New(token, qrcode.Medium)
			if err == nil {
				_ = q.Bitmap()
			}
			return err
		})
	if err != nil {
		return err
	}
	print(os.Stdout, row{goal: "11", what: "pass as SVG on a miss", figure: ours.String(), limit: "skip2's matrix " + limit.String(), ratio: float64(ours) / float64(limit), wanted: 1.1, atMost: true})
	return nil
}
