package platform

import (
	"context"
	"errors"
	"strconv"
	"sync/atomic"
	"time"

	"feria/festival"
	"feria/kernel"
	"feria/store"
)

// An uploaded file is kept for an hour between its preview and its import, in
// the store, so that any copy of Feria can do either. MongoDB takes documents
// of 16 MB; a chunk is 8 MB before and 11 MB after base64.
const (
	keepUpload   = time.Hour
	uploadChunk  = 8 << 20
	progressBeat = 500 * time.Millisecond
	// lostAfter is how long an import may be silent before it is believed that
	// the copy that worked on it is gone.
	lostAfter = 30 * time.Second
	// importFor is the longest an import may take; festival takes one that runs
	// longer for crashed.
	importFor = 9 * time.Minute
)

// Upload is a programme file that waits for its import, and then how far that
// came.
type Upload struct {
	ID    string    `json:"id"`    // Event.ID + "/" + own part
	Event string    `json:"event"` // Event.ID
	File  string    `json:"file"`  // its name
	By    string    `json:"by"`
	At    time.Time `json:"at"`
	Parts int       `json:"parts"`
	// Begun is when somebody asked for the import, Beat the last sign of life of
	// the copy that works on it, and Ended its end.
	Begun time.Time `json:"begun,omitzero"`
	Beat  time.Time `json:"beat,omitzero"`
	Ended time.Time `json:"ended,omitzero"`
	Done  int       `json:"done"`  // records written
	Total int       `json:"total"` // records to write; 0 while that is not known
	// Import is the festival.Import that came of it; else Trouble and its
	// arguments say why not.
	Import  string         `json:"import,omitempty"`
	Kind    kernel.Kind    `json:"kind,omitempty"`
	Trouble string         `json:"trouble,omitempty"`
	Args    map[string]any `json:"args,omitempty"`
}

type uploadPart struct {
	ID   string    `json:"id"` // Upload.ID + "/" + number
	At   time.Time `json:"at"`
	Data []byte    `json:"data"`
}

var (
	uploads = store.Declare(store.Spec[Upload]{
		Name: "uploads", ID: func(u *Upload) string { return u.ID }, Shape: 1, NoBackup: true,
		Keep: "one hour after the upload or the end of its import", Until: func(u *Upload) time.Time { return u.until() },
	})
	uploadParts = store.Declare(store.Spec[uploadPart]{
		Name: "upload_parts", ID: func(c *uploadPart) string { return c.ID }, Shape: 1, NoBackup: true, Personal: []string{"data"},
		Keep: "one hour after the upload", Until: func(c *uploadPart) time.Time { return c.At.Add(keepUpload) },
	})
)

// until is when the upload may be deleted.
func (u *Upload) until() time.Time {
	if u.Beat.After(u.At) {
		return u.Beat.Add(keepUpload)
	}
	return u.At.Add(keepUpload)
}

// Running says whether a copy of Feria works on the import.
func (u Upload) Running(now time.Time) bool {
	return !u.Begun.IsZero() && u.Ended.IsZero() && now.Sub(u.Beat) < lostAfter
}

// Lost says that the import was begun and is heard of no more: that copy of
// Feria stopped in the middle. It may be begun again.
func (u Upload) Lost(now time.Time) bool {
	return !u.Begun.IsZero() && u.Ended.IsZero() && !u.Running(now)
}

// Err is why the import failed, nil if it did not.
func (u Upload) Err() error {
	if u.Trouble == "" {
		return nil
	}
	return &kernel.Error{Kind: u.Kind, Code: u.Trouble, Args: u.Args}
}

// KeepUpload keeps a file for an import into an event, for one hour.
func (p *Platform) KeepUpload(ctx context.Context, event, file, by string, data []byte) (Upload, error) {
	u := Upload{ID: festival.RecordID(event, kernel.NewID()), Event: event, File: file, By: by, At: p.Now()}
	for start := 0; start == 0 || start < len(data); start += uploadChunk {
		part := uploadPart{ID: partID(u.ID, u.Parts), At: u.At, Data: data[start:min(start+uploadChunk, len(data))]}
		if err := uploadParts.In(p.Store).Insert(ctx, part); err != nil {
			return Upload{}, err
		}
		u.Parts++
	}
	return u, uploads.In(p.Store).Insert(ctx, u)
}

func partID(upload string, n int) string { return upload + "/" + strconv.Itoa(n) }

// UploadState gives an upload without its bytes. Error: Gone upload_gone.
func (p *Platform) UploadState(ctx context.Context, id string) (Upload, error) {
	u, err := uploads.In(p.Store).Get(ctx, id)
	if errors.Is(err, store.ErrAbsent) || err == nil && !p.Now().Before(u.until()) {
		return Upload{}, uploadGone()
	}
	return u, err
}

