package web

import (
	"strconv"
	"time"
)

// step counts the five minutes, by which what depends on the clock changes.
func step(now time.Time) int64 { return now.Unix() / 300 }

// pageKey names a public page by what it was made of: city, event, release,
// live epoch, places epoch and language, then what the handler adds. What
// changes by the clock (what is over, what starts soon) changes by the five
// minutes.
func (r *Request) pageKey(key string) string {
	b := make([]byte, 0, 160)
	b = append(b, r.City.ID...)
	b = append(b, '|')
	if r.View != nil {
		b = append(b, r.Event.ID...)
		for _, n := range []int64{int64(r.View.Release), int64(r.View.Live), r.View.Places} {
			b = append(b, '|')
			b = strconv.AppendInt(b, n, 36)
		}
	} else {
		b = append(b, r.City.ChangedAt.String()...)
	}
	b = append(b, '|')
	b = append(b, r.T.Lang()...)
	b = append(b, '|')
	b = strconv.AppendInt(b, step(r.Now), 36)
	b = append(b, '|')
	b = append(b, key...)
	return string(b)
}
