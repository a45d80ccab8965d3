package activities

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"
)

// exchange is the way of one request to the SMS service. twilio-go has no
// base URL and no context, so both come in here; what it does not hand out
// (status, headers, whether the request left) is kept here.
type exchange struct {
	ctx       context.Context
	base      *url.URL
	transport http.RoundTripper
	left      atomic.Bool // a connection was there: the request may have been read
	status    int
	header    http.Header
}

func (t *Texter) trip(ctx context.Context) *exchange {
	return &exchange{ctx: ctx, base: t.base, transport: t.transport}
}

// maxAnswer bounds what is read of an answer, in bytes.
const maxAnswer = 1 << 20

// RoundTrip sends the request to the base URL under the attempt's context. The
// answer is read whole, for twilio-go leaves the body of a refusal open.
func (e *exchange) RoundTrip(request *http.Request) (*http.Response, error) {
	ctx := httptrace.WithClientTrace(e.ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { e.left.Store(true) },
	})
	request = request.Clone(ctx)
	request.URL.Scheme, request.URL.Host, request.Host = e.base.Scheme, e.base.Host, e.base.Host
	request.URL.Path = e.base.Path + request.URL.Path
	response, err := e.transport.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	e.status, e.header = response.StatusCode, response.Header
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	_ = response.Body.Close()
	if err != nil {
		return nil, err
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	return response, nil
}
