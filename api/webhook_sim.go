package api

import (
	"context"
	"io"
	"log/slog"
	"net/http"

	"github.com/gin-gonic/gin"

	"dialtone/domain"
	"dialtone/domain/sim"
)

// VendorReader reads what the SIM vendor reports. A report that it has not signed
// is a Denied fault.
type VendorReader interface {
	Read(signature string, body []byte) (sim.News, error)
}

// takeSIMReport has the vendor asked about a SIM it has news of. What a report
// says is not taken for the truth: one that comes late, twice or in another order
// than things happened leads to the same question and the same answer. A SIM that
// is not known is no reason to report it again.
func (s *Server) takeSIMReport(c *gin.Context) {
	news, err := s.readSIMReport(c)
	if err == nil {
		err = s.noteNews(c.Request.Context(), news)
	}
	if err != nil {
		result := receiptResult(err)
		s.cfg.Log.LogAttrs(c.Request.Context(), slog.LevelWarn, "a report of the SIM vendor was not noted", slog.String("trace", traceOf(c.Request.Context())),
			slog.String("result", result), slog.String("sim", news.SIM))
		if result != receiptUnknown {
			s.refuse(c, err)
			return
		}
	}
	c.Status(http.StatusNoContent)
}

func (s *Server) readSIMReport(c *gin.Context) (sim.News, error) {
	if s.cfg.Vendor == nil {
		return sim.News{}, domain.Faultf(domain.Denied, "forged", "nobody reports SIMs here")
	}
	body, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, receiptLimit))
	if err != nil {
		return sim.News{}, unreadable(err)
	}
	return s.cfg.Vendor.Read(c.GetHeader("Dialtone-Signature"), body)
}

// noteNews gives the command; the same report is the same command.
func (s *Server) noteNews(ctx context.Context, news sim.News) error {
	vendor := domain.Actor{Kind: domain.ActorProvider, ID: "sim-vendor"}
	exchangeOf(ctx).actor = vendor
	cause := s.cause(vendor, domain.ChannelWebhook, "sim "+news.SIM+" "+news.ID)
	_, err := s.cfg.Journal.Execute(ctx, sim.Stream(news.SIM), cause, sim.Report{Event: news.Event}.Decide)
	return err
}
