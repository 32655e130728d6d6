package people

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"time"

	"feria/kernel"
	"feria/store"
)

// How long links live (DESIGN.md 3) and how often a code may be mistyped.
const (
	mailedFor  = 10 * time.Minute
	printedFor = time.Hour
	maxTries   = 5
)

// How often sign-in may be asked for, whether or not the mail address belongs to
// anybody. Strangers are counted by their network too, lest one of them use up the
// mails of an address and so lock its owner out; a browser that signed in as that
// person before is counted apart from all of them, so that strangers on any number
// of networks do not either. Nobody gets more than strangersADay + askedADay mails a
// day: with maxTries codes a mail, guessers who keep at it for a day, from many
// networks, have a chance of 300 in a million, and the mails give them away.
const (
	askedAnHour   = 10 // for one address, by a network or by the owner's browsers
	askedADay     = 30
	networkAnHour = 20 // by a network, for whatever addresses
	strangersADay = 60 // for one address, by all networks
)

// signIn is one request to sign in: a link, and the six digits beside it.
type signIn struct {
	ID       string    `json:"id"` // City/hash of the link's secret
	City     string    `json:"city"`
	Person   string    `json:"person,omitempty"`  // "" where nobody has that mail
	Browser  string    `json:"browser,omitempty"` // hash; "" for a printed link
	Code     string    `json:"code,omitempty"`    // hash of the digits and the browser's secret
	LinkCode string    `json:"link_code,omitempty"`
	Tries    int       `json:"tries"` // wrong codes
	Used     string    `json:"used,omitempty"`
	At       time.Time `json:"at"`
	Until    time.Time `json:"until"`
}

var signIns = store.Declare(store.Spec[signIn]{
	Name: "sign_ins", ID: func(r *signIn) string { return r.ID }, Shape: 1,
	Indexes: []store.Index[signIn]{
		{Name: "browser", Key: func(r *signIn) store.Key {
			if r.Browser == "" {
				return nil
			}
			return store.K(r.City, r.Browser, r.At)
		}},
	},
	Keep:  "a day, so that a used link can be told from one that never was",
	Until: func(r *signIn) time.Time { return r.At.Add(24 * time.Hour) }, NoBackup: true,
})

// SignIn is what a request to sign in made. Known is false, and Person empty,
// where nobody with a role has that mail address: the caller then does the same work with a
// mail that is never sent (mail.Message.Void), and answers the same.
type SignIn struct {
	Link   string // secret of the link, for the mail only
	Code   string // six digits, for the mail only
	Mail   string // the address asked with, as ParseMail gives it: where the mail goes
	Known  bool
	Person Person
}

// Asking is what somebody brings who asks for a sign-in by mail.
type Asking struct {
	City    string
	Mail    string // as it was typed
	Browser string // the secret of a cookie in the browser that asks
	Network string // where it asks from, as limits count it
	// Before are the persons (Person.ID) as whom this browser has signed in, as its
	// signed cookie says.
	Before []string
}

// RequestSignIn prepares a sign-in by mail: a link and six digits, good for ten
// minutes and once. It does the same work for a mail address that nobody has.
// Errors: mail_missing, mail_invalid; TooMany sign_in_too_often (arguments n,
// minutes, and seconds), too_often (argument seconds).
func (s *Service) RequestSignIn(ctx context.Context, a Asking) (SignIn, error) {
	mail, err := ParseMail(a.Mail)
	if err != nil {
		return SignIn{}, err
	}
	if a.Browser == "" {
		return SignIn{}, kernel.New(kernel.Malformed, "browser_unknown", "")
	}
	p, err := s.PersonByMail(ctx, a.City, mail)
	if err != nil && kernel.KindOf(err) != kernel.NotFound {
		return SignIn{}, err
	}
	if len(p.Roles) == 0 { // whose roles were taken away has nothing to sign in to
		p = Person{}
	}
	if err := s.slowDown(ctx, a, mail, p); err != nil {
		return SignIn{}, err
	}
	made := SignIn{Link: kernel.NewSecret(), Code: sixDigits(), Mail: mail, Known: p.ID != "", Person: p}
	now := s.now()
	return made, signIns.In(s.store).Insert(ctx, signIn{
		ID: a.City + "/" + kernel.HashSecret(made.Link), City: a.City, Person: p.ID,
		Browser: kernel.HashSecret(a.Browser), Code: hashCode(made.Code, a.Browser), LinkCode: hashCode(made.Code, made.Link),
		At: now, Until: now.Add(mailedFor),
	})
}

