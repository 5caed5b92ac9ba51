package media

import (
	"errors"
	"fmt"
	"strings"
)

// Bounds on a client's session description.
const (
	maxOffer   = 128 << 10 // bytes
	maxLines   = 4000
	maxStreams = 29  // m-lines
	maxSources = 30  // a=ssrc lines of an m-line: three encodings with RTX, and five attributes of each
	maxFormats = 128 // of an m-line: payload types have 7 bits (RFC 3550 §5.1)
	maxForAll  = 8   // a=rtcp-fb:* lines of an m-line
	// maxReading bounds pion's work: it reads all lines of an m-line once for each of its
	// formats. An m-line of pictures as Chrome writes it by itself takes 15,000.
	maxReading = 100_000
)

// ErrOffer is a description that is not of the form of docs/browser-protocol.md.
var ErrOffer = errors.New("the offer is not of the form that this server takes")

// offer is a client's session description, as far as we look at it ourselves.
type offer struct {
	text        string      // without what we do not want to hear of
	theirs      credentials // of the line that BUNDLE names first
	fingerprint string      // of the client's certificate: another one is another connection
	slots       string      // mids of the lines in which the client can receive pictures, each followed by a space
	refused     string      // mids of the lines that are answered with port 0
	camera      string      // mid of the line of the camera; "": there is none
	screen      string
	encodings   []string // RIDs of the camera
}

// offerReader goes through a description line by line.
type offerReader struct {
	offer
	kept    strings.Builder
	section *section // the m-line that is being read; nil before the first
	grouped bool     // it has a=group
	bundle  string   // mid that it names first; "": it names none
	streams int
	reading int // lines, as pion counts them
	noVideo bool
}

// readOffer checks a description before pion reads it, so that nobody makes pion build
// what this server does not offer. Candidates are left out: we are ICE-lite, and learn
// the client's address from its checks.
func readOffer(text string) (offer, error) {
	if len(text) > maxOffer || strings.Count(text, "\n") > maxLines {
		return offer{}, fmt.Errorf("%w: it is too long", ErrOffer)
	}
	var r offerReader
	r.kept.Grow(len(text))
	for line := range strings.Lines(text) {
		if line = strings.TrimRight(line, "\r\n"); line == "" {
			continue
		}
		if err := r.take(line); err != nil {
			return offer{}, err
		}
	}
	r.end()
	switch {
	case r.streams == 0:
		return offer{}, fmt.Errorf("%w: it has no stream", ErrOffer)
	case r.fingerprint == "":
		return offer{}, fmt.Errorf("%w: it has no a=fingerprint", ErrOffer)
	case r.reading > maxReading:
		return offer{}, fmt.Errorf("%w: its streams have too many formats", ErrOffer)
	}
	r.text = r.kept.String()
	return r.offer, nil
}

func (r *offerReader) take(line string) error {
	kind, value, _ := strings.Cut(line, "=")
	name, argument, _ := strings.Cut(value, ":")
	switch {
	case kind == "m":
		formats, err := checkStream(r.streams, value)
		if err != nil {
			return err
		}
		r.end()
		r.section = &section{place: r.streams, formats: formats}
		r.streams++
	case kind != "a":
	case name == "candidate", name == "end-of-candidates":
		return nil
	case name == "crypto", name == "inactive":
		return fmt.Errorf("%w: it has a=%s", ErrOffer, name)
	case name == "fingerprint":
		if r.fingerprint == "" {
			r.fingerprint = argument
		}
	case r.section != nil:
		if err := r.section.attribute(name, argument); err != nil {
			return err
		}
	case name == "group" && !r.grouped:
		r.grouped = true
		if kind, mids, _ := strings.Cut(argument, " "); kind == "BUNDLE" {
			r.bundle, _, _ = strings.Cut(mids, " ")
		}
	default:
		r.theirs.take(name, argument)
	}
	if r.section != nil {
		r.section.lines = append(r.section.lines, line)
		return nil
	}
	r.keep(line)
	return nil
}

func (r *offerReader) keep(line string) {
	r.kept.WriteString(line)
	r.kept.WriteString("\r\n")
}

// end keeps the m-line that has been read. Where the first of pictures has no codec of
// ours, pion takes none for the others.
func (r *offerReader) end() {
	s := r.section
	if s == nil {
		return
	}
	if r.theirs.user == "" && (r.bundle == "" && s.place == soundPlace || r.bundle != "" && s.mid == r.bundle) {
		r.theirs = s.theirs
	}
	r.reading += s.formats * len(s.lines)
	fits := s.fits()
	for _, line := range s.lines {
		if !fits {
			line = unsent(line)
		}
		r.keep(line)
	}
	r.noVideo = r.noVideo || s.place == cameraPlace && !s.codec
	switch {
	case !fits || r.noVideo:
		r.refused += s.mid + " "
	case s.place >= firstSlot:
		r.slots += s.mid + " "
	case s.place == cameraPlace:
		r.camera, r.encodings = s.mid, s.encodings
	case s.place == screenPlace:
		r.screen = s.mid
	}
}

// checkStream looks at the m-line that comes after before others, and counts its formats:
// audio alone is first.
func checkStream(before int, line string) (formats int, err error) {
	kind, _, _ := strings.Cut(line, " ")
	formats = len(strings.Fields(line)) - 3 // after media, port and protocol
	switch {
	case before == maxStreams:
		return 0, fmt.Errorf("%w: it has too many streams", ErrOffer)
	case before == 0 && kind != "audio", before > 0 && kind != "video":
		return 0, fmt.Errorf("%w: stream %d is %.20q", ErrOffer, before, kind)
	case !strings.Contains(line, "UDP/TLS/RTP/SAVPF"):
		return 0, fmt.Errorf("%w: it is not protected by DTLS-SRTP", ErrOffer)
	case formats > maxFormats:
		return 0, fmt.Errorf("%w: stream %d has too many formats", ErrOffer, before)
	}
	return formats, nil
}
