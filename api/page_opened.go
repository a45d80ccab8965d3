package api

import (
	"log/slog"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"dialtone/domain"
	"dialtone/domain/user"
)

// noteOpened notes that a link's page was asked for the first time: the message
// with the link has come somewhere. What browsers load before anybody asks, and
// what looks without reading, is not counted. The page is shown in any case.
func (f *front) noteOpened(c *gin.Context, holder TokenHolder) {
	if c.Request.Method != http.MethodGet || ahead(c.Request.Header) || !holder.User.Unopened(holder.Hash) {
		return
	}
	ctx := c.Request.Context()
	cause := f.cause(domain.Actor{Kind: domain.ActorVisitor}, domain.ChannelPage, "opened "+holder.Hash)
	_, err := f.cfg.Journal.Execute(ctx, user.Stream(holder.User.ID), cause, user.OpenLink{Hash: holder.Hash}.Decide)
	if err != nil {
		f.cfg.Log.LogAttrs(ctx, slog.LevelWarn, "that a link was opened could not be noted", slog.String("trace", traceOf(ctx)), slog.String("error", err.Error()))
	}
}

// ahead tells whether a page is loaded before anybody asks for it: Sec-Purpose
// (Fetch standard), and the older headers of Chrome, Safari and Firefox.
func ahead(header http.Header) bool {
	for _, name := range []string{"Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"} {
		value := strings.ToLower(header.Get(name))
		if strings.Contains(value, "prefetch") || strings.Contains(value, "prerender") || strings.Contains(value, "preview") {
			return true
		}
	}
	return false
}
