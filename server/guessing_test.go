package server_test

import (
	"fmt"
	"net/http"
	"testing"

	"feria/people"
)

// Who guesses short codes is stopped, also when each guess comes from a device
// with a new name.
func TestScan_guessingCodesOnManyDevices(t *testing.T) {
	town, _ := newTown(t)
	v := town.program(people.Volunteer, town.week.ID)
	for n := range 150 {
		p := v.json(http.MethodPost, "/events/learning-week/gates/main/scans", map[string]any{
			"token": fmt.Sprintf("AAAA%04d", n), "nonce": fmt.Sprint("n", n), "device": fmt.Sprint("d", n),
		}, nil)
		if p.StatusCode == http.StatusTooManyRequests {
			if n < 50 || p.Header.Get("Retry-After") == "" {
				t.Errorf("stopped at guess %d, to try again in %q seconds", n, p.Header.Get("Retry-After"))
			}
			p.has(t, "code_too_often")
			return
		}
		p.want(t, http.StatusOK)
	}
	t.Error("150 guesses in a minute")
}
