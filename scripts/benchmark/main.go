// Benchmark prints the performance goals, each as a ratio to its limit measured
// in the same run: run it by scripts/bench. The server under test and the limit
// are processes of their own, so that both share the machine alike.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"feria/platform"
)

var (
	binary = flag.String("feria", "", "the binary under test")
	dir    = flag.String("dir", "", "a folder for data")
	only   = flag.String("only", "", "rows to run, separated by commas; empty: all")
	short  = flag.Bool("short", false, "a tenth of the work")
	limit  = flag.String("limit", "", "be the limit: serve the files of this folder and echo, on the address that follows")
)

// work scales a number of requests.
func work(n int) int {
	if *short {
		return max(n/10, 64)
	}
	return n
}

func wanted(goal string) bool {
	return *only == "" || slices.Contains(strings.Split(*only, ","), goal)
}

func main() {
	flag.Parse()
	if *limit != "" {
		fail(serveLimit(*limit, flag.Arg(0), flag.Arg(1)))
		return
	}
	if *binary == "" || *dir == "" {
		fmt.Fprintln(os.Stderr, "run scripts/bench")
		os.Exit(2)
	}
	ctx := context.Background()
	printHead(os.Stdout)
	for _, kind := range []string{"sqlite", "mongodb"} {
		uri := os.Getenv("FERIA_TEST_MONGODB")
		if kind == "mongodb" && uri == "" {
			fmt.Println("\nFERIA_TEST_MONGODB names no server: SQLite only.")
			continue
		}
		fail(runAll(ctx, kind, uri))
	}
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func runAll(ctx context.Context, kind, uri string) error {
	t, err := makeTown(ctx, kind, uri)
	if err != nil {
		return fmt.Errorf("%s: %w", kind, err)
	}
	if kind == "mongodb" {
		defer func() { fail(dropDatabase(ctx, t.config.Store)) }()
	}
	for _, bench := range []func(context.Context, *town) error{missedPage, booking, calendarMiss, pictures, imports, growth} {
		if err := bench(ctx, t); err != nil {
			return err
		}
	}
	began := time.Now()
	feria, err := start(t.addr, *binary, "serve", "--addr", t.addr, "--data", t.config.Data, "--store", t.config.Store)
	if err != nil {
		return err
	}
	ready := time.Since(began)
	defer feria.stop()
	t.server = feria
	feria.quiet()
	lim, err := startLimit(ctx, t, uri)
	if err != nil {
		return err
	}
	defer lim.stop()
	for _, bench := range []func(*town) error{cached, filters, admissions, wire, bookings, openLoop} {
		if err := bench(t); err != nil {
			return err
		}
	}
	if wanted("13") {
		size, err := os.Stat(*binary)
		if err != nil {
			return err
		}
		feria.quiet()
		time.Sleep(memoryRest)
		rss := feria.memory("VmRSS")
		print(os.Stdout, row{goal: "13", what: "ready after start", store: kind, figure: ready.Round(time.Millisecond).String(), also: readyGoal(kind), failed: kind == "sqlite" && ready > 500*time.Millisecond})
		print(os.Stdout, row{goal: "13", what: "memory after all benches", store: kind, figure: fmt.Sprintf("%d MB", rss>>20), also: "≤ 160 MB", failed: rss > 160<<20, note: fmt.Sprintf("at rest; at most %d MB in between", feria.memory("VmHWM")>>20)})
		print(os.Stdout, row{goal: "13", what: "program", store: kind, figure: fmt.Sprintf("%d MB", size.Size()>>20), also: "≤ 45 MB", failed: size.Size() > 45<<20})
	}
	feria.stop()
	return t.doctor(ctx, kind)
}

// readyGoal is about SQLite; on MongoDB the network decides.
func readyGoal(kind string) string {
	if kind == "sqlite" {
		return "≤ 0.5 s"
	}
	return ""
}

func (t *town) doctor(ctx context.Context, kind string) error {
	p, err := platform.Open(ctx, t.config, platform.Options{Version: "bench", NoJobs: true})
	if err != nil {
		return err
	}
	found := 0
	begun := time.Now()
	_, err = p.Doctor(ctx, func(problem string) {
		if !strings.Contains(problem, "effects to carry out") {
			found++
			fmt.Println("doctor:", problem)
		}
	})
	if err == nil {
		for slot, seats := range t.slots {
			r, rosterErr := p.Registration.Roster(ctx, slot)
			if rosterErr != nil {
				err = rosterErr
				break
			}
			if r.Taken > seats {
				found++
				fmt.Printf("a slot of %d seats has %d taken\n", seats, r.Taken)
			}
		}
	}
	print(os.Stdout, row{goal: "15", what: "exact after all of it, doctor", store: kind, also: "exact, doctor clean", figure: fmt.Sprintf("%d problems in %s", found, time.Since(begun).Round(time.Millisecond)), failed: found > 0})
	if err != nil {
		return err
	}
	return p.Close()
}
