package media

import (
	"slices"
	"strconv"
	"strings"

	"github.com/switchhook/switchhook/internal/sdp"
)

// mimeRedundant is redundant audio data (RFC 2198): each packet has copies of those before
// it. We send some while packets are lost.
const mimeRedundant = "audio/red"

// copiesAre reports whether the blocks of redundant audio data are of the codec that is
// sent, which comes before it in our list: "111/111" (RFC 2198 §5).
func copiesAre(parameters string, codecs []sdp.Format) bool {
	if len(codecs) == 0 {
		return false
	}
	for number := range strings.SplitSeq(parameters, "/") {
		if number != strconv.Itoa(int(codecs[0].PayloadType)) {
			return false
		}
	}
	return true
}

// withFirst moves a payload type to the front of an answer's line of sound: browsers send
// the first one, and redundant audio data only then. 0 changes nothing.
func withFirst(answer string, number uint8) string {
	before, after, found := strings.Cut(answer, "\r\nm=audio ")
	line, rest, _ := strings.Cut(after, "\r\n")
	fields := strings.Fields(line) // port, profile, numbers
	if !found || number == 0 || len(fields) < 2 {
		return answer
	}
	first := strconv.Itoa(int(number))
	at := slices.Index(fields[2:], first)
	if at < 0 {
		return answer
	}
	numbers := slices.Insert(slices.Delete(fields[2:], at, at+1), 0, first)
	return before + "\r\nm=audio " + strings.Join(append(fields[:2:2], numbers...), " ") + "\r\n" + rest
}
