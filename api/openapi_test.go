package api_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestTheDescriptionHoldsEveryRoute(t *testing.T) {
	h := open(t)
	doc := h.send(http.MethodGet, "/openapi.json", "").want(t, http.StatusOK)
	if !strings.HasPrefix(doc.text("openapi"), "3.1") || doc.header.Get("Content-Type") != "application/openapi+json" {
		t.Fatalf("OpenAPI %s", doc.text("openapi"))
	}
	paths, _ := doc.body["paths"].(map[string]any)
	for _, route := range []string{
		"get /healthz", "get /readyz", "get /metrics", "get /openapi.json",
		"post /v1/companies", "get /v1/companies", "get /v1/companies/{id}", "post /v1/companies/{id}/sites", "post /v1/companies/{id}/users",
		"get /v1/users", "get /v1/users/{id}", "patch /v1/users/{id}", "delete /v1/users/{id}",
		"post /v1/users/{id}/activation", "post /v1/users/{id}/activation/link", "post /v1/users/{id}/suspension", "delete /v1/users/{id}/suspension",
		"post /v1/users/{id}/device/credentials", "get /v1/users/{id}/history", "get /v1/users/{id}/diff", "get /v1/numbers", "get /v1/licences",
	} {
		method, path, _ := strings.Cut(route, " ")
		item, _ := paths[path].(map[string]any)
		op, _ := item[method].(map[string]any)
		if op == nil {
			t.Errorf("%s is not described", route)
			continue
		}
		if strings.HasPrefix(path, "/v1") {
			described(t, route, method, answer{body: op})
		} else if open, listed := op["security"].([]any); !listed || len(open) != 0 {
			t.Errorf("%s is not described as open to everybody: %v", route, op["security"])
		}
	}
	for _, schema := range []string{"Problem", "User", "Company", "UserForm", "ChangeForm", "HistoryPage", "Diff"} {
		if doc.at("components.schemas."+schema) == nil {
			t.Errorf("the schema %s is missing", schema)
		}
	}
	if doc.text("components.securitySchemes.bearer.scheme") != "bearer" || doc.at("security.0.bearer") == nil {
		t.Error("the bearer token is not described")
	}
}

// described checks what every operation of programs has.
func described(t *testing.T, route, method string, op answer) {
	t.Helper()
	responses, _ := op.body["responses"].(map[string]any)
	for _, status := range []string{"401", "403", "503"} {
		response := answer{body: map[string]any{"r": responses[status]}}
		content, _ := response.at("r.content").(map[string]any)
		if _, ok := content["application/problem+json"]; !ok {
			t.Errorf("%s does not describe the problem %s", route, status)
		}
	}
	success := map[string]any{}
	for _, status := range []string{"200", "201", "202"} {
		if response, ok := responses[status].(map[string]any); ok {
			success = response
		}
	}
	if success["content"] == nil {
		t.Errorf("%s does not describe its answer", route)
	}
	if method == "get" {
		return
	}
	headers, _ := success["headers"].(map[string]any)
	for _, name := range []string{"ETag", "Dialtone-Position"} {
		if headers[name] == nil {
			t.Errorf("%s does not describe the header %s", route, name)
		}
	}
	parameters := ""
	for i := range 8 {
		parameters += op.text("parameters."+string(rune('0'+i))+".name") + " "
	}
	if !strings.Contains(parameters, "Idempotency-Key") {
		t.Errorf("%s does not describe Idempotency-Key: %s", route, parameters)
	}
}
