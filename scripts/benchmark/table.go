package main

import (
	"fmt"
	"io"
	"strings"
)

// row is one line of the table: a figure, what it is compared with, the ratio
// and the goal.
type row struct {
	goal   string // number in the list of goals
	what   string
	store  string
	figure string
	limit  string
	ratio  float64
	wanted float64 // 0: no goal for the ratio
	atMost bool    // the ratio is to stay below; else above
	note   string
	failed bool // for goals that are not a ratio
}

func (r row) verdict() string {
	switch {
	case r.failed:
		return "missed"
	case r.wanted == 0:
		return "met"
	case r.atMost && r.ratio <= r.wanted, !r.atMost && r.ratio >= r.wanted:
		return "met"
	}
	return "missed"
}

func (r row) ratioText() string {
	if r.ratio == 0 && r.wanted == 0 {
		return ""
	}
	return fmt.Sprintf("%.2f", r.ratio)
}

func (r row) wantedText() string {
	if r.wanted == 0 {
		return ""
	}
	if r.atMost {
		return fmt.Sprintf("≤ %.2f", r.wanted)
	}
	return fmt.Sprintf("≥ %.2f", r.wanted)
}

var heads = []string{"#", "what", "store", "figure", "limit in the same run", "ratio", "goal", "", "note"}

func print(w io.Writer, r row) {
	fmt.Fprintln(w, "| "+strings.Join([]string{r.goal, r.what, r.store, r.figure, r.limit, r.ratioText(), r.wantedText(), r.verdict(), r.note}, " | ")+" |")
}

func printHead(w io.Writer) {
	fmt.Fprintln(w, "| "+strings.Join(heads, " | ")+" |")
	fmt.Fprintln(w, strings.Repeat("|---", len(heads))+"|")
}
