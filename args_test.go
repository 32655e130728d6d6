package main

import (
	"bytes"
	"flag"
	"io"
	"slices"
	"strings"
	"testing"
)

func TestParse_flagsAndWordsInAnyOrder(t *testing.T) {
	for _, row := range []struct {
		args, words string
		event       string
		publish     bool
	}{
		{"--event x --publish FILE", "FILE", "x", true},
		{"--event x FILE --publish", "FILE", "x", true},
		{"FILE --event=x", "FILE", "x", false},
		{"--event x -- --publish", "--publish", "x", false},
		{"one two --event x three", "one two three", "x", false},
		{"", "", "", false},
	} {
		var o options
		set := flag.NewFlagSet("", flag.ContinueOnError)
		importFlags(set, &o)
		words, err := parse(set, strings.Fields(row.args))
		if err != nil || !slices.Equal(words, strings.Fields(row.words)) || o.event != row.event || o.publish != row.publish {
			t.Errorf("%s: %v, %v, event %q, publish %v", row.args, words, err, o.event, o.publish)
		}
	}
}

// What is wrong with a command stands in the first line, before its usage.
func TestRun_saysWhatIsWrongFirst(t *testing.T) {
	for _, row := range []struct{ args, says string }{
		{"backup", "feria backup: FILE is missing."},
		{"import --event x", "feria import: FILE is missing."},
		{"serve extra", `feria serve: "extra" is one word too many.`},
		{"backup a b", `feria backup: "b" is one word too many.`},
		{"import FILE", "feria: --event is missing"},
	} {
		var errs bytes.Buffer
		code := run(t.Context(), append(strings.Fields(row.args), "--data", t.TempDir()), io.Discard, &errs)
		if first, _, _ := strings.Cut(errs.String(), "\n"); code == 0 || !strings.HasPrefix(first, row.says) {
			t.Errorf("%s: exit %d, %q first", row.args, code, first)
		}
	}
}
