// Package capacity is the pure rule of limited places: who gets some, who
// waits, and who is next. Registration uses it for seats; ticketing will for
// quotas.
package capacity

// PassedOver is how often a waiting party may be passed over by smaller ones
// behind it. Then it blocks the line until it fits, so that a family of five is
// not overtaken for ever by couples.
const PassedOver = 3

// Waiting is one party in the line, first come first.
type Waiting struct {
	Places int // how many it wants
	Passed int // how often a party behind it was served before it
}

// Served is what Serve decided.
type Served struct {
	// Next are the indexes of those who get places now, in order of the line.
	Next []int
	// Passed holds how often each party has been passed over now, by index.
	Passed []int
	// Blocked is the index of the party that the line waits for, -1 for none.
	Blocked int
}

// Serve hands the places that are free, total less taken, to the line: to the
// first party that fits, then to the next, until nobody fits or a party that
// has been passed over PassedOver times does not. A party that wants more than
// there ever are neither gets any nor blocks. Serve changes nothing.
func Serve(total, taken int, line []Waiting) Served {
	s := Served{Passed: make([]int, len(line)), Blocked: -1}
	for i, w := range line {
		s.Passed[i] = w.Passed
	}
	free := Free(total, taken)
	var waiting []int // indexes of those who do not fit now
	for i, w := range line {
		switch {
		case free == 0:
			return s
		case w.Places > total:
		case w.Places > free:
			if w.Passed >= PassedOver {
				s.Blocked = i
				return s
			}
			waiting = append(waiting, i)
		default:
			free -= w.Places
			s.Next = append(s.Next, i)
			for _, j := range waiting {
				if s.Passed[j]++; s.Passed[j] >= PassedOver && s.Blocked < 0 {
					s.Blocked = j
				}
			}
			if s.Blocked >= 0 { // it was passed over for the last time
				return s
			}
		}
	}
	return s
}

// Free is how many places are left: never below zero, also when the total was
// lowered below what is taken.
func Free(total, taken int) int { return max(total-taken, 0) }
