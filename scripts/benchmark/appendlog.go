package main

import (
	"os"
)

// appendLog is the least that makes something durable: a file that has its size
// already, one writer that appends all that has queued up, syncs once and then
// answers, as the writer of the SQLite store groups its commits.
type appendLog struct {
	file  *os.File
	size  int64
	queue chan entry
	ended chan struct{}
}

type entry struct {
	data []byte
	done chan error
}

// logQueue is how many entries may wait: more than there are callers.
const logQueue = 256

func newAppendLog(path string, size int64) (*appendLog, error) {
	file, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	zeros := make([]byte, 1<<20)
	for at := int64(0); at < size; at += int64(len(zeros)) {
		if _, err := file.Write(zeros); err != nil {
			return nil, err
		}
	}
	if err := file.Sync(); err != nil {
		return nil, err
	}
	l := &appendLog{file: file, size: size, queue: make(chan entry, logQueue), ended: make(chan struct{})}
	go l.run()
	return l, nil
}

// add comes back when data is on the disk.
func (l *appendLog) add(data []byte) error {
	done := make(chan error, 1)
	l.queue <- entry{data, done}
	return <-done
}

func (l *appendLog) run() {
	defer close(l.ended)
	var at int64
	var buffer []byte
	var group []entry
	for first := range l.queue {
		group, buffer = append(group[:0], first), append(buffer[:0], first.data...)
		for more := true; more; {
			select {
			case e, ok := <-l.queue:
				if more = ok; ok {
					group, buffer = append(group, e), append(buffer, e.data...)
				}
			default:
				more = false
			}
		}
		if at+int64(len(buffer)) > l.size { // never in a file that is large enough
			at = 0
		}
		_, err := l.file.WriteAt(buffer, at)
		if err == nil {
			err = l.file.Sync()
		}
		at += int64(len(buffer))
		for _, e := range group {
			e.done <- err
		}
	}
}

func (l *appendLog) close() error {
	close(l.queue)
	<-l.ended
	return l.file.Close()
}
