package search

import "math/bits"

// set is a set of slots by their place in the index, one bit each.
type set []uint64

func newSet(n int) set { return make(set, (n+63)/64) }

func (s set) add(i int) { s[i>>6] |= 1 << (i & 63) }

func (s set) remove(i int) { s[i>>6] &^= 1 << (i & 63) }

// keep leaves what is in both; a nil set leaves nothing.
func (s set) keep(o set) {
	if o == nil {
		clear(s)
		return
	}
	for i := range s {
		s[i] &= o[i]
	}
}

func (s set) count() int {
	n := 0
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

// each calls f in ascending order.
func (s set) each(f func(i int)) {
	for at, w := range s {
		for ; w != 0; w &= w - 1 {
			f(at<<6 | bits.TrailingZeros64(w))
		}
	}
}

// full is the set of the first n.
func full(n int) set {
	s := newSet(n)
	for i := range s {
		s[i] = ^uint64(0)
	}
	if n&63 != 0 {
		s[len(s)-1] = 1<<(n&63) - 1
	}
	return s
}
