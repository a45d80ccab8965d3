// Package assets holds the files that pages link to: Dialtone's own style sheet
// and script, and, where scripts/assets has fetched them, htmx and Tabler. The
// pages are usable without the fetched ones.
package assets

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
)

// Root is the path below which the files are served.
const Root = "/assets/"

// The files that pages link to. Those in vendor may be missing.
const (
	Tabler = "vendor/tabler.min.css"
	HTMX   = "vendor/htmx.min.js"
	SSE    = "vendor/sse.js"
	Base   = "base.css" // stands in for Tabler
	Style  = "app.css"
	Script = "app.js"
	Icon   = "icon.svg"
)

//go:embed base.css app.css app.js icon.svg all:vendor
var embedded embed.FS

// types are the kinds of files that are served; others are not there.
var types = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
}

// Set is a set of files with the addresses they are served at.
type Set struct {
	files     map[string]*file // by address without Root
	addresses map[string]string
}

// Embedded gives the files that were compiled in.
func Embedded() (*Set, error) { return New(embedded) }

// New reads all files of a folder that pages can use.
func New(folder fs.FS) (*Set, error) {
	s := &Set{files: map[string]*file{}, addresses: map[string]string{}}
	err := fs.WalkDir(folder, ".", func(name string, entry fs.DirEntry, err error) error {
		kind := types[path.Ext(name)]
		if err != nil || entry.IsDir() || kind == "" {
			return err
		}
		content, err := fs.ReadFile(folder, name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(content)
		address := hex.EncodeToString(sum[:8]) + "/" + path.Base(name)
		s.files[address] = newFile(kind, content)
		s.addresses[name] = Root + address
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the pages' files: %w", err)
	}
	return s, nil
}

// URL gives the path of a file, which changes with its content; "" for a file
// that is not there.
func (s *Set) URL(name string) string { return s.addresses[name] }

// ServeHTTP serves one file below Root, to be kept for ever.
func (s *Set) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	found, ok := s.find(r)
	if !ok {
		w.Header().Set("Cache-Control", "no-store")
		http.Error(w, "there is no such file", http.StatusNotFound)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "files can only be read", http.StatusMethodNotAllowed)
		return
	}
	found.serve(w, r)
}
