// Package content serves the files of recordings, and what describes them, as the
// service's storage does: download, also of ranges and under conditions, and
// deletion. It obeys RFC 9110 §§13 and 14, and what Azure's SDKs send and expect:
// signatures over the path alone, ranges that mean nothing, success by exactly
// 200 or 206, and refusals without a body.
package content

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/recording/access"
	"github.com/switchhook/switchhook/internal/rest"
)

// The paths of a document's sound and description, below its own.
const (
	ObjectsPath  = "/v1/objects/" // before the name of a document
	SoundPath    = "/content/audio"
	MetadataPath = "/content/acsmetadata"
)

// Library finds documents by their names. A name without a document is a fault of
// kind NotFound.
type Library interface {
	Document(ctx context.Context, name string) (Document, error)
}

// Document is one file of a recording, which does not change any more.
type Document interface {
	// Open opens the bytes of the file.
	Open() (Bytes, error)
	// Metadata is the text that describes it.
	Metadata() ([]byte, error)
	// Modified is when it was complete.
	Modified() time.Time
	// Delete removes it and what describes it, for ever when it returns.
	Delete(ctx context.Context) error
}

// Bytes are an open file.
type Bytes interface {
	io.ReaderAt
	io.Closer
	Size() (int64, error)
}

// Gate says who may do what, and notes it.
type Gate interface {
	Admit(access.Request) error
}

// Handler serves the documents of a library.
type Handler struct {
	library Library
	gate    Gate
}

// New returns a handler.
func New(library Library, gate Gate) Handler { return Handler{library, gate} }

// Routes adds the routes of documents. HEAD is served where GET is.
func (h Handler) Routes(rt *rest.Router) {
	const document = ObjectsPath + "{documentId}"
	version, signed, bare := rest.NoVersion(), rest.SignedWithoutQuery(), rest.BareRefusals()
	success := rest.Success(http.StatusOK, http.StatusPartialContent)
	rt.Handle(http.MethodGet, document+SoundPath, h.sound, version, signed, bare, success)
	rt.Handle(http.MethodGet, document+MetadataPath, h.metadata, version, signed, bare, success)
	rt.Handle(http.MethodDelete, document, h.remove, version, signed, bare, rest.EvenWhenBusy())
}

// find finds the document of a request, for somebody who may have it. A nil one was
// answered, as the service does, without a body.
func (h Handler) find(w http.ResponseWriter, r *http.Request, action access.Action) (Document, error) {
	name := r.PathValue("documentId")
	request := access.Request{Action: action, Recording: name, Sender: rest.Sender(r.Context()), From: r.RemoteAddr}
	if err := h.gate.Admit(request); err != nil {
		return nil, err
	}
	d, err := h.library.Document(r.Context(), name)
	if fault.Is(err, fault.KindNotFound) {
		w.WriteHeader(http.StatusNotFound)
		return nil, nil
	}
	return d, err
}

func (h Handler) sound(w http.ResponseWriter, r *http.Request) error {
	d, err := h.find(w, r, access.Download)
	if d == nil {
		return err
	}
	sound, err := d.Open()
	if err != nil {
		return err
	}
	defer sound.Close()
	size, err := sound.Size()
	if err != nil {
		return err
	}
	serve(w, r, d, "audio", io.NewSectionReader(sound, 0, size))
	return nil
}

func (h Handler) metadata(w http.ResponseWriter, r *http.Request) error {
	d, err := h.find(w, r, access.Download)
	if d == nil {
		return err
	}
	text, err := d.Metadata()
	if err != nil {
		return err
	}
	serve(w, r, d, "acsmetadata", bytes.NewReader(text))
	return nil
}

func (h Handler) remove(w http.ResponseWriter, r *http.Request) error {
	d, err := h.find(w, r, access.Delete)
	if d == nil {
		return err
	}
	return d.Delete(r.Context())
}

// oneRange is a Range that means something. Python's SDK writes bytes=None and
// bytes=0 for the whole file. More than one range at once is nothing that a
// recording is read by; a server may ignore it (RFC 9110 §14.2).
var oneRange = regexp.MustCompile(`^bytes=(\d{1,18}-\d{0,18}|-\d{1,18})$`)

// serve answers with the content, with a part of it, or that it is what the client
// has. It takes 32 KiB of memory, whatever the size.
func serve(w http.ResponseWriter, r *http.Request, d Document, part string, content io.ReadSeeker) {
	if !oneRange.MatchString(r.Header.Get("Range")) {
		r.Header.Del("Range")
	}
	h := w.Header()
	h.Set("Content-Type", "application/octet-stream") // as the service's, whatever is in it
	h.Set("Cache-Control", "no-cache, max-age=0, s-maxage=0, private")
	h.Set("ETag", strconv.Quote(r.PathValue("documentId")+"-"+part))
	http.ServeContent(w, r, "", d.Modified().Truncate(time.Second), content)
}
