// Benchmark prints the performance goals, each as a ratio to its limit measured
// in the same run: run it by scripts/bench. The server under test and the limit
// are processes of their own, so that both share the machine alike.
package main

import (
	"context"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
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
		fail(serveLimit(*limit, flag.Arg(0)))
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
	if kind == "sqlite" {
		if err := inProcess(ctx, t); err != nil {
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
	lim, err := startLimit(t)
	if err != nil {
		return err
	}
	defer lim.stop()
	for _, bench := range []func(*town) error{pages, filters, bookings, spread, admissions, calendars, openLoop} {
		if err := bench(t); err != nil {
			return err
		}
	}
	if wanted("13") {
		size, err := os.Stat(*binary)
		if err != nil {
			return err
		}
		rss := feria.rss()
		print(os.Stdout, row{goal: "13", what: "ready after start", store: kind, figure: ready.Round(time.Millisecond).String(), note: "goal 0.5 s on SQLite", failed: kind == "sqlite" && ready > 500*time.Millisecond})
		print(os.Stdout, row{goal: "13", what: "memory after all benches", store: kind, figure: fmt.Sprintf("%d MB", rss>>20), note: "goal 160 MB", failed: rss > 160<<20})
		print(os.Stdout, row{goal: "13", what: "program", store: kind, figure: fmt.Sprintf("%d MB", size.Size()>>20), note: "goal 45 MB", failed: size.Size() > 45<<20})
	}
	feria.stop()
	return t.doctor(ctx, kind)
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
	print(os.Stdout, row{goal: "15", what: "exact after all of it, doctor", store: kind, figure: fmt.Sprintf("%d problems in %s", found, time.Since(begun).Round(time.Millisecond)), failed: found > 0})
	if err != nil {
		return err
	}
	return p.Close()
}

// process is a server that was started.
type process struct{ cmd *exec.Cmd }

func start(addr, name string, args ...string) (*process, error) {
	cmd := exec.Command(name, args...)
	log, err := os.Create(filepath.Join(*dir, filepath.Base(name)+"."+strings.ReplaceAll(addr, ":", "-")+".log"))
	if err != nil {
		return nil, err
	}
	cmd.Stdout, cmd.Stderr = log, log // as in service: a log line for each request
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	for range 800 {
		if res, err := http.Get("http://" + addr + "/healthz"); err == nil {
			return &process{cmd}, res.Body.Close()
		}
		time.Sleep(5 * time.Millisecond)
	}
	return nil, fmt.Errorf("%s does not come up", name)
}

func (p *process) stop() {
	if p.cmd.ProcessState == nil {
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
	}
}

// rss is the resident memory in bytes.
func (p *process) rss() int64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	var kb int64
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			fmt.Sscan(rest, &kb)
		}
	}
	return kb << 10
}

func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}
