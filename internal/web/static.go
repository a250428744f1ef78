package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"

	"github.com/klauspost/compress/gzip"
)

// notBuilt is the page of a binary without the UI.
const notBuilt = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Earshot</title>
<h1>Earshot is running, but its pages were not built</h1>
<p>This binary was made with <code>go build</code> alone. In the repository, run <code>make build</code> and start
<code>bin/earshot</code>; it needs Node 20 and npm.</p>
<p>The API works: <code>curl -H "Authorization: Bearer $EARSHOT_API_TOKEN" &hellip;/api/v1/meetings</code>.</p>
</html>
`

// static serves the built UI. Files are read and compressed once: there are few, and they never change while running.
type static struct {
	files map[string]*file // by path without the leading slash
	index *file
}

type file struct {
	contentType string
	plain, gzip []byte // gzip is nil where it would not be smaller
	etag        string
	immutable   bool
}

// newStatic reads all files of ui. Without index.html it serves a page that says how to build the rest.
func newStatic(ui fs.FS) (*static, error) {
	s := &static{files: make(map[string]*file)}
	err := fs.WalkDir(ui, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(path.Base(name), ".") {
			return err
		}
		body, err := fs.ReadFile(ui, name)
		if err != nil {
			return err
		}
		// Vite puts a hash of the content into the names below assets/.
		s.files[name], err = newFile(name, body, strings.HasPrefix(name, "assets/"))
		return err
	})
	if err != nil {
		return nil, err
	}
	s.index = s.files["index.html"]
	if s.index == nil {
		s.index, err = newFile("index.html", []byte(notBuilt), false)
	}
	return s, err
}

func newFile(name string, body []byte, immutable bool) (*file, error) {
	sum := sha256.Sum256(body)
	f := &file{contentType: contentType(name), plain: body, etag: base64.RawURLEncoding.EncodeToString(sum[:12]), immutable: immutable}
	switch path.Ext(name) {
	case ".woff2", ".png", ".jpg", ".webp":
		return f, nil // compressed by themselves
	}
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	_, err = w.Write(body)
	if err := errors.Join(err, w.Close()); err != nil {
		return nil, fmt.Errorf("compress %s: %w", name, err)
	}
	if b.Len() < len(body) {
		f.gzip = b.Bytes()
	}
	return f, nil
}

// contentType does not ask the machine's own table, which may be absent or odd.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".json", ".map", ".webmanifest":
		return "application/json"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	case ".png":
		return "image/png"
	case ".ico":
		return "image/x-icon"
	case ".txt":
		return "text/plain; charset=utf-8"
	}
	if t := mime.TypeByExtension(path.Ext(name)); t != "" {
		return t
	}
	return "application/octet-stream"
}

// ServeHTTP serves a file, and the index for every address that is a page of the UI: they are made in the browser.
func (s *static) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
	f := s.files[name]
	switch {
	case f != nil:
	case name == "index.html":
		f = s.index
	case strings.HasPrefix(name, "assets/") || path.Ext(name) != "":
		// A file that was in an older build: an index in its place would be run as a script.
		w.Header().Set("Cache-Control", "no-store")
		http.Error(w, "There is no such file.", http.StatusNotFound)
		return
	default:
		f = s.index
	}
	f.serve(w, r)
}

func (f *file) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", f.contentType)
	if f.immutable {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		h.Set("Cache-Control", "no-cache")
	}
	body, etag := f.plain, `"`+f.etag+`"`
	if f.gzip != nil {
		h.Set("Vary", "Accept-Encoding")
		if acceptsGzip(r.Header.Get("Accept-Encoding")) {
			body, etag = f.gzip, `"`+f.etag+`-gz"`
			h.Set("Content-Encoding", "gzip")
		}
	}
	h.Set("ETag", etag)
	if matches(r.Header.Get("If-None-Match"), f.etag) {
		h.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodHead {
		return
	}
	_, _ = w.Write(body) // the client may be gone
}

// matches reports whether a list of entity tags names the file, compressed or not.
func matches(list, etag string) bool {
	for tag := range strings.SplitSeq(list, ",") {
		tag = strings.TrimPrefix(strings.TrimSpace(tag), "W/")
		if tag == "*" || tag == `"`+etag+`"` || tag == `"`+etag+`-gz"` {
			return true
		}
	}
	return false
}

// acceptsGzip reads Accept-Encoding (RFC 9110, 12.5.3): gzip, or anything, without the weight 0.
func acceptsGzip(header string) bool {
	any := false
	for part := range strings.SplitSeq(header, ",") {
		coding, parameter, _ := strings.Cut(strings.TrimSpace(part), ";")
		weight := strings.TrimPrefix(strings.ReplaceAll(parameter, " ", ""), "q=")
		q, err := strconv.ParseFloat(weight, 64)
		good := weight == "" || (err == nil && q > 0)
		switch strings.ToLower(strings.TrimSpace(coding)) {
		case "gzip":
			return good
		case "*":
			any = good
		}
	}
	return any
}
