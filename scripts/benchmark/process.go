package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

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
	p := &process{cmd}
	p.stop()
	return nil, fmt.Errorf("%s does not come up", name)
}

func (p *process) stop() {
	if p.cmd.ProcessState == nil {
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
	}
}

// memoryRest is how long a process that has nothing to do any more may take to give
// memory back.
const memoryRest = 15 * time.Second

// memory gives resident bytes: now ("VmRSS") or at most so far ("VmHWM").
func (p *process) memory(which string) int64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	var kb int64
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, which+":"); ok {
			fmt.Sscan(rest, &kb)
		}
	}
	return kb << 10
}

// tick is the unit of /proc/PID/stat: USER_HZ is 100 wherever Linux runs Go.
const tick = 10 * time.Millisecond

// cpu is the processor time that the process has taken so far, its own and the
// kernel's for it.
func (p *process) cpu() (time.Duration, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	// The name in parentheses may hold anything; utime and stime are the 12th and
	// 13th field after it.
	_, rest, _ := strings.Cut(string(stat[strings.LastIndexByte(string(stat), ')'):]), " ")
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0, fmt.Errorf("cannot read /proc/%d/stat", p.cmd.Process.Pid)
	}
	var user, system int64
	if _, err := fmt.Sscan(fields[11]+" "+fields[12], &user, &system); err != nil {
		return 0, err
	}
	return time.Duration(user+system) * tick, nil
}

// quiet waits until the process has nothing more to do: what follows a booking
// (mail, audit) is done by jobs after its answer, and must not slow down what is
// measured next. It gives up after a minute.
func (p *process) quiet() {
	const look = 500 * time.Millisecond
	last, err := p.cpu()
	for range 120 {
		time.Sleep(look)
		now, nextErr := p.cpu()
		if err != nil || nextErr != nil || now-last <= look/25 {
			return
		}
		last = now
	}
}

// ownCPU is the processor time of this process: the loader's.
func ownCPU() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}
