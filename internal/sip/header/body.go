package header

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"slices"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// SDPType is the media type of session descriptions.
const SDPType = "application/sdp"

// AcceptSDP is the Accept of who takes session descriptions, alone or among other
// parts (RFC 5621 §3.1).
const AcceptSDP = SDPType + ", multipart/mixed, multipart/alternative"

// Bounds of a body of several parts.
const (
	maxParts    = 32 // of all levels together
	maxDepth    = 4  // of multiparts inside each other
	maxBoundary = 70 // RFC 2046 §5.1.1
)

var errBody = errors.New("malformed body")

// Content is what a reader understands of a message's body.
type Content struct {
	Type    string // in lower case, without parameters
	Data    []byte // nil where the body holds nothing of the types
	Refused bool   // a part that must be understood is not (RFC 5621 §3.1): a request gets 415
}

// ReadContent finds, in the body of a message, the first part of one of the types. A
// body or part whose Content-Disposition says handling=optional is left out where it
// is not understood (RFC 3261 §20.11). An error says what is malformed.
func ReadContent(message sip.Message, types ...string) (Content, error) {
	body := message.Body()
	if len(body) == 0 {
		return Content{}, nil
	}
	whole := bodyPart{mediaType: First(message, "Content-Type"), disposition: First(message, "Content-Disposition"), data: body}
	for _, coding := range Tokens(message, "Content-Encoding") {
		whole.coded = whole.coded || !strings.EqualFold(coding, "identity")
	}
	if whole.mediaType == "" && bytes.HasPrefix(body, []byte("v=0")) { // some forget to name it
		whole.mediaType = SDPType
	}
	reader := contentReader{types: types}
	return reader.read(whole, 0)
}

// bodyPart is a body, or a part of one.
type bodyPart struct {
	mediaType, disposition string
	coded                  bool // it is compressed or otherwise encoded
	named                  bool // a header field may refer to it (Content-ID)
	data                   []byte
}

type contentReader struct {
	types []string
	parts int
}

func (r *contentReader) read(part bodyPart, depth int) (Content, error) {
	mediaType := plainType(part.mediaType)
	switch {
	case part.coded:
	case strings.HasPrefix(mediaType, "multipart/"):
		content, err := r.readParts(mediaType, part, depth)
		content.Refused = content.Refused && !part.isOptional()
		return content, err
	case slices.Contains(r.types, mediaType) && part.isForThis(mediaType):
		return Content{Type: mediaType, Data: part.data}, nil
	}
	return Content{Refused: !part.isOptional()}, nil
}

// readParts reads the parts of a multipart: of alternatives the last that is
// understood counts (RFC 2046 §5.1.4), of others the first.
func (r *contentReader) readParts(mediaType string, whole bodyPart, depth int) (found Content, err error) {
	_, parameters, err := mime.ParseMediaType(mediaType + parametersOf(whole.mediaType))
	boundary := parameters["boundary"]
	if err != nil || boundary == "" || len(boundary) > maxBoundary {
		return found, fmt.Errorf("%w: %s has no usable boundary", errBody, mediaType)
	}
	if depth == maxDepth {
		return found, fmt.Errorf("%w: its parts are nested too deep", errBody)
	}
	isChoice, understood := mediaType == "multipart/alternative", false
	list := multipart.NewReader(bytes.NewReader(whole.data), boundary)
	for {
		next, err := list.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if r.parts++; err == nil && r.parts > maxParts {
			err = fmt.Errorf("more than %d parts", maxParts)
		}
		var data []byte
		if err == nil {
			data, err = io.ReadAll(next)
		}
		if err != nil {
			return Content{}, fmt.Errorf("%w: %w", errBody, err)
		}
		content, err := r.read(bodyPart{
			mediaType: next.Header.Get("Content-Type"), disposition: next.Header.Get("Content-Disposition"), data: data,
			coded: isCoded(next.Header.Get("Content-Transfer-Encoding")), named: next.Header.Get("Content-Id") != "",
		}, depth+1)
		if err != nil {
			return Content{}, err
		}
		if content.Data != nil && (found.Data == nil || isChoice) {
			found.Type, found.Data = content.Type, content.Data
		}
		understood = understood || !content.Refused
		found.Refused = found.Refused || content.Refused
	}
	if r.parts == 0 {
		return Content{}, fmt.Errorf("%w: %s has no part", errBody, mediaType)
	}
	if isChoice {
		found.Refused = !understood
	}
	return found, nil
}

// isOptional reports whether a part may be left out. Without a disposition it must be
// understood (RFC 3261 §20.11), unless a header field names it: then that field says
// what it is for (by-reference, RFC 5621 §9.1).
func (p bodyPart) isOptional() bool {
	kind, parameters, _ := strings.Cut(strings.ToLower(p.disposition), ";")
	for parameter := range strings.SplitSeq(parameters, ";") {
		if name, value, _ := strings.Cut(parameter, "="); strings.TrimSpace(name) == "handling" {
			return strings.Trim(strings.TrimSpace(value), `"`) == "optional"
		}
	}
	kind = strings.TrimSpace(kind)
	return kind == "by-reference" || kind == "" && p.named
}

// isForThis reports whether a part is meant for the reader of its type: a session
// description of another disposition, such as early-session (RFC 3959), is not the
// session's.
func (p bodyPart) isForThis(mediaType string) bool {
	kind, _, _ := strings.Cut(strings.ToLower(p.disposition), ";")
	kind = strings.TrimSpace(kind)
	return mediaType != SDPType || kind == "" || kind == "session" || kind == "render"
}

// isCoded reports whether a part does not stand as it is.
func isCoded(transfer string) bool {
	switch strings.ToLower(strings.TrimSpace(transfer)) {
	case "", "7bit", "8bit", "binary":
		return false
	}
	return true
}

// plainType is a media type in lower case, without parameters and blanks.
func plainType(value string) string {
	name, _, _ := strings.Cut(value, ";")
	name = strings.ToLower(strings.TrimSpace(name))
	if strings.ContainsAny(name, " \t") { // SLASH may stand between blanks: RFC 3261 §25.1
		name = strings.Join(strings.Fields(name), "")
	}
	return name
}

func parametersOf(value string) string {
	_, parameters, found := strings.Cut(value, ";")
	if !found {
		return ""
	}
	return ";" + parameters
}
