package api

import (
	"context"

	"dialtone/api/pages"
	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/projections"
)

// users lists users for whoever asks. The support is shown no contact data in
// lists: whoever needs them opens the user, and that is a fact.
func (s *Server) users(ctx context.Context, filter projections.UserFilter) (rows []projections.UserRow, next string, err error) {
	rows, next, err = s.cfg.Views.Users(ctx, filter)
	if exchangeOf(ctx).actor.Kind == domain.ActorSupport {
		for i := range rows {
			rows[i].Email, rows[i].Mobile, rows[i].ContractNumber = "", "", ""
		}
	}
	return rows, next, err
}

// helpless lists who could not reset the password and waits for an admin or the
// operator, of one company or of all for "".
func (f *front) helpless(ctx context.Context, of, from string) ([]projections.UserRow, error) {
	rows, _, err := f.users(ctx, projections.UserFilter{Company: of, Help: from})
	return rows, err
}

// placed gives a list the sites of the company that is chosen, to choose from. A
// site of another company is no filter.
func (f *front) placed(ctx context.Context, view *pages.Users) error {
	sites, err := f.sitesOf(ctx, view.Company)
	known := false
	for _, site := range sites {
		view.Sites = append(view.Sites, pages.Option{Value: site.ID, Label: site.Name})
		known = known || site.ID == view.Site
	}
	if !known {
		view.Site = ""
	}
	return err
}

// nameSites fills in what the sites are called that listed users work at.
func (f *front) nameSites(ctx context.Context, view *pages.Users) error {
	view.SiteNames = map[string]string{}
	asked := map[string]bool{}
	for _, row := range view.Rows {
		if row.Site == "" || asked[row.Company] {
			continue
		}
		asked[row.Company] = true
		sites, err := f.sitesOf(ctx, row.Company)
		if err != nil {
			return err
		}
		for _, site := range sites {
			view.SiteNames[site.ID] = site.Name
		}
	}
	return nil
}

func (f *front) sitesOf(ctx context.Context, id string) ([]company.Site, error) {
	if id == "" {
		return nil, nil
	}
	firm, err := f.cfg.Views.GetCompany(ctx, id)
	if domain.KindOf(err) == domain.Missing { // the company's stream may be parked
		return nil, nil
	}
	return firm.State.Sites, err
}
