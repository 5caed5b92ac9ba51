package server

import (
	"bytes"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/recording"
	"github.com/switchhook/switchhook/internal/rest"
)

// The paths of a document, as the service's.
const (
	objectsPath  = "/v1/objects/"
	soundPath    = "/content/audio"
	metadataPath = "/content/acsmetadata"
)

// recordingContent serves the files of recordings.
type recordingContent struct{ library *recording.Library }

func (c recordingContent) routes(rt *rest.Router) {
	const document = objectsPath + "{documentId}"
	version, signed := rest.NoVersion(), rest.SignedWithoutQuery()
	success := rest.Success(http.StatusOK, http.StatusPartialContent)
	rt.Handle(http.MethodGet, document+soundPath, c.sound, version, signed, success)
	rt.Handle(http.MethodGet, document+metadataPath, c.metadata, version, signed, success)
	rt.Handle(http.MethodDelete, document, c.remove, version, signed, rest.EvenWhenBusy())
}

// find finds the document of a request; a nil one was answered, as the service does,
// without a body.
func (c recordingContent) find(w http.ResponseWriter, r *http.Request) (*recording.Document, error) {
	d, err := c.library.Document(r.Context(), r.PathValue("documentId"))
	if fault.Is(err, fault.KindNotFound) {
		w.WriteHeader(http.StatusNotFound)
		return nil, nil
	}
	return d, err
}

func (c recordingContent) sound(w http.ResponseWriter, r *http.Request) error {
	d, err := c.find(w, r)
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
	serve(w, r, d, io.NewSectionReader(sound, 0, size))
	return nil
}

func (c recordingContent) metadata(w http.ResponseWriter, r *http.Request) error {
	d, err := c.find(w, r)
	if d == nil {
		return err
	}
	text, err := d.Metadata()
	if err != nil {
		return err
	}
	serve(w, r, d, bytes.NewReader(text))
	return nil
}

// oneRange is a Range that means something: the Python SDK writes bytes=None and
// bytes=0 for all of it.
var oneRange = regexp.MustCompile(`^bytes=(\d+-\d*|-\d+)$`)

func serve(w http.ResponseWriter, r *http.Request, d *recording.Document, content io.ReadSeeker) {
	if !oneRange.MatchString(r.Header.Get("Range")) {
		r.Header.Del("Range")
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Cache-Control", "no-cache, max-age=0, s-maxage=0, private")
	w.Header().Set("ETag", strconv.Quote(r.PathValue("documentId")))
	http.ServeContent(w, r, "", d.Modified().Truncate(time.Second), content)
}

func (c recordingContent) remove(w http.ResponseWriter, r *http.Request) error {
	d, err := c.find(w, r)
	if d == nil {
		return err
	}
	return d.Delete(r.Context())
}
