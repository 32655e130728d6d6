package festival

import (
	"context"
	"slices"
	"time"

	"feria/kernel"
	"feria/locale"
	"feria/store"
)

// Action is what an import does to a record.
type Action string

// The actions of an import.
const (
	AddRecord    Action = "add" // also: brings a removed one back
	ChangeRecord Action = "change"
	DropRecord   Action = "drop"
)

// Plan is what an import would do to a draft. Counts are by kind of record.
type Plan struct {
	Add    map[string]int `json:"add"`
	Change map[string]int `json:"change"`
	Drop   map[string]int `json:"drop"`
	Same   map[string]int `json:"same"`
	Items  []PlanItem     `json:"items"`  // adds and changes in the order of Kinds, then drops
	Report []Finding      `json:"report"` // of days far away, then the importer's, then the plan's own

	event  *eventPatch // what changes of the event itself
	first  []write     // before the others; see lend
	writes []write
	order  []string
}

// PlanItem is one record that an import adds, changes or drops.
type PlanItem struct {
	Action Action      `json:"action"`
	Kind   string      `json:"kind"`
	ID     string      `json:"id"`
	Key    string      `json:"key,omitempty"` // in the file
	Name   locale.Text `json:"name,omitempty"`
	// Fields are the JSON members that change; Overrides those of them that were
	// edited by hand since the last import and are lost to the file's new value.
	Fields    []string `json:"fields,omitempty"`
	Overrides []string `json:"overrides,omitempty"`
}

// Changes says whether the import would change anything.
func (p Plan) Changes() bool { return len(p.Items) > 0 }

// ImportCounts says, by kind of record, how many an import added, changed,
// dropped and found as they were.
type ImportCounts struct {
	Add    map[string]int `json:"add,omitempty"`
	Change map[string]int `json:"change,omitempty"`
	Drop   map[string]int `json:"drop,omitempty"`
	Same   map[string]int `json:"same,omitempty"`
}

// Totals adds up over the kinds.
func (c ImportCounts) Totals() (added, changed, dropped, same int) {
	sum := func(m map[string]int) (n int) {
		for _, v := range m {
			n += v
		}
		return
	}
	return sum(c.Add), sum(c.Change), sum(c.Drop), sum(c.Same)
}

// ImportState is how far an import came.
type ImportState string

// The states of an import.
const (
	ImportRunning ImportState = "running"
	ImportDone    ImportState = "done"
	ImportFailed  ImportState = "failed" // ended in the middle; can be undone or done again
	ImportUndone  ImportState = "undone"
)

// Import is one import that was done.
type Import struct {
	ID     string       `json:"id"` // Event.ID + "/" + own part
	Event  string       `json:"event"`
	File   string       `json:"file"`
	Format string       `json:"format"`
	At     time.Time    `json:"at"`
	By     string       `json:"by"`
	State  ImportState  `json:"state"`
	Counts ImportCounts `json:"counts"`
	Report []Finding    `json:"report,omitempty"`
	// Undone is when it was undone, and Kept what was left as it is then because
	// somebody changed it after the import.
	Undone   *time.Time `json:"undone,omitempty"`
	UndoneBy string     `json:"undone_by,omitempty"`
	Kept     []PlanItem `json:"kept,omitempty"`

	// Undoes is set in a row that only holds the event while an import is undone:
	// the ID of that import.
	Undoes string `json:"undoes,omitempty"`
	// Alive is when it last said that it goes on, UTC; zero until importTime/4
	// after At.
	Alive time.Time `json:"alive,omitzero"`

	Patch  *eventPatch `json:"patch,omitempty"` // the event before and after
	Images int         `json:"images"`          // number of chunks of before-images
}

// maxReport bounds how many findings an import keeps; the last then says how
// many more there were.
const maxReport = 2000

func bounded(report []Finding) []Finding {
	if len(report) <= maxReport {
		return report
	}
	more := Finding{Level: Guessed, Code: "plan_more", Args: map[string]any{"n": len(report) - maxReport}}
	return append(report[:maxReport:maxReport], more)
}

// Imports lists the imports into an event, the newest first. Error: Missing.
func (s *Service) Imports(ctx context.Context, event string) ([]Import, error) {
	if _, err := s.Event(ctx, event); err != nil {
		return nil, err
	}
	all, err := imports.In(s.store).Find(ctx, store.By("event", event).Desc())
	return slices.DeleteFunc(all, func(i Import) bool { return i.Undoes != "" }), err
}

// Import gives one import. Error: Missing.
func (s *Service) Import(ctx context.Context, id string) (Import, error) {
	i, err := imports.In(s.store).Get(ctx, id)
	return i, missing(err)
}

// importTime is how long an import may give no sign of life before another one
// may begin.
const importTime = 10 * time.Minute

// begin stores an import, or the row of an undoing, as running, so that no other
// begins meanwhile. One that gave no sign of life for too long has crashed and is
// ended. Error: Conflict import_running.
func (s *Service) begin(ctx context.Context, i Import) error {
	for try := 0; ; try++ {
		err := imports.In(s.store).Insert(ctx, i)
		if _, taken := takenBy(err); !taken {
			return err
		}
		ended, err := s.endImports(ctx, i.Event)
		if err != nil {
			return err
		}
		if ended == 0 || try > 2 {
			return kernel.New(kernel.Conflict, "import_running", "")
		}
	}
}

// goesOn says now and then that an import is alive, and refuses to go on with one
// that was ended meanwhile: somebody else is at work. Error: Conflict import_raced.
func (s *Service) goesOn(ctx context.Context, i *Import) error {
	now := s.now()
	if now.Before(i.lastSeen().Add(importTime / 4)) {
		return nil
	}
	i.Alive = now
	_, err := imports.In(s.store).Update(ctx, i.ID, func(stored *Import) error {
		if stored.State != ImportRunning {
			return kernel.New(kernel.Conflict, "import_raced", "")
		}
		stored.Alive = now
		return nil
	})
	return err
}

func (i Import) lastSeen() time.Time {
	if i.Alive.After(i.At) {
		return i.Alive
	}
	return i.At
}

// running says whether an import or an undoing is at work on an event.
func (s *Service) running(ctx context.Context, event string) (bool, error) {
	n, err := imports.In(s.store).Count(ctx, store.By("running", event))
	return n > 0, err
}

// endImports ends imports that crashed, and gives their number.
func (s *Service) endImports(ctx context.Context, event string) (int, error) {
	running, err := imports.In(s.store).Find(ctx, store.By("running", event))
	if err != nil {
		return 0, err
	}
	n, crashed := 0, s.now().Add(-importTime)
	for _, i := range running {
		if i.lastSeen().After(crashed) {
			continue
		}
		ended, err := imports.In(s.store).Update(ctx, i.ID, func(i *Import) error {
			if i.State != ImportRunning || i.lastSeen().After(crashed) {
				return store.ErrUnchanged
			}
			i.State = ImportFailed
			return nil
		})
		if err != nil {
			return n, err
		}
		if ended.State != ImportRunning {
			n++
		}
	}
	return n, nil
}

// endImport ends an import that is this caller's own.
func (s *Service) endImport(ctx context.Context, id string, state ImportState) error {
	_, err := imports.In(s.store).Update(ctx, id, func(i *Import) error {
		if i.State != ImportRunning {
			return store.ErrUnchanged
		}
		i.State = state
		return nil
	})
	return err
}
