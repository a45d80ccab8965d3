package local

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

var (
	notFound      = twilioError{20404, "The requested resource was not found", http.StatusNotFound}
	internal      = twilioError{20500, "Internal server error", http.StatusInternalServerError}
	errNoSuchSMS  = errors.New("no such message")
	twilioVersion = "2010-04-01"
)

// twilioError is an error as Twilio's API words it.
type twilioError struct {
	code    int
	message string
	status  int
}

func (e twilioError) write(w http.ResponseWriter) {
	writeJSON(w, e.status, map[string]any{
		"code": e.code, "message": e.message, "status": e.status,
		"more_info": "https://www.twilio.com/docs/errors/" + strconv.Itoa(e.code),
	})
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value) // the client may have gone
}

// smsResource is a Message as Twilio's API words it.
type smsResource struct {
	Sid                 string            `json:"sid"`
	AccountSid          string            `json:"account_sid"`
	To                  string            `json:"to"`
	From                string            `json:"from"`
	Body                string            `json:"body"`
	Status              string            `json:"status"`
	Direction           string            `json:"direction"`
	DateCreated         string            `json:"date_created"` // RFC 2822
	DateUpdated         string            `json:"date_updated"`
	DateSent            *string           `json:"date_sent"`
	NumSegments         string            `json:"num_segments"`
	NumMedia            string            `json:"num_media"`
	Price               *string           `json:"price"`
	PriceUnit           string            `json:"price_unit"`
	ErrorCode           *int              `json:"error_code"`
	ErrorMessage        *string           `json:"error_message"`
	MessagingServiceSid *string           `json:"messaging_service_sid"`
	APIVersion          string            `json:"api_version"`
	URI                 string            `json:"uri"`
	SubresourceUris     map[string]string `json:"subresource_uris"`
}

func (s *SMS) resource(m Message, status string) smsResource {
	at := m.At.Format(time.RFC1123Z)
	uri := fmt.Sprintf("/%s/Accounts/%s/Messages/%s", twilioVersion, s.cfg.Account, m.MessageID)
	resource := smsResource{
		Sid: m.MessageID, AccountSid: s.cfg.Account, To: m.To, From: m.From, Body: m.Text,
		Status: status, Direction: "outbound-api", DateCreated: at, DateUpdated: at,
		NumSegments: "1", NumMedia: "0", PriceUnit: "USD", APIVersion: twilioVersion,
		URI: uri + ".json", SubresourceUris: map[string]string{"media": uri + "/Media.json"},
	}
	if status != "queued" {
		resource.DateSent = &at
	}
	return resource
}

// list answers with the messages sent, newest first, on one page.
func (s *SMS) list(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	sent, err := s.cfg.Inbox.Messages(r.Context(), query.Get("To"))
	if err != nil {
		internal.write(w)
		return
	}
	size, err := strconv.Atoi(query.Get("PageSize"))
	if err != nil || size < 1 || size > 1000 {
		size = 50
	}
	page := []smsResource{}
	for _, message := range slices.Backward(sent) {
		from := query.Get("From")
		fits := message.Channel == ChannelSMS && (from == "" || from == message.From) &&
			within(message.At, query.Get("DateSent>"), query.Get("DateSent<"))
		if fits && len(page) < size {
			page = append(page, s.reported(message))
		}
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"messages": page, "page": 0, "page_size": size, "start": 0, "end": max(len(page)-1, 0),
		"uri": r.URL.RequestURI(), "first_page_uri": r.URL.RequestURI(), "next_page_uri": nil, "previous_page_uri": nil,
	})
}

func (s *SMS) fetch(w http.ResponseWriter, r *http.Request) {
	sid, isJSON := strings.CutSuffix(r.PathValue("message"), ".json")
	message, err := s.find(r.Context(), sid)
	if !isJSON || errors.Is(err, errNoSuchSMS) {
		notFound.write(w)
		return
	}
	if err != nil {
		internal.write(w)
		return
	}
	writeJSON(w, http.StatusOK, s.reported(message))
}

// find looks a sent message up by its sid.
func (s *SMS) find(ctx context.Context, sid string) (Message, error) {
	sent, err := s.cfg.Inbox.Messages(ctx, "")
	if err != nil {
		return Message{}, err
	}
	for _, message := range slices.Backward(sent) {
		if message.Channel == ChannelSMS && message.MessageID == sid {
			return message, nil
		}
	}
	return Message{}, errNoSuchSMS
}
