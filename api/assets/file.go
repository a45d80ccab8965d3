package assets

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// file is one file, packed at the first request that can take it so.
type file struct {
	kind   string
	plain  []byte
	packed func() []byte
}

func newFile(kind string, content []byte) *file {
	return &file{kind: kind, plain: content, packed: sync.OnceValue(func() []byte { return pack(content) })}
}

// pack gives the content in gzip (RFC 1952), nil where that is no smaller.
func pack(content []byte) []byte {
	var out bytes.Buffer
	writer := gzip.NewWriter(&out)
	_, err := writer.Write(content)
	if err != nil || writer.Close() != nil || out.Len() >= len(content) {
		return nil
	}
	return out.Bytes()
}

func (f *file) serve(w http.ResponseWriter, r *http.Request) {
	body, header := f.plain, w.Header()
	header.Set("Content-Type", f.kind)
	header.Set("Cache-Control", "public, max-age=31536000, immutable")
	header.Add("Vary", "Accept-Encoding")
	if acceptsGzip(r.Header.Get("Accept-Encoding")) {
		if packed := f.packed(); packed != nil {
			body = packed
			header.Set("Content-Encoding", "gzip")
		}
	}
	header.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodGet {
		_, _ = w.Write(body) //nolint:gosec // our own files, or a style sheet around a colour; whoever went away does not want the rest
	}
}

// acceptsGzip reads Accept-Encoding (RFC 9110 §12.5.3).
func acceptsGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		coding, weight, _ := strings.Cut(strings.ReplaceAll(part, " ", ""), ";")
		if strings.EqualFold(coding, "gzip") {
			q, err := strconv.ParseFloat(strings.TrimPrefix(weight, "q="), 64)
			return weight == "" || err == nil && q > 0
		}
	}
	return false
}
