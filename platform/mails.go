package platform

import (
	"context"
	"errors"
	"time"

	"feria/festival"
	"feria/kernel"
	"feria/mail"
	"feria/people"
)

// sender is how mails go out; nil while none is configured: they stay in the
// outbox, readable on the console.
func (p *Platform) sender() (mail.Sender, error) {
	if p.Config.Mail == "" {
		return nil, nil
	}
	if p.Config.MailFrom != "" {
		return mail.NewSMTP(p.Config.Mail, p.Config.MailFrom, "")
	}
	cities, err := p.Festival.Cities(context.Background())
	if err != nil {
		return nil, err
	}
	for _, c := range cities {
		if c.Contact.Mail != "" {
			return mail.NewSMTP(p.Config.Mail, "", c.Contact.Mail)
		}
	}
	return nil, errors.New("mail: no sender: set FERIA_MAIL_FROM or the contact address of the city")
}

// sendMail is the job that empties the outbox.
func (p *Platform) sendMail(ctx context.Context) error {
	sender, err := p.sender()
	if err != nil || sender == nil {
		return err
	}
	_, err = p.Outbox.Send(ctx, sender)
	return err
}

// MailSignIn mails a link and six digits to whoever has the address. It does the
// same work, and answers the same, where nobody has it. Errors: those of
// people.Service.RequestSignIn.
func (p *Platform) MailSignIn(ctx context.Context, city festival.City, a people.Asking, lang string) error {
	a.City = city.ID
	asked, err := p.People.RequestSignIn(ctx, a)
	if err != nil {
		return err
	}
	if asked.Person.Lang != "" {
		lang = asked.Person.Lang
	}
	printer := p.Locale.For(lang)
	name, _ := printer.Text(city.Name, city.Locales...)
	subject, text, err := mail.Compose(printer, "sign_in", map[string]any{
		"name": asked.Person.Name, "city": name, "link": p.SignInURL(asked.Link), "code": asked.Code, "contact": contactLine(city, printer.Lang()),
	})
	if err != nil {
		return err
	}
	err = p.Outbox.Queue(ctx, mail.Message{
		ID: city.ID + "/" + kernel.NewID(), City: city.ID, Kind: "sign_in", To: asked.Mail, ToName: asked.Person.Name,
		From: city.Contact.Mail, FromName: name,
		Lang: printer.Lang(), Subject: subject, Text: text, Void: !asked.Known,
	})
	if err == nil {
		p.Jobs.Wake(jobMail)
	}
	return err
}

// MailText is what somebody reads of a mail that was sent to another: without what
// it opens, but for an owner where no mail server is set, who hands links on.
func (p *Platform) MailText(m mail.Message, reader people.Actor) string {
	if p.Config.Mail == "" && reader.May(people.MailView, "") {
		return m.Text
	}
	return m.Masked()
}

// tidyOutbox removes the content of old mails, and the mails a while later.
func (p *Platform) tidyOutbox(ctx context.Context) error {
	_, err := p.Outbox.Tidy(ctx)
	return err
}

// tidyEvery is how often the outbox is tidied.
const tidyEvery = time.Minute
