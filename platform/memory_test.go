package platform

import (
	"runtime"
	"testing"
	"time"
)

func TestMemory_idle(t *testing.T) {
	const mb = 1 << 20
	for name, c := range map[string]struct {
		before, now memory
		inUse       uint64
		want        bool
	}{
		"after a rush":     {memory{7, 110 * mb}, memory{7, 110 * mb}, 40 * mb, true},
		"in a rush":        {memory{7, 110 * mb}, memory{8, 110 * mb}, 40 * mb, false},
		"not worth it":     {memory{7, 72 * mb}, memory{7, 72 * mb}, 40 * mb, false},
		"just worth it":    {memory{7, 72 * mb}, memory{7, 72*mb + 1}, 40 * mb, true},
		"all of it in use": {memory{7, 210 * mb}, memory{7, 210 * mb}, 205 * mb, false},
	} {
		if got := c.now.idle(c.before, c.inUse); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestTendMemory lets go of much and then waits for it to be given back.
func TestTendMemory(t *testing.T) {
	ballast := make([]byte, 128<<20)
	for i := range ballast {
		ballast[i] = 1
	}
	full := memoryNow().held
	runtime.KeepAlive(ballast)
	ballast = nil
	end := time.Now().Add(time.Minute)
	defer tendMemory(t.Context(), 20*time.Millisecond)()
	for held := full; held > full-(100<<20); held = memoryNow().held {
		if time.Now().After(end) {
			t.Fatalf("%d MB are still held of %d", held>>20, full>>20)
		}
		time.Sleep(20 * time.Millisecond)
	}
}
