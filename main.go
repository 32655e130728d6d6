// Feria is the platform with which a learning city runs its learning festival,
// its conferences and its twin-city visits. This file turns flags into a
// running platform; what it does is in the rooms that the README lists.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	_ "time/tzdata" // the zones, also where the machine has none

	"feria/kernel"
	"feria/locale"
	"feria/platform"
)

// version is set by the linker.
var version = "dev"

// command is one word after "feria".
type command struct {
	name  string // "owner add"
	args  string // what follows the flags
	about string
	flags func(set *flag.FlagSet, o *options)
	run   func(ctx context.Context, c *call) error
}

// options are the flags that are not settings.
type options struct {
	city, event, kind, mail, role, name, zone string
	publish, keep                             bool
}

// call is what a command gets.
type call struct {
	config  platform.Config
	options options
	args    []string
	out     io.Writer
	lines   *grouped // of the log
	// standing: the store must be there already
	standing bool
}

func commands() []command {
	return []command{
		{name: "serve", about: "serve (also without any word)", run: serve},
		{name: "demo", about: "fill a new data folder with an invented learning city, then serve", run: demo},
		{name: "import", args: "FILE", about: "bring a programme into an event, which is made if it is new", flags: importFlags, run: importFile},
		{name: "owner add", about: "make somebody owner of a city and print a sign-in link", flags: ownerFlags, run: addOwner},
		{name: "token add", about: "make a token for the API and print it", flags: tokenFlags, run: addToken},
		{name: "doctor", about: "look for what does not agree", run: doctor},
		{name: "backup", args: "FILE", about: "write everything into one archive, also while serving", run: backup},
		{name: "restore", args: "FILE", about: "bring a backup into an empty store", run: restore},
		{name: "version", about: "print the version", run: func(_ context.Context, c *call) error {
			_, err := fmt.Fprintln(c.out, "feria", version)
			return err
		}},
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run carries out one command line and gives the exit code: 0 done, 1 failed,
// 2 not understood, 3 done but the doctor found something.
func run(ctx context.Context, args []string, out, errs io.Writer) int {
	chosen, rest := choose(args)
	if chosen == nil {
		usage(errs)
		return 2
	}
	config, err := platform.FromEnvironment()
	if err != nil {
		fmt.Fprintln(errs, "feria:", err)
		return 2
	}
	c := &call{config: config, out: out, lines: newGrouped(errs)}
	set := flag.NewFlagSet("feria "+chosen.name, flag.ContinueOnError)
	set.SetOutput(errs)
	set.Usage = func() {
		fmt.Fprintf(errs, "feria %s [flags] %s\n  %s\n\n", chosen.name, chosen.args, chosen.about)
		set.PrintDefaults()
	}
	c.config.Flags(set)
	if chosen.flags != nil {
		chosen.flags(set, &c.options)
	}
	if c.args, err = parse(set, rest); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return 0
		}
		return 2
	}
	if wrong := chosen.miscounted(c.args); wrong != "" {
		fmt.Fprintf(errs, "feria %s: %s\n\n", chosen.name, wrong)
		set.Usage()
		return 2
	}
	if err := c.config.Complete(); err != nil {
		fmt.Fprintln(errs, "feria: these settings are wrong:")
		fmt.Fprintln(errs, err)
		return 2
	}
	err = chosen.run(ctx, c)
	c.lines.Flush()
	switch {
	case errors.Is(err, errUnwell):
		return 3
	case err != nil:
		fmt.Fprintln(errs, "feria:", sentence(err))
		return 1
	}
	return 0
}

// choose finds the command: the longest name that the words begin with, and
// serve where there is no word.
func choose(args []string) (*command, []string) {
	all := commands()
	slices.SortFunc(all, func(a, b command) int { return len(b.name) - len(a.name) })
	for _, c := range all {
		words := strings.Fields(c.name)
		if len(args) >= len(words) && slices.Equal(args[:len(words)], words) {
			return &c, args[len(words):]
		}
	}
	if len(args) == 0 || strings.HasPrefix(args[0], "-") && args[0] != "-h" && args[0] != "--help" && args[0] != "-help" {
		i := slices.IndexFunc(all, func(c command) bool { return c.name == "serve" })
		return &all[i], args
	}
	return nil, nil
}

// parse reads flags before, between and behind the other words, which it gives;
// behind "--" all are words.
func parse(set *flag.FlagSet, args []string) (words []string, err error) {
	var behind []string
	if i := slices.Index(args, "--"); i >= 0 {
		args, behind = args[:i], args[i+1:]
	}
	for {
		if err := set.Parse(args); err != nil {
			return nil, err
		}
		if set.NArg() == 0 {
			return append(words, behind...), nil
		}
		words, args = append(words, set.Arg(0)), set.Args()[1:]
	}
}

// miscounted says what is wrong with the number of words behind a command, "" if
// nothing is.
func (c *command) miscounted(words []string) string {
	wanted := strings.Fields(c.args)
	switch {
	case len(words) < len(wanted):
		return wanted[len(words)] + " is missing."
	case len(words) > len(wanted):
		return fmt.Sprintf("%q is one word too many.", words[len(wanted)])
	}
	return ""
}

func usage(w io.Writer) {
	fmt.Fprintln(w, "feria [command] [flags]")
	fmt.Fprintln(w)
	for _, c := range commands() {
		fmt.Fprintf(w, "  %-14s %s\n", strings.TrimSpace(c.name+" "+c.args), c.about)
	}
	fmt.Fprintln(w, "\nSettings are flags or FERIA_ variables: 'feria serve -h' lists them.")
}

// sentence says in plain words what went wrong, where the error has a sentence,
// followed by the cause: whoever reads a terminal may see it.
func sentence(err error) string {
	var known *kernel.Error
	if !errors.As(err, &known) {
		return err.Error()
	}
	catalogues, loadErr := locale.Load()
	if loadErr != nil {
		return err.Error()
	}
	text, next := catalogues.For("en").Error(err)
	if next != "" {
		text += " " + next
	}
	switch {
	case known.Cause != nil:
		text += " (" + known.Cause.Error() + ")"
	case err != error(known): // wrapped by what knows more, as the store does
		text += " (" + err.Error() + ")"
	}
	return text
}
