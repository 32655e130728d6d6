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
	also   string  // a goal that is no ratio, in words
	failed bool    // that goal was missed, or what was measured gave errors
	// unmeasured says why there is nothing to judge: a limit that failed, a row
	// that was left out.
	unmeasured string
	note       string
}

// verdict says "met" only of a goal that was measured.
func (r row) verdict() string {
	switch {
	case r.unmeasured != "":
		return "not measured: " + r.unmeasured
	case r.failed:
		return "missed"
	case r.wanted == 0 && r.also == "":
		return "no goal"
	case r.wanted == 0:
		return "met"
	case !(r.ratio > 0): // also when it is no number
		return "not measured"
	case r.atMost && r.ratio <= r.wanted, !r.atMost && r.ratio >= r.wanted:
		return "met"
	}
	return "missed"
}

func (r row) ratioText() string {
	if r.ratio == 0 {
		return ""
	}
	return fmt.Sprintf("%.2f", r.ratio)
}

func (r row) wantedText() string {
	var goals []string
	if r.wanted != 0 {
		sign := "≥"
		if r.atMost {
			sign = "≤"
		}
		goals = append(goals, fmt.Sprintf("%s %.2f", sign, r.wanted))
	}
	if r.also != "" {
		goals = append(goals, r.also)
	}
	return strings.Join(goals, "; ")
}

var heads = []string{"#", "what", "store", "figure", "limit in the same run", "ratio", "goal", "", "note"}

func print(w io.Writer, r row) {
	fmt.Fprintln(w, "| "+strings.Join([]string{r.goal, r.what, r.store, r.figure, r.limit, r.ratioText(), r.wantedText(), r.verdict(), r.note}, " | ")+" |")
}

func printHead(w io.Writer) {
	fmt.Fprintln(w, "| "+strings.Join(heads, " | ")+" |")
	fmt.Fprintln(w, strings.Repeat("|---", len(heads))+"|")
}
