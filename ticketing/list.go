package ticketing

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"feria/kernel"
	"feria/store"
)

// ScanQuery asks for scans, newest first.
type ScanQuery struct {
	Event string // Event.ID, or
	Gate  string // Gate.ID
	// Since and Before bound Received, half open; zero: no bound.
	Since, Before time.Time
	Oldest        bool // oldest first instead, for exports
	Limit         int  // 0: 100
	After         string
}

// Listed is a scan with what became of it in the end.
type Listed struct {
	Scan
	Name string // whose pass it is, "" when none was found
	// Final is what the fold over all scans of the pass gives for it: OK and "",
	// or a reason. It differs from what the door was told where scans arrived
	// late; of an entry that did, it also says what had become of the pass by then.
	// Scans that are not folded, or too long ago, keep what was told.
	Final Reason
	// Twin is the entry that this one repeats: it is a double entry.
	Twin *First
	// Doubles counts the double entries that repeat this one.
	Doubles int
}

// Scans gives a page of scans and a cursor for the next, "" at the end. Errors:
// cursor_unknown for a cursor of another list, those of the store.
func (s *Service) Scans(ctx context.Context, q ScanQuery) ([]Listed, string, error) {
	query := store.By("event", q.Event)
	if q.Gate != "" {
		query = store.By("gate", q.Gate)
	}
	if !q.Since.IsZero() {
		query = query.From(q.Since)
	}
	if !q.Before.IsZero() {
		query = query.To(q.Before)
	}
	if !q.Oldest {
		query = query.Desc()
	}
	rows, next, err := s.scans.Page(ctx, query.Limit(q.Limit).After(q.After))
	if errors.Is(err, store.ErrBadQuery) {
		return nil, "", &kernel.Error{Kind: kernel.Invalid, Code: "cursor_unknown", Field: "after", Cause: err}
	}
	if err != nil {
		return nil, "", err
	}
	listed, err := s.finals(ctx, rows)
	return listed, next, err
}

// maxRefused bounds how many refused scans of one pass are shown.
const maxRefused = 200

// ScansOf gives the scans of one pass in the order in which they happened, those
// that were refused by the rules (or are void) too: the last 200 of these, and of the others
// all that its Admission still lists.
func (s *Service) ScansOf(ctx context.Context, pass string) ([]Listed, error) {
	rows, err := s.scans.Find(ctx, store.By("refused", pass).Desc().Limit(maxRefused))
	if err != nil {
		return nil, err
	}
	a, err := s.admissions.Get(ctx, pass)
	if err != nil && !errors.Is(err, store.ErrAbsent) {
		return nil, err
	}
	ids := make([]string, len(a.Scans))
	for i, ref := range a.Scans {
		ids[i] = scanID(a.Event, ref.Device, ref.Nonce)
	}
	folded, err := s.scans.GetMany(ctx, ids)
	if err != nil {
		return nil, err
	}
	rows = append(rows, folded...)
	slices.SortFunc(rows, func(a, b Scan) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
	return s.finals(ctx, rows)
}

// finals joins rows with their passes and folds, each read once.
func (s *Service) finals(ctx context.Context, rows []Scan) ([]Listed, error) {
	var ids []string
	seen := map[string]bool{}
	for _, r := range rows {
		if r.Pass != "" && !seen[r.Pass] {
			seen[r.Pass] = true
			ids = append(ids, r.Pass)
		}
	}
	passes, err := s.passes.GetMany(ctx, ids)
	if err != nil {
		return nil, err
	}
	of := make(map[string]Pass, len(passes))
	for _, p := range passes {
		of[p.ID] = p
	}
	docs, err := s.admissions.GetMany(ctx, ids)
	if err != nil {
		return nil, err
	}
	states := make(map[string]State, len(docs))
	for _, a := range docs {
		states[a.ID] = Fold(a.Scans, a.Base)
	}
	out := make([]Listed, len(rows))
	for i, r := range rows {
		out[i] = Listed{Scan: r, Name: of[r.Pass].Name, Final: r.Reason}
		if end, ok := states[r.Pass].of(ScanRef{Device: r.Device, Nonce: r.Nonce}); ok && r.Folded {
			out[i].Final, out[i].Twin, out[i].Doubles = end.Reason, end.First, end.Doubles
		}
		out[i].Final = cmp.Or(out[i].Final, of[r.Pass].after(r))
	}
	return out, nil
}
