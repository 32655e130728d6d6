package platform

import (
	"context"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// After a rush Go keeps what the rush has needed for as long as little is
// allocated, and a small machine has other things to do: so once it is quiet, what
// is not in use is given back.
const (
	memoryEvery = 5 * time.Second
	memoryWorth = 32 << 20 // bytes that are worth a collection
)

// memory is how Go's heap stands.
type memory struct {
	cycles uint64 // collections so far
	held   uint64 // bytes that the system has given and not got back
}

func memoryNow() memory {
	s := []metrics.Sample{
		{Name: "/gc/cycles/total:gc-cycles"},
		{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/unused:bytes"}, {Name: "/memory/classes/heap/free:bytes"},
	}
	metrics.Read(s)
	return memory{cycles: s[0].Value.Uint64(), held: s[1].Value.Uint64() + s[2].Value.Uint64() + s[3].Value.Uint64()}
}

// idle says whether to give back: nothing was collected since the memory was looked
// at before, and much more is held than was in use at last.
func (m memory) idle(before memory, inUse uint64) bool {
	return m.cycles == before.cycles && m.held > inUse+memoryWorth
}

// tendMemory gives back what is not in use, until the context ends or stop is
// called, which waits for that.
func tendMemory(ctx context.Context, every time.Duration) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(every)
		defer tick.Stop()
		var inUse uint64 // as it was found the last time
		for before := memoryNow(); ; {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			now := memoryNow()
			if now.idle(before, inUse) {
				debug.FreeOSMemory()
				now = memoryNow()
				inUse = now.held
			}
			before = now
		}
	}()
	return func() { cancel(); <-done }
}
