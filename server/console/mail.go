package console

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"feria/jobs"
	"feria/kernel"
	"feria/mail"
	"feria/people"
	"feria/public/ui"
	"feria/server/console/setup"
	"feria/server/web"
)

// How many mails one page shows at least where there are so many, and through
// how many pages of the city's it looks for those of an organizer.
const (
	mailRows  = 50
	mailPages = 10
)

// mayRead says whether a mail is the actor's to read: those of no event, as of
// signing in, are the owners' alone.
func mayRead(r *web.Request, m mail.Message) bool { return r.Actor.May(people.MailView, m.Event) }

func showMail(r *web.Request) error {
	if events, err := mine(r, people.MailView); err != nil {
		return err
	} else if len(events) == 0 && !r.Actor.May(people.MailView, "") {
		return kernel.New(kernel.Refused, "not_allowed", "")
	}
	state := mail.State(r.Query("state"))
	if !slices.Contains(mail.States(), state) {
		state = ""
	}
	d := mailPage{P: r.T, NoSMTP: r.P.Config.Mail == "", States: []ui.Option{{Label: r.T.T("console.mail_all"), Chosen: state == ""}}}
	for _, s := range mail.States() {
		d.States = append(d.States, ui.Option{Value: string(s), Label: r.T.T("console.mail_" + string(s)), Chosen: s == state})
	}
	next := r.Query("after")
	for range mailPages {
		page, after, err := r.P.Outbox.List(r.Context(), r.City.ID, state, next)
		if err != nil {
			return err
		}
		for _, m := range page {
			if m.Void || m.State == mail.Void || !mayRead(r, m) {
				continue
			}
			row := mailRow{URL: "/console/mail/" + url.PathEscape(ownMail(m.ID)), To: m.To, Subject: m.Subject, State: mailClass(m.State), Word: r.T.T("console.mail_" + string(m.State)), At: moment(r, m.QueuedAt)}
			if m.Tries > 1 {
				row.Tries = r.T.Number(m.Tries)
			}
			d.Rows = append(d.Rows, row)
		}
		if next = after; next == "" || len(d.Rows) >= mailRows {
			break
		}
	}
	if next != "" {
		d.Next = "/console/mail?" + url.Values{"state": {string(state)}, "after": {next}}.Encode()
	}
	return r.Page(fiber.StatusOK, setup.Chrome(r, r.T.T("console.mail"), "/mail"), mailBody(d))
}

func ownMail(id string) string { return id[strings.LastIndexByte(id, '/')+1:] }

func mailClass(s mail.State) string {
	switch s {
	case mail.Sent:
		return "ok"
	case mail.Failed:
		return "stop"
	}
	return "few"
}

func messageOf(r *web.Request) (mail.Message, error) {
	m, err := r.P.Outbox.Message(r.Context(), r.City.ID, r.City.ID+"/"+strings.ReplaceAll(r.Params("id"), "/", ""))
	if err == nil && (m.Void || !mayRead(r, m)) {
		err = kernel.Missing()
	}
	return m, err
}

func showMessage(r *web.Request) error {
	m, err := messageOf(r)
	if err != nil {
		return err
	}
	d := messagePage{P: r.T, Subject: m.Subject, To: m.To, Text: r.P.MailText(m, r.Actor), At: moment(r, m.QueuedAt), State: mailClass(m.State), Word: r.T.T("console.mail_" + string(m.State)), Error: m.Reply}
	if m.State == mail.Failed || m.State == mail.Queued {
		d.Retry = "/console/mail/" + url.PathEscape(ownMail(m.ID)) + "/retry"
	}
	if d.Subject == "" {
		d.Subject = r.T.T("console.mail")
	}
	return r.Page(fiber.StatusOK, setup.Chrome(r, d.Subject, "/mail"), messageBody(d))
}

func retryMessage(r *web.Request) error {
	m, err := messageOf(r)
	if err != nil {
		return err
	}
	here := "/console/mail/" + url.PathEscape(ownMail(m.ID))
	err = r.P.Outbox.Retry(r.Context(), r.City.ID, m.ID)
	if kernel.KindOf(err) == kernel.Conflict {
		sentence, _ := r.T.Error(err)
		return r.See(here, sentence)
	}
	if err != nil {
		return err
	}
	return r.See(here, r.T.T("console.queued_again"))
}

// showJobs shows what works in the background, of all copies of Feria.
func showJobs(r *web.Request) error {
	all, err := r.P.Jobs.History(r.Context())
	if err != nil {
		return err
	}
	d := jobsPage{P: r.T}
	for _, job := range all {
		row := jobRow{Name: job.Name, Outcome: r.T.T("console.job_never"), State: "past"}
		if len(job.Runs) > 0 {
			last := job.Runs[0]
			row.Last = moment(r, last.Start)
			row.Outcome, row.State = jobWord(r, last)
			if !last.End.IsZero() {
				row.Took = last.End.Sub(last.Start).Round(time.Millisecond).String()
			}
		}
		d.Rows = append(d.Rows, row)
	}
	return r.Page(fiber.StatusOK, setup.Chrome(r, r.T.T("console.jobs"), "/jobs"), jobsBody(d))
}

func jobWord(r *web.Request, run jobs.Run) (word, class string) {
	switch {
	case run.Outcome == jobs.Done:
		return r.T.T("console.job_ok"), "ok"
	case run.Outcome == "" && run.End.IsZero():
		return r.T.T("console.job_running"), "few"
	}
	word = r.T.T("console.job_failed")
	if run.Cause != "" {
		word += ": " + run.Cause
	}
	return word, "stop"
}
