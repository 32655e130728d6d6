package site

import (
	"feria/kernel"
	"feria/server/web"
)

// keepSession keeps a session for the party, making one for a new browser.
func keepSession(r *web.Request) error {
	if err := published(r); err != nil {
		return err
	}
	s, ok := r.View.Programme.SessionByCode(r.Params("code"))
	if !ok {
		return kernel.Missing()
	}
	off := r.Form("off") != ""
	who, err := ofBrowser(r)
	if err == nil {
		_, err = r.P.Registration.Star(r.Context(), who.Party.ID, s.ID, !off)
	}
	nobody := kernel.KindOf(err) == kernel.NotFound
	if err != nil && !nobody {
		return err
	}
	if nobody && !off {
		if err := r.P.AllowParty(r.City.ID, r.From()); err != nil {
			return err
		}
		made, err := r.P.Registration.NewParty(r.Context(), r.City.ID, "", r.T.Lang())
		if err != nil {
			return err
		}
		if _, err := r.P.Registration.Star(r.Context(), made.ID, s.ID, true); err != nil {
			return err
		}
		r.Remember(made.ID)
	}
	if off {
		return r.See("/me", r.T.T("site.unkept_flash"))
	}
	return r.See("/me", r.T.T("site.kept_flash"))
}
