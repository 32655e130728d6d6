package registration

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"feria/store"
	"feria/store/storetest"
)

// BenchmarkService_Book is goal 6 of performance.md without its limit: new
// parties from 64 clients, in process, durable.
func BenchmarkService_Book(b *testing.B) {
	for _, row := range []struct {
		name  string
		slots int
		seats int
	}{{"one slot of 500, then full", 1, 500}, {"300 slots of 30", 300, 30}, {"one counted slot", 1, MaxCounted}} {
		b.Run(row.name, func(b *testing.B) {
			s, err := store.Open(context.Background(), storetest.Drivers(b)(), store.Options{Declarations: Collections(), SkipSelfTest: true})
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			w := townOn(b, s)
			w.o.Places = nil
			ids := make([]string, row.slots)
			for i := range ids {
				ids[i] = w.slot(fmt.Sprintf("s%03d", i), row.seats, 0)
			}
			var next, busy atomic.Int64
			b.ResetTimer()
			var wait sync.WaitGroup
			for range 64 {
				wait.Go(func() {
					for {
						n := next.Add(1) - 1
						if n >= int64(b.N) {
							return
						}
						_, err := w.Book(context.Background(), ask(ids[int(n)%len(ids)], 1))
						if err != nil {
							busy.Add(1)
						}
					}
				})
			}
			wait.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "bookings/s")
			b.ReportMetric(float64(busy.Load()), "refused")
		})
	}
}