// slowDown refuses who asks too often; p is who has the address, if anybody.
func (s *Service) slowDown(ctx context.Context, a Asking, mail string, p Person) error {
	type limit struct {
		who string
		n   int
		per time.Duration
	}
	at := a.Network + "/" + mail
	limits := []limit{{a.Network, networkAnHour, time.Hour}, {at, askedAnHour, time.Hour}, {at, askedADay, 24 * time.Hour}, {mail, strangersADay, 24 * time.Hour}}
	if p.ID != "" && slices.Contains(a.Before, p.ID) {
		own := "before/" + p.ID
		limits = []limit{{own, askedAnHour, time.Hour}, {own, askedADay, 24 * time.Hour}}
	}
	for _, l := range limits {
		ok, wait, err := s.limit.Allow(ctx, a.City+"/sign-in/"+l.who, l.n, l.per)
		switch seconds := int(wait/time.Second) + 1; {
		case err != nil:
			return err
		case ok:
		case l.who == a.Network:
			return kernel.New(kernel.TooMany, "too_often", "", "seconds", seconds)
		default:
			return kernel.New(kernel.TooMany, "sign_in_too_often", "mail", "n", int(wait/time.Minute)+1, "seconds", seconds)
		}
	}
	return nil
}

// PrintedLink prepares a sign-in link to be printed on the operator's terminal:
// good for an hour, once, in any browser. Errors: Missing.
func (s *Service) PrintedLink(ctx context.Context, person string) (link string, err error) {
	p, err := s.Person(ctx, person)
	if err != nil {
		return "", err
	}
	link = kernel.NewSecret()
	now := s.now()
	return link, signIns.In(s.store).Insert(ctx, signIn{
		ID: p.City + "/" + kernel.HashSecret(link), City: p.City, Person: p.ID, At: now, Until: now.Add(printedFor),
	})
}

// Redemption is what somebody brings who wants to sign in, always by POST: mail
// scanners open links with GET.
type Redemption struct {
	City    string
	Browser string // secret of the browser's cookie
	Link    string // secret of the link, or "" with the six digits alone
	Code    string // six digits; with Link only where the browser is another
	Old     string // cookie of the session that the new one replaces, if any
}

// SignedIn is a session that was just begun.
type SignedIn struct {
	Cookie string    // secret of the session
	Until  time.Time // its latest end
	Person Person
}

// Redeem uses up a link or a code and begins a session; of any number who try
// at once one gets it. The digits alone count in the browser that asked. A
// mailed link counts in the browser that asked; in another one the digits of
// the same mail are needed beside it. Errors, all of kind Gone unless said:
// link_unknown, link_used, link_over, code_tries; Refused other_browser (ask for
// the digits); Invalid code_missing, code_wrong (argument left).
func (s *Service) Redeem(ctx context.Context, r Redemption) (SignedIn, error) {
	id, err := s.find(ctx, r)
	if err != nil {
		return SignedIn{}, err
	}
	now, claim := s.now(), kernel.NewID()
	var refusal error
	request, err := signIns.In(s.store).Update(ctx, id, func(q *signIn) error {
		refusal = q.redeem(now, claim, r)
		if refusal != nil && kernel.CodeOf(refusal) != "code_wrong" {
			return refusal
		}
		return nil // a wrong code is written down
	})
	switch {
	case errors.Is(err, store.ErrAbsent):
		return SignedIn{}, kernel.New(kernel.Gone, "link_unknown", "link")
	case err != nil:
		return SignedIn{}, err
	case refusal != nil:
		return SignedIn{}, refusal
	}
	p, err := s.Person(ctx, request.Person)
	if kernel.KindOf(err) == kernel.NotFound { // removed since
		return SignedIn{}, kernel.New(kernel.Gone, "link_unknown", "link")
	}
	if err != nil {
		return SignedIn{}, err
	}
	if r.Old != "" {
		if err := s.SignOut(ctx, r.City, r.Old); err != nil {
			return SignedIn{}, err
		}
	}
	return s.begin(ctx, p)
}

