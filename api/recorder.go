package api

import (
	"bytes"
	"maps"
	"net/http"

	"github.com/gin-gonic/gin"
)

// recorder holds an answer back until it has been kept.
type recorder struct {
	gin.ResponseWriter
	header  http.Header
	status  int
	body    bytes.Buffer
	written bool
}

// Header gives the headers of the answer.
func (r *recorder) Header() http.Header { return r.header }

// WriteHeader notes the status.
func (r *recorder) WriteHeader(status int) { r.status = status }

// WriteHeaderNow notes that the answer has begun.
func (r *recorder) WriteHeaderNow() { r.written = true }

// Write takes a part of the body.
func (r *recorder) Write(part []byte) (int, error) {
	r.written = true
	return r.body.Write(part)
}

// WriteString takes a part of the body.
func (r *recorder) WriteString(part string) (int, error) { return r.Write([]byte(part)) }

// Status gives the status so far.
func (r *recorder) Status() int { return r.status }

// Size gives how many bytes the body has.
func (r *recorder) Size() int { return r.body.Len() }

// Written tells whether the answer has begun.
func (r *recorder) Written() bool { return r.written }

// Flush does nothing: the answer is held back.
func (r *recorder) Flush() {}

// kept gives the headers that belong to the answer rather than to this request.
func (r *recorder) kept() http.Header {
	kept := http.Header{}
	for _, name := range []string{"Content-Type", "Etag", "Location", headerPosition, "Cache-Control", "Retry-After"} {
		if values := r.header.Values(name); len(values) > 0 {
			kept[http.CanonicalHeaderKey(name)] = values
		}
	}
	return kept
}

// play gives the answer to the client.
func (r *recorder) play(w gin.ResponseWriter) {
	maps.Copy(w.Header(), r.header)
	w.WriteHeader(r.status)
	_, _ = w.Write(r.body.Bytes()) // the client has gone: there is nobody to tell
}
