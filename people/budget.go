package people

import (
	"sync"
	"time"

	"feria/kernel"
)

// Budget is what strangers may use up in this process before they have to wait: it
// holds off scripts and gives nobody a right, so that each copy of Feria may keep
// its own and no use costs a row of the store. What must hold exactly, over all
// copies, is a Limiter's.
type Budget struct {
	most int           // what is there for each
	per  time.Duration // in which all of it comes back, evenly
	now  kernel.Clock

	mu   sync.Mutex
	used map[string]use
}

// use is how much of a budget somebody has used, as it stood at a time.
type use struct {
	n  float64
	at time.Time
}

// maxUsers bounds what a Budget remembers; beyond it all begin anew.
const maxUsers = 100_000

// NewBudget makes a Budget of most for each, all of which comes back within per.
func NewBudget(most int, per time.Duration, now kernel.Clock) *Budget {
	return &Budget{most: most, per: per, now: now, used: map[string]use{}}
}

// Take uses n of somebody's budget, if that is left; else it uses nothing and says
// how long to wait. Who has used nothing yet may take more than there is, once.
func (b *Budget) Take(who string, n int) (ok bool, wait time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	u := b.used[who].later(now, b.most, b.per)
	if over := u.n + float64(n) - float64(b.most); over > 0 && u.n > 0 {
		return false, time.Duration(min(over, u.n) / float64(b.most) * float64(b.per))
	}
	if len(b.used) >= maxUsers {
		b.tidy(now)
	}
	b.used[who] = use{n: u.n + float64(n), at: now}
	return true, 0
}

// Give takes back what was used for nothing.
func (b *Budget) Give(who string, n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if u, ok := b.used[who]; ok {
		b.used[who] = use{n: max(0, u.n-float64(n)), at: u.at}
	}
}

// later is what is still used at a later time.
func (u use) later(now time.Time, most int, per time.Duration) use {
	back := float64(now.Sub(u.at)) / float64(per) * float64(most)
	return use{n: max(0, u.n-max(0, back)), at: now}
}

func (b *Budget) tidy(now time.Time) {
	for who, u := range b.used {
		if u.later(now, b.most, b.per).n == 0 {
			delete(b.used, who)
		}
	}
	if len(b.used) > maxUsers*9/10 { // else the next ones would tidy again and again
		clear(b.used)
	}
}
