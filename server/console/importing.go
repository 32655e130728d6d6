package console

import (
	"io"
	"path"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"feria/festival"
	"feria/festival/intake"
	"feria/kernel"
	"feria/people"
	"feria/public/ui"
	"feria/server/console/setup"
	"feria/server/web"
)

// How much of a plan one page shows, and how long a file's name may be.
const (
	maxItems    = 200
	maxFindings = 200
	maxFileName = 120
)

func showImports(r *web.Request) error { return importPageFor(r, nil) }

func importPageFor(r *web.Request, refusal error) error {
	d := importPage{P: r.T, Base: setup.Base(r), File: ui.Field{
		ID: "file", Name: "file", Label: r.T.T("console.file"), Type: "file", Required: true, Accept: ".xml,.json,.ics,.csv,.txt,text/*,application/json,application/xml",
	}}
	status := fiber.StatusOK
	if refusal != nil {
		byField, above, ok := refused(r, refusal, "file")
		if !ok {
			return refusal
		}
		d.File.Error, d.Error, status = byField["file"], above, web.StatusOfForm(refusal)
	}
	all, err := r.P.Festival.Imports(r.Context(), r.Event.ID)
	if err != nil {
		return err
	}
	who := namesFor(r)
	for _, i := range all {
		row := importRow{At: moment(r, i.At), File: i.File, Counts: countsOf(r, i), State: stateOf(r, i), URL: d.Base + "/imports/" + festival.Own(i.ID), Undo: undoURL(r, i)}
		if row.By, err = who.of(i.By); err != nil {
			return err
		}
		d.Imports = append(d.Imports, row)
	}
	return r.Page(status, setup.Chrome(r, r.T.T("console.import"), "/import"), importBody(d))
}

func countsOf(r *web.Request, i festival.Import) string {
	added, changed, dropped, _ := i.Counts.Totals()
	return r.T.T("console.import_counts", "added", added, "changed", changed, "dropped", dropped)
}

func stateOf(r *web.Request, i festival.Import) string {
	if i.State == festival.ImportDone {
		return ""
	}
	return r.T.T("console.import_" + string(i.State))
}

// undoURL is where an import is undone, "" for one that cannot be.
func undoURL(r *web.Request, i festival.Import) string {
	if i.State == festival.ImportUndone || i.State == festival.ImportRunning || !r.Actor.May(people.ConsoleEdit, r.Event.ID) {
		return ""
	}
	return setup.Base(r) + "/imports/" + festival.Own(i.ID) + "/undo"
}

// upload keeps the chosen file and goes to its preview.
func upload(r *web.Request) error {
	header, err := r.FormFile("file")
	if err != nil {
		return importPageFor(r, kernel.New(kernel.Invalid, "file_missing", "file"))
	}
	if header.Size > intake.MaxBytes {
		return importPageFor(r, kernel.New(kernel.TooLarge, "import_too_large", "file", "megabytes", intake.MaxBytes>>20))
	}
	f, err := header.Open()
	if err != nil {
		return err
	}
	data, err := io.ReadAll(f)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	kept, err := r.P.KeepUpload(r.Context(), r.Event.ID, fileName(header.Filename), r.Actor.ID, data)
	if err != nil {
		return err
	}
	return r.See(uploadURL(r, festival.Own(kept.ID)), "")
}

func uploadURL(r *web.Request, own string) string { return setup.Base(r) + "/import/" + own }

