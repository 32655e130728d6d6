package festival

import (
	"context"

	"feria/store"
)

// Ahead loads what an import will compare with while its file is still being
// read, which takes as long.
type Ahead struct {
	s      *Service
	event  string // Event.ID
	seen   lastImport
	loaded *stocks
	err    error
	done   chan struct{}
}

// lastImport tells one state of what imports did to an event from the next.
type lastImport struct {
	id    string
	state ImportState
}

// LoadAhead begins to load the draft of an event, for one ApplyImport. What goes
// wrong is told there.
func (s *Service) LoadAhead(ctx context.Context, event string) *Ahead {
	a := &Ahead{s: s, event: event, done: make(chan struct{})}
	go func() {
		defer close(a.done)
		if a.seen, a.err = s.lastImport(ctx, event, ""); a.err == nil {
			a.loaded, a.err = s.loadStocks(ctx, event)
		}
	}()
	return a
}

// ApplyImport is Service.ApplyImport for the event of a.
func (a *Ahead) ApplyImport(ctx context.Context, by, file string, r Records, keep bool, progress func(done, total int)) (Import, error) {
	return a.s.applyImport(ctx, a, a.event, by, file, r, keep, progress)
}

// take gives what was loaded to the import that has begun, or nil if another
// import was at work meanwhile. What a person changed since is met by the writes,
// which have the loaded revisions as their conditions.
func (a *Ahead) take(ctx context.Context, running string) (*stocks, error) {
	if a == nil {
		return nil, nil
	}
	<-a.done
	if a.err != nil {
		return nil, a.err
	}
	now, err := a.s.lastImport(ctx, a.event, running)
	if err != nil || now != a.seen || now.state == ImportRunning {
		return nil, err
	}
	return a.loaded, nil
}

// lastImport is the newest import into an event other than one.
func (s *Service) lastImport(ctx context.Context, event, but string) (lastImport, error) {
	newest, err := imports.In(s.store).Find(ctx, store.By("event", event).Desc().Limit(2))
	if err != nil {
		return lastImport{}, err
	}
	for _, i := range newest {
		if i.ID != but {
			return lastImport{i.ID, i.State}, nil
		}
	}
	return lastImport{}, nil
}
