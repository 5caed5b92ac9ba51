package media

import (
	"fmt"
	"slices"
	"strings"
)

// The places of m-lines (docs/browser-protocol.md, "Media").
const (
	soundPlace = iota
	cameraPlace
	screenPlace
	firstSlot
)

// Bounds on the encodings of a camera (RFC 8853).
const (
	maxEncodings = 3
	maxRID       = 16 // letters and digits
	maxMID       = 16
)

// section is an m-line of an offer and what belongs to it.
type section struct {
	place     int
	formats   int
	forAll    int // a=rtcp-fb:* lines
	lines     []string
	mid       string
	direction string
	sources   int
	encodings []string // RIDs
	codec     bool     // one of ours for pictures
	theirs    credentials
}

// attribute takes an a= line.
func (s *section) attribute(name, argument string) error {
	switch name {
	case "mid":
		if s.mid = argument; len(argument) > maxMID || strings.ContainsAny(argument, " \t") {
			return fmt.Errorf("%w: %.20q is no mid", ErrOffer, argument)
		}
	case "sendonly", "recvonly", "sendrecv":
		s.direction = name
	case "rtpmap":
		_, format, _ := strings.Cut(argument, " ")
		if format = strings.ToUpper(format); format == "VP8/90000" || format == "H264/90000" {
			s.codec = true
		}
	case "rtcp-fb":
		if strings.HasPrefix(argument, "*") {
			s.forAll++
		}
		if s.forAll > maxForAll {
			return fmt.Errorf("%w: stream %d has too much feedback for all formats", ErrOffer, s.place)
		}
	case "ssrc":
		if s.sources++; s.sources > maxSources {
			return fmt.Errorf("%w: a stream has too many sources", ErrOffer)
		}
	case "rid":
		id, _, _ := strings.Cut(argument, " ")
		if s.place != cameraPlace || len(s.encodings) == maxEncodings || !isRID(id) {
			return fmt.Errorf("%w: stream %d has encoding %.20q", ErrOffer, s.place, id)
		}
		s.encodings = append(s.encodings, id)
	default:
		s.theirs.take(name, argument)
	}
	return nil
}

func isRID(id string) bool {
	for _, r := range id {
		if (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') {
			return false
		}
	}
	return id != "" && len(id) <= maxRID
}

// fits reports whether the line is of the form of its place. One of pictures that is not
// is answered with port 0.
func (s *section) fits() bool {
	switch {
	case s.place == soundPlace:
		return true
	case s.place < firstSlot:
		return s.codec && s.direction == "sendonly"
	}
	return s.codec && s.direction == "recvonly" && s.mid != ""
}

// unsent is an attribute of a line that is refused: without the wish to receive, so that
// pion takes it for no slot.
func unsent(line string) string {
	if line == "a=recvonly" || line == "a=sendrecv" {
		return "a=sendonly"
	}
	return line
}

// refuse answers the lines of some mids, each followed by a space, with port 0 (RFC 3264
// §6), and takes them out of the bundle (RFC 8843 §7.3.3).
func refuse(answer, mids string) string {
	sections := strings.Split(answer, "\r\nm=")
	for mid := range strings.FieldsSeq(mids) {
		sections[0] = withoutBundled(sections[0], mid)
		for i, section := range sections[1:] {
			if strings.Contains(section+"\r\n", "\r\na=mid:"+mid+"\r\n") {
				sections[i+1] = "video 0 UDP/TLS/RTP/SAVPF 0\r\nc=IN IP4 0.0.0.0\r\na=inactive\r\na=mid:" + mid
			}
		}
	}
	return strings.TrimSuffix(strings.Join(sections, "\r\nm="), "\r\n") + "\r\n"
}

// withoutBundled takes a mid out of the bundle that the head of an answer names.
func withoutBundled(head, mid string) string {
	before, rest, found := strings.Cut(head, "\r\na=group:BUNDLE ")
	if !found {
		return head
	}
	line, after, _ := strings.Cut(rest, "\r\n")
	mids := slices.DeleteFunc(strings.Fields(line), func(one string) bool { return one == mid })
	return before + "\r\na=group:BUNDLE " + strings.Join(mids, " ") + "\r\n" + after
}
