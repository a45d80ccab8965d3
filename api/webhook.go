package api

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"

	"dialtone/domain"
	"dialtone/domain/user"
)

// ReceiptReader reads what a provider of SMS reports about messages. A report
// that it has not signed is a Denied fault.
type ReceiptReader interface {
	Read(query string, form url.Values, signature string) (user.Receipt, error)
}

// receiptLimit is the most bytes a receipt may hold.
const receiptLimit = 64 << 10

// The ends that a receipt can take, as they are counted.
const (
	receiptNoted   = "noted"
	receiptNoNews  = "no-news"
	receiptUnknown = "unknown"
	receiptForged  = "forged"
	receiptBroken  = "unreadable"
	receiptLater   = "later"
)

func (s *Server) routesWebhooks() {
	s.engine.POST("/webhooks/twilio", uncached, s.takeReceipt)
	s.engine.POST("/webhooks/mail", uncached, s.takeMailReport)
	s.engine.POST("/webhooks/sim", uncached, s.takeSIMReport)
}

// takeReceipt notes what became of an SMS. Whoever asks proves to be the provider
// by the signature, which covers ids and content; without it nothing is read of
// the store. A message that is not known is no reason to ask the provider again.
func (s *Server) takeReceipt(c *gin.Context) {
	receipt, err := s.readReceipt(c)
	result, err := s.settleReceipt(c.Request.Context(), "twilio", receipt, receipt.Provider, err)
	if err != nil && result != receiptUnknown {
		s.refuse(c, err)
		return
	}
	c.Status(http.StatusNoContent)
}

// settleReceipt notes a receipt that could be read, and counts what became of it.
// Report tells it from others of the same message and status.
func (s *Server) settleReceipt(ctx context.Context, provider string, receipt user.Receipt, report string, err error) (result string, _ error) {
	result = receiptNoNews
	if err == nil {
		var written bool
		written, err = s.noteReceipt(ctx, provider, receipt, report)
		if written {
			result = receiptNoted
		}
	}
	if err != nil {
		result = receiptResult(err)
		s.cfg.Log.LogAttrs(ctx, slog.LevelWarn, "a receipt was not noted", slog.String("trace", traceOf(ctx)), slog.String("provider", provider),
			slog.String("result", result), slog.String("message", receipt.Message), slog.String("status", receipt.Status))
	}
	if s.receipts != nil {
		s.receipts.WithLabelValues(result).Inc()
	}
	return result, err
}

func (s *Server) readReceipt(c *gin.Context) (user.Receipt, error) {
	if s.cfg.Receipts == nil {
		return user.Receipt{}, domain.Faultf(domain.Denied, "forged", "nobody reports deliveries here")
	}
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, receiptLimit)
	if err := c.Request.ParseForm(); err != nil {
		return user.Receipt{}, unreadable(err)
	}
	return s.cfg.Receipts.Read(c.Request.URL.RawQuery, c.Request.PostForm, c.GetHeader("X-Twilio-Signature"))
}

// noteReceipt gives the command; the same report is the same command.
func (s *Server) noteReceipt(ctx context.Context, from string, receipt user.Receipt, report string) (written bool, err error) {
	provider := domain.Actor{Kind: domain.ActorProvider, ID: from}
	exchangeOf(ctx).actor = provider
	cause := s.cause(provider, domain.ChannelWebhook, receipt.Message+" "+report+" "+receipt.Status)
	result, err := s.cfg.Journal.Execute(ctx, user.Stream(receipt.User), cause, user.NoteReceipt{Receipt: receipt}.Decide)
	return result.Wrote > 0, err
}

func receiptResult(err error) string {
	switch domain.KindOf(err) {
	case domain.Missing:
		return receiptUnknown
	case domain.Denied:
		return receiptForged
	case domain.Invalid, domain.Refused, domain.Conflict:
		return receiptBroken
	case domain.Unavailable:
	}
	return receiptLater
}

func newReceipts(into prometheus.Registerer) *prometheus.CounterVec {
	if into == nil {
		return nil
	}
	receipts := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "dialtone_message_receipts_total", Help: "Reports of message providers, by what became of them.",
	}, []string{"result"})
	into.MustRegister(receipts)
	return receipts
}
