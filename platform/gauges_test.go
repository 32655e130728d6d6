package platform

import (
	"maps"
	"testing"
	"time"

	"feria/jobs"
)

func TestSuccesses(t *testing.T) {
	at := func(m int) time.Time { return time.Date(2027, 4, 12, 10, m, 0, 0, time.UTC) }
	got := successes([]jobs.Status{
		{Name: "well", Every: time.Second, Runs: []jobs.Run{{End: at(5), Outcome: jobs.Done}, {End: at(4), Outcome: jobs.Done}}},
		{Name: "ill", Every: time.Second, Runs: []jobs.Run{{End: at(5), Outcome: jobs.Failed}, {End: at(4), Outcome: jobs.CutOff}, {End: at(2), Outcome: jobs.Done}}},
		{Name: "never", Every: time.Second, Runs: []jobs.Run{{End: at(5), Outcome: jobs.Failed}}},
		{Name: "on call", Runs: []jobs.Run{{End: at(5), Outcome: jobs.Done}}},
	})
	if want := map[string]time.Time{"well": at(5), "ill": at(2)}; !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
