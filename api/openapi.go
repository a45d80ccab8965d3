package api

import (
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
)

// describe tells what is the same for all operations, and describes the routes
// that are answered without the described API.
func describe(doc *huma.OpenAPI) {
	doc.Info.Description = "From the order of a telephone user to the first ring. Commands answer with Dialtone-Position; " +
		"a question that carries it as Dialtone-After sees what the command did. Errors are problems (RFC 9457)."
	doc.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"bearer":  {Type: "http", Scheme: "bearer", Description: "The operator's token"},
		"session": {Type: "apiKey", In: "cookie", Name: "dialtone", Description: "A login at /login; the cookie is named __Host-dialtone over HTTPS"},
	}
	doc.Security = []map[string][]string{{"bearer": {}}, {"session": {}}}
	for _, route := range []struct{ path, id, summary, media string }{
		{"/healthz", "get-health", "Whether the process lives", "application/json"},
		{"/readyz", "get-readiness", "Whether the process can serve", "application/json"},
		{"/metrics", "get-metrics", "Measurements for Prometheus", "text/plain"},
		{"/openapi.json", "get-description", "This description", "application/openapi+json"},
	} {
		op := &huma.Operation{
			OperationID: route.id, Method: http.MethodGet, Path: route.path, Summary: route.summary, Tags: []string{"process"},
			Security:  []map[string][]string{}, // open to everybody
			Responses: map[string]*huma.Response{"200": {Description: "OK", Content: map[string]*huma.MediaType{route.media: {}}}},
		}
		if route.path == "/readyz" {
			op.Responses[strconv.Itoa(http.StatusServiceUnavailable)] = &huma.Response{Description: "Not yet, or not any more"}
		}
		doc.AddOperation(op)
	}
}

// routesProcess registers what whoever runs the process looks at.
func (s *Server) routesProcess() {
	s.engine.GET("/healthz", func(c *gin.Context) { c.JSON(http.StatusOK, gin.H{"status": "alive"}) })
	s.engine.GET("/readyz", s.ready)
	s.engine.GET("/openapi.json", func(c *gin.Context) { c.Data(http.StatusOK, "application/openapi+json", s.document) })
	if s.cfg.Metrics != nil {
		s.engine.GET("/metrics", s.gauge, gin.WrapH(s.cfg.Metrics))
	}
	if s.cfg.Dev != nil {
		s.engine.Any("/dev/*path", s.atHome, gin.WrapH(s.cfg.Dev))
	}
}
