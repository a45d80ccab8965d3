package api

import (
	"context"
	"net/url"

	"github.com/gin-gonic/gin"

	"dialtone/api/pages"
	"dialtone/domain"
)

// licenceKinds are the company's licences as its page shows them.
func (f *front) licenceKinds(ctx context.Context, id string) ([]pages.LicenceKind, error) {
	items, err := f.licences(ctx, id)
	if err != nil {
		return nil, err
	}
	shown := make([]pages.LicenceKind, 0, len(items))
	for _, item := range items {
		kind := pages.LicenceKind{
			Kind: item.Kind, Owned: item.Count, Used: item.Used, Free: item.Free, Returning: item.Returning, Command: f.cfg.NewID(),
		}
		bound := 0
		for _, b := range item.Bound {
			bound += b.Count
			kind.Bound = append(kind.Bound, pages.BoundLicences{Licences: b.Count, Until: b.Until})
		}
		kind.Loose = item.Count-bound-item.Returning > 0
		shown = append(shown, kind)
	}
	return shown, nil
}

func (f *front) returnLicence(c *gin.Context) {
	f.changing(c, "licences/returns", []string{"kind"}, func(ctx context.Context, cause domain.Cause, id string, values url.Values) (Done, error) {
		return f.Desk.ReturnLicence(ctx, cause, id, ReturnForm{Kind: values.Get("kind")})
	})
}