// find gives the id of the request that is meant: that of the link, else the
// latest of the browser.
func (s *Service) find(ctx context.Context, r Redemption) (string, error) {
	if r.Link != "" {
		return r.City + "/" + kernel.HashSecret(r.Link), nil
	}
	if foldDigits(r.Code) == "" {
		return "", kernel.New(kernel.Invalid, "code_missing", "code")
	}
	if r.Browser == "" {
		return "", kernel.New(kernel.Gone, "link_unknown", "code")
	}
	found, err := signIns.In(s.store).Find(ctx, store.By("browser", r.City, kernel.HashSecret(r.Browser)).Desc().Limit(1))
	if err != nil {
		return "", err
	}
	if len(found) == 0 {
		return "", kernel.New(kernel.Gone, "link_unknown", "code")
	}
	return found[0].ID, nil
}

// redeem decides about one try; claim names who tries. A wrong code is counted.
func (q *signIn) redeem(now time.Time, claim string, r Redemption) error {
	field := "link"
	if r.Link == "" {
		field = "code"
	}
	switch {
	case q.Used != "" && q.Used != claim:
		return kernel.New(kernel.Gone, "link_used", field)
	case !now.Before(q.Until):
		return kernel.New(kernel.Gone, "link_over", field)
	case q.Tries >= maxTries:
		return kernel.New(kernel.Gone, "code_tries", field)
	}
	sameBrowser := q.Browser == "" || r.Browser != "" && kernel.HashSecret(r.Browser) == q.Browser
	code, right := foldDigits(r.Code), false
	switch {
	case r.Link == "": // found by its browser
		right = hashCode(code, r.Browser) == q.Code
	case sameBrowser:
		right = true
	case code == "":
		return kernel.New(kernel.Refused, "other_browser", "code")
	default:
		right = hashCode(code, r.Link) == q.LinkCode
	}
	if !right || q.Person == "" {
		q.Tries++
		return kernel.New(kernel.Invalid, "code_wrong", "code", "left", maxTries-q.Tries)
	}
	q.Used = claim
	return nil
}

// hashCode hides the digits: alone they could be found by trying all million,
// so the secret that is never stored goes in with them.
func hashCode(code, secret string) string { return kernel.HashSecret(code + "/" + secret) }

func sixDigits() string {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil { // only when the system has no randomness left
		panic("people: " + err.Error())
	}
	return fmt.Sprintf("%06d", n)
}

// foldDigits keeps the digits of what somebody typed, "123 456" or "１２３-４５６".
func foldDigits(typed string) string {
	digits := make([]byte, 0, 6)
	for _, r := range typed {
		switch {
		case r >= '0' && r <= '9':
			digits = append(digits, byte(r))
		case r >= '０' && r <= '９': // as an East Asian keyboard writes them
			digits = append(digits, byte(r-'０'+'0'))
		case r >= '٠' && r <= '٩': // as an Arabic keyboard writes them
			digits = append(digits, byte(r-'٠'+'0'))
		}
		if len(digits) > 12 {
			break
		}
	}
	return string(digits)
}