// fileName is the last part of what a browser calls a file, without control
// characters and not too long.
func fileName(sent string) string {
	name := path.Base(strings.ReplaceAll(sent, `\`, "/"))
	name = strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f || c == '\uFFFD' {
			return -1
		}
		return c
	}, name)
	if runes := []rune(name); len(runes) > maxFileName {
		name = string(runes[len(runes)-maxFileName:]) // the end tells the format
	}
	if name == "" || name == "." || name == "/" {
		return "file"
	}
	return name
}

// goneUpload goes back to the choice of a file when the upload is over.
func goneUpload(r *web.Request, err error) error {
	if kernel.KindOf(err) != kernel.Gone {
		return err
	}
	return r.See(setup.Base(r)+"/import", r.T.T("console.import_expired"))
}

// showPreview says what the file would do.
func showPreview(r *web.Request) error {
	kept, data, err := r.P.Upload(r.Context(), r.Own("upload"))
	if err != nil {
		return goneUpload(r, err)
	}
	d := previewPage{P: r.T, Base: setup.Base(r), Upload: festival.Own(kept.ID), File: kept.File, CanEdit: r.Actor.May(people.ConsoleEdit, r.Event.ID)}
	event, err := r.P.Festival.Event(r.Context(), r.Event.ID)
	if err != nil {
		return err
	}
	chrome := setup.Chrome(r, kept.File, "/import")
	records, err := r.P.ReadFile(r.Context(), event, r.City, kept.File, data, nil)
	if err != nil {
		// A table whose columns are not understood can be helped; nothing else can.
		if slices.Contains([]string{"import_no_title", "import_unknown_column", "import_unknown_field"}, kernel.CodeOf(err)) {
			d.Columns = columnsOf(r, event, data)
		}
		byField, above, next, ok := r.Sentences(err)
		if !ok {
			return err
		}
		d.Error = strings.TrimSpace(together(above, byField) + " " + next)
		if i := wrongColumn(d.Columns, err); i >= 0 && d.CanEdit {
			sentence, then := r.T.Error(err)
			d.Columns[i].Field.Error, d.Error = strings.TrimSpace(sentence+" "+then), ""
		}
		return r.Page(web.StatusOfForm(err), chrome, previewBody(d))
	}
	if records.Format == "csv" {
		d.Columns = columnsOf(r, event, data)
	}
	plan, err := r.P.Festival.PlanImport(r.Context(), event.ID, records)
	if err != nil {
		return err
	}
	d.Ready = true
	total := func(m map[string]int) string {
		n := 0
		for _, v := range m {
			n += v
		}
		return r.T.Number(n)
	}
	d.Summary = []tile{
		{Stat: total(plan.Add), Label: r.T.T("console.plan_add")}, {Stat: total(plan.Change), Label: r.T.T("console.plan_change")},
		{Stat: total(plan.Drop), Label: r.T.T("console.plan_drop")}, {Stat: total(plan.Same), Label: r.T.T("console.plan_same")},
	}
	for _, item := range plan.Items[:min(len(plan.Items), maxItems)] {
		d.Items = append(d.Items, itemRow(r, item))
	}
	d.More = len(plan.Items) - len(d.Items)
	d.Findings = findingsOf(r, kept.File, plan.Report, maxFindings)
	d.MoreFind = len(plan.Report) - len(d.Findings)
	return r.Page(fiber.StatusOK, chrome, previewBody(d))
}

func itemRow(r *web.Request, item festival.PlanItem) changeRow {
	row := changeRow{Word: r.T.T("console.plan_" + string(item.Action)), Kind: r.T.T("console.kind_" + item.Kind), Title: say(r, item.Name)}
	if row.Title == "" {
		row.Title = item.Key
	}
	var fields []string
	for _, f := range item.Fields {
		word := memberWord(r, item.Kind, f)
		if slices.Contains(item.Overrides, f) {
			word += " (" + r.T.T("console.by_hand") + ")"
		}
		fields = append(fields, word)
	}
	row.New = strings.Join(fields, ", ")
	return row
}

// findingsOf puts the remarks on a file into words, at most most of them.
func findingsOf(r *web.Request, file string, report []festival.Finding, most int) []findingRow {
	var out []findingRow
	for _, f := range report[:min(len(report), most)] {
		args := make([]any, 0, 2*len(f.Args))
		for name, value := range f.Args {
			args = append(args, name, value)
		}
		row := findingRow{Level: string(f.Level), Word: r.T.T("console.finding_" + string(f.Level)), Record: recordWord(r, f.Record), Text: r.T.T("finding."+f.Code, args...)}
		switch { // what is about no record is about a line, or the file as a whole
		case row.Record != "":
		case f.Line > 0:
			row.Record = r.T.T("console.at_line", "line", f.Line)
		default:
			row.Record = file
		}
		out = append(out, row)
	}
	return out
}

// recordWord is how a finding names a record, in the reader's words: a report
// keeps "row 4 (Knots)" for readers of every language. What a file calls by a word
// of its own, as VEVENT, keeps it.
func recordWord(r *web.Request, record string) string {
	kind, rest, _ := strings.Cut(record, " ")
	if key := "console.kind_" + kind; kind != "" && r.T.Has(key) {
		return strings.TrimSpace(r.T.T(key) + " " + rest)
	}
	return record
}

// applyUpload begins the import; its progress is looked at.
func applyUpload(r *web.Request) error {
	if err := r.P.ImportUpload(r.Context(), r.Own("upload"), r.Actor.ID, r.Form("keep") != ""); err != nil {
		return goneUpload(r, err)
	}
	return r.See(uploadURL(r, r.Params("upload"))+"/progress", "")
}

// showProgress shows how far an import is, in whichever copy of Feria it runs,
// and goes to its report when it is done.
func showProgress(r *web.Request) error {
	kept, err := r.P.UploadState(r.Context(), r.Own("upload"))
	if err != nil {
		return goneUpload(r, err)
	}
	d := progressPage{P: r.T, File: kept.File, Done: kept.Done, Total: kept.Total, Back: setup.Base(r) + "/import"}
	chrome := setup.Chrome(r, kept.File, "/import")
	switch {
	case kept.Import != "":
		return r.See(setup.Base(r)+"/imports/"+festival.Own(kept.Import), "")
	case kept.Begun.IsZero():
		return r.See(uploadURL(r, r.Params("upload")), "")
	case kept.Err() != nil:
		sentence, next := r.T.Error(kept.Err())
		d.Error = strings.TrimSpace(sentence + " " + next)
	case kept.Lost(r.Now):
		d.Error = r.T.T("console.import_lost")
	default:
		chrome.Scripts = append(chrome.Scripts, "reload.js")
	}
	return r.Page(fiber.StatusOK, chrome, progressBody(d))
}

func showReport(r *web.Request) error {
	i, err := r.P.Festival.Import(r.Context(), r.Own("id"))
	if err != nil {
		return err
	}
	who, err := namesFor(r).of(i.By)
	if err != nil {
		return err
	}
	about := []string{countsOf(r, i), moment(r, i.At)}
	for _, more := range []string{who, stateOf(r, i)} {
		if more != "" {
			about = append(about, more)
		}
	}
	d := reportPage{P: r.T, Base: setup.Base(r), File: i.File, About: strings.Join(about, " · "), Undo: undoURL(r, i), Findings: findingsOf(r, i.File, i.Report, len(i.Report))}
	for _, kept := range i.Kept {
		d.Findings = append(d.Findings, findingRow{Word: r.T.T("console.kept"), Record: r.T.T("console.kind_" + kept.Kind), Text: say(r, kept.Name)})
	}
	return r.Page(fiber.StatusOK, setup.Chrome(r, i.File, "/import"), reportBody(d))
}

func undoImport(r *web.Request) error {
	id := r.Own("id")
	_, err := r.P.Festival.UndoImport(r.Context(), id, r.Actor.ID)
	if kind := kernel.KindOf(err); kind == kernel.Conflict || kind == kernel.Gone {
		sentence, _ := r.T.Error(err)
		return r.See(setup.Base(r)+"/imports/"+festival.Own(id), sentence)
	}
	if err != nil {
		return err
	}
	if _, err := r.P.Views.Refresh(r.Context(), r.Event.ID); err != nil {
		return err
	}
	return r.See(setup.Base(r)+"/imports/"+festival.Own(id), r.T.T("console.import_undone_flash"))
}
