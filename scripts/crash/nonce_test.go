package crash

import (
	"fmt"
	"testing"
)

// sameNonce sends each scan of a pass to both copies at the same moment, as a
// device does that had no answer from the one it asked first: a nonce is one
// scan, everybody hears the same of it, and no more go in than were booked.
func (r *pair) sameNonce(t *testing.T) {
	for n, token := range r.passes[10 : len(r.passes)-1] { // the last is for seen
		count := n % 3
		nonce := func(i int) string { return fmt.Sprintf("twice-%d-%d", n, i/2) }
		replies, errs := r.atOnce(12, func(i int, base string) (reply, error) { return r.scan(base, token, nonce(i), count) })
		in := map[string]int{} // by nonce: the most that anybody was told
		for i, got := range replies {
			must(t, errs[i])
			r.l.scanned(got, token, nonce(i))
			in[nonce(i)] = max(in[nonce(i)], got.number("passed"))
		}
		admitted := 0
		for _, passed := range in {
			admitted += passed
		}
		if admitted != passSeats {
			t.Errorf("a pass of %d, read %d at a time, let %d in: %v", passSeats, count, admitted, in)
		}
	}
	r.l.must(t)
}
