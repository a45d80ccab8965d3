package api

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"dialtone/domain"
	"dialtone/domain/user"
)

// ReportReader reads what a mail server reports about a mail (RFC 3464). A report
// that does not carry our name for a mail is a Denied fault.
type ReportReader interface {
	Read(contentType string, body []byte) (user.Receipt, error)
}

// reportLimit is the most bytes a report may hold: it gives back a mail of ours
// at most.
const reportLimit = 256 << 10

// takeMailReport notes what became of a mail. A mail server hands over whatever
// comes to the sender's address: holiday notices, advertising, forgeries. Whoever
// sends them learns nothing: what is of no use is answered like what is noted.
// Only a store that is away is told, so that the mail server tries again.
func (s *Server) takeMailReport(c *gin.Context) {
	receipt, report, err := s.readMailReport(c)
	_, err = s.settleReceipt(c.Request.Context(), "mail", receipt, report, err)
	fault, _ := errors.AsType[*domain.Fault](err)
	if err != nil && (domain.KindOf(err) == domain.Unavailable || fault.Code == codeTooLarge) {
		s.refuse(c, err)
		return
	}
	c.Status(http.StatusNoContent)
}

// readMailReport gives a report and what tells it from others: the attempt it
// names, or where it names the mail only, its own words.
func (s *Server) readMailReport(c *gin.Context) (receipt user.Receipt, report string, err error) {
	if s.cfg.Reports == nil {
		return user.Receipt{}, "", domain.Faultf(domain.Denied, "forged", "nobody reports mails here")
	}
	body, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, reportLimit))
	if err != nil {
		return user.Receipt{}, "", unreadable(err)
	}
	receipt, err = s.cfg.Reports.Read(c.GetHeader("Content-Type"), body)
	if report = strconv.Itoa(receipt.Attempt); receipt.Attempt == 0 {
		sum := sha256.Sum256(body)
		report = hex.EncodeToString(sum[:])
	}
	return receipt, report, err
}
