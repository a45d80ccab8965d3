package api_test

import (
	"net/http"
	"strings"
	"testing"

	"dialtone/domain/company"
)

func TestTheDescriptionNamesEveryLanguageThereAreTextsIn(t *testing.T) {
	h := open(t)
	told := h.send(http.MethodGet, "/openapi.json", "").want(t, http.StatusOK).text("components.schemas.CompanyForm.properties.language.description")
	for _, language := range company.Languages {
		if !strings.Contains(told, language) {
			t.Errorf("%s is not in %q", language, told)
		}
		h.call(http.MethodPost, "/v1/companies", `{"name":"N","policy":"onenet","language":"`+language+`","country":"GR"}`).want(t, http.StatusCreated)
	}
}
