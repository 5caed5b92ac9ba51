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
	maxStreams = 29 // m-lines
	maxSources = 12 // a=ssrc lines of an m-line
)

// ErrOffer is a description that is not of the form of docs/browser-protocol.md.
var ErrOffer = errors.New("the offer is not of the form that this server takes")

// offer is a client's session description, as far as we look at it ourselves.
type offer struct {
	text        string // without what we do not want to hear of
	fingerprint string // of the client's certificate: another one is another connection
}

// readOffer checks a description before pion reads it, so that nobody makes pion build
// what this server does not offer. Candidates are left out: we are ICE-lite, and learn
// the client's address from its checks.
func readOffer(text string) (offer, error) {
	if len(text) > maxOffer || strings.Count(text, "\n") > maxLines {
		return offer{}, fmt.Errorf("%w: it is too long", ErrOffer)
	}
	var kept strings.Builder
	kept.Grow(len(text))
	var found offer
	streams, sources := 0, 0
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		switch kind, value, _ := strings.Cut(line, "="); kind {
		case "":
			continue
		case "m":
			if err := checkStream(streams, value); err != nil {
				return offer{}, err
			}
			streams++
			sources = 0
		case "a":
			name, argument, _ := strings.Cut(value, ":")
			switch name {
			case "candidate", "end-of-candidates":
				continue
			case "crypto", "inactive":
				return offer{}, fmt.Errorf("%w: it has a=%s", ErrOffer, name)
			case "ssrc":
				if sources++; sources > maxSources {
					return offer{}, fmt.Errorf("%w: a stream has too many sources", ErrOffer)
				}
			case "fingerprint":
				if found.fingerprint == "" {
					found.fingerprint = argument
				}
			}
		}
		kept.WriteString(line)
		kept.WriteString("\r\n")
	}
	switch {
	case streams == 0:
		return offer{}, fmt.Errorf("%w: it has no stream", ErrOffer)
	case found.fingerprint == "":
		return offer{}, fmt.Errorf("%w: it has no a=fingerprint", ErrOffer)
	}
	found.text = kept.String()
	return found, nil
}

// checkStream looks at the m-line that comes after before others: audio alone is first.
func checkStream(before int, line string) error {
	kind, _, _ := strings.Cut(line, " ")
	switch {
	case before == maxStreams:
		return fmt.Errorf("%w: it has too many streams", ErrOffer)
	case before == 0 && kind != "audio", before > 0 && kind != "video":
		return fmt.Errorf("%w: stream %d is %.20q", ErrOffer, before, kind)
	case !strings.Contains(line, "UDP/TLS/RTP/SAVPF"):
		return fmt.Errorf("%w: it is not protected by DTLS-SRTP", ErrOffer)
	}
	return nil
}