// Upload gives an upload and its bytes. Error: Gone upload_gone.
func (p *Platform) Upload(ctx context.Context, id string) (Upload, []byte, error) {
	u, err := p.UploadState(ctx, id)
	if err != nil {
		return u, nil, err
	}
	ids := make([]string, u.Parts)
	for n := range ids {
		ids[n] = partID(id, n)
	}
	parts, err := uploadParts.In(p.Store).GetMany(ctx, ids)
	if err != nil {
		return u, nil, err
	}
	if len(parts) != u.Parts {
		return u, nil, uploadGone()
	}
	var data []byte
	for _, part := range parts {
		data = append(data, part.Data...)
	}
	return u, data, nil
}

func uploadGone() error { return kernel.New(kernel.Gone, "upload_gone", "") }

// ImportUpload begins to import an upload in the background and comes back at
// once; UploadState tells how far it is, in any copy of Feria. One that is at
// work, or was done already, is not begun again.
func (p *Platform) ImportUpload(ctx context.Context, id, by string, keep bool) error {
	now := p.Now()
	began := false
	u, err := uploads.In(p.Store).Update(ctx, id, func(u *Upload) error {
		began = false
		if u.Running(now) || u.Import != "" {
			return store.ErrUnchanged
		}
		began = true
		u.Begun, u.Beat, u.Ended, u.Done, u.Total = now, now, time.Time{}, 0, 0
		u.Kind, u.Trouble, u.Args = "", "", nil
		return nil
	})
	if errors.Is(err, store.ErrAbsent) {
		return uploadGone()
	}
	if err != nil || !began {
		return err
	}
	go func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), importFor)
		defer cancel()
		p.runUpload(ctx, u, by, keep)
	}()
	return nil
}

func (p *Platform) runUpload(ctx context.Context, u Upload, by string, keep bool) {
	var done, total atomic.Int64
	beating, stop := context.WithCancel(ctx)
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		tick := time.NewTicker(progressBeat)
		defer tick.Stop()
		for {
			select {
			case <-beating.Done():
				return
			case <-tick.C:
			}
			err := p.note(beating, u.ID, func(u *Upload) {
				u.Beat, u.Done, u.Total = p.Now(), int(done.Load()), int(total.Load())
			})
			if err != nil && beating.Err() == nil {
				p.Log.Warn("cannot note the progress of an import", "upload", u.ID, "error", err)
			}
		}
	}()
	made, err := p.importUpload(ctx, u, by, keep, func(n, of int) { done.Store(int64(n)); total.Store(int64(of)) })
	stop()
	<-stopped
	if err != nil {
		p.Log.Error("import failed", "upload", u.ID, "error", err)
	}
	if noteErr := p.note(ctx, u.ID, func(u *Upload) { u.end(p.Now(), made, err) }); noteErr != nil {
		p.Log.Error("cannot note the end of an import", "upload", u.ID, "error", noteErr)
	}
}

func (u *Upload) end(now time.Time, made festival.Import, err error) {
	u.Ended, u.Beat, u.Import = now, now, made.ID
	var refusal *kernel.Error
	switch {
	case err == nil:
		u.Done = u.Total
	case errors.As(err, &refusal):
		u.Kind, u.Trouble, u.Args, u.Import = refusal.Kind, refusal.Code, refusal.Args, ""
	default:
		u.Kind, u.Trouble, u.Import = kernel.Internal, "internal", ""
	}
}

func (p *Platform) note(ctx context.Context, id string, change func(*Upload)) error {
	_, err := uploads.In(p.Store).Update(ctx, id, func(u *Upload) error { change(u); return nil })
	return err
}

func (p *Platform) importUpload(ctx context.Context, u Upload, by string, keep bool, progress func(done, total int)) (festival.Import, error) {
	event, err := p.Festival.Event(ctx, u.Event)
	if err != nil {
		return festival.Import{}, err
	}
	city, err := p.Festival.City(ctx, event.City)
	if err != nil {
		return festival.Import{}, err
	}
	_, data, err := p.Upload(ctx, u.ID)
	if err != nil {
		return festival.Import{}, err
	}
	records, err := p.ReadFile(ctx, event, city, u.File, data, nil)
	if err != nil {
		return festival.Import{}, err
	}
	made, err := p.Festival.ApplyImport(ctx, event.ID, by, u.File, records, keep, progress)
	if err != nil {
		return made, err
	}
	_, err = p.Views.Refresh(ctx, event.ID)
	return made, err
}
