package platform

import (
	"context"
	"fmt"
	"time"

	"feria/mail"
)

// Doctor looks for what does not agree, and reports each problem in one line
// without personal data. It changes nothing.
func (p *Platform) Doctor(ctx context.Context, report func(problem string)) (found int, err error) {
	count := func(problem string) {
		found++
		report(problem)
	}
	for _, check := range []struct {
		name string
		run  func(context.Context, func(string)) error
	}{
		{"programme", p.Festival.Check},
		{"bookings", p.Registration.Check},
		{"door", p.Ticketing.Check},
		{"people", p.People.Check},
		{"mail", p.checkOutbox},
	} {
		if err := check.run(ctx, func(problem string) { count(check.name + ": " + problem) }); err != nil {
			return found, fmt.Errorf("doctor, %s: %w", check.name, err)
		}
	}
	return found, nil
}

// mailsMayWait is how old a mail in the outbox may be before the doctor says so.
const mailsMayWait = time.Hour

func (p *Platform) checkOutbox(ctx context.Context, report func(string)) error {
	if p.Config.Mail == "" {
		return nil // they wait by intent
	}
	oldest, waiting, err := p.Outbox.Oldest(ctx)
	if err != nil {
		return err
	}
	if age := p.Now().Sub(oldest); waiting > 0 && age > mailsMayWait {
		report(fmt.Sprintf("%d mails wait, the oldest since %s", waiting, age.Round(time.Minute)))
	}
	failed, err := p.Outbox.Count(ctx, mail.Failed)
	if err == nil && failed > 0 {
		report(fmt.Sprintf("%d mails could not be sent", failed))
	}
	return err
}

// Sweep finishes what a crash left between two steps, in every room.
func (p *Platform) Sweep(ctx context.Context) error {
	if _, err := p.Registration.Sweep(ctx); err != nil {
		return err
	}
	if err := p.Registration.Reopen(ctx); err != nil {
		return err
	}
	if _, err := p.Ticketing.Sweep(ctx); err != nil {
		return err
	}
	_, err := p.Festival.Sweep(ctx, p.erase)
	return err
}
