package festival

import (
	"testing"
	"time"
)

// Where the clocks jump over midnight, a day begins at one o'clock.
func TestDayWithoutMidnight(t *testing.T) {
	for zone, day := range map[string]Date{"America/Santiago": "2027-09-05", "Africa/Cairo": "2027-04-30"} {
		loc := must(Zone(zone))
		if got := day.Time(loc).Format("2006-01-02 15:04"); got != string(day)+" 01:00" {
			t.Errorf("%s: %s begins at %s", zone, day, got)
		}
		// Half past midnight of the day after, where a day ends at five.
		if got := programmeDay(day.Add(1).Time(loc).Add(30*time.Minute), 300); got != day {
			t.Errorf("%s: the night after %s belongs to %s", zone, day, got)
		}
	}
}
