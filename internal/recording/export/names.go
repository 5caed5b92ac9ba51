package export

import (
	"fmt"
	"time"

	"github.com/google/uuid"
)

// Part is what a file of a recording is, in its name.
type Part string

// The parts. The first two names are the documented ones.
const (
	Metadata Part = "acsmetadata"
	AudioMP3 Part = "audiomp3"
	AudioWAV Part = "audiowav"
	VideoMP4 Part = "videomp4"
)

// extensions are those of the parts' names.
var extensions = map[Part]string{Metadata: "json", AudioMP3: "mp3", AudioWAV: "wav", VideoMP4: "mp4"}

// Name returns where a file of a recording is in a container:
// YYYYMMDD/callId/BEGIN-GUID/CHUNK-PART.DOCUMENT.EXTENSION, where BEGIN is that of
// the recordingId. The GUID follows from the recordingId, so that a second attempt
// replaces what the first one has left.
func Name(began time.Time, callID, recordingID string, chunk int, part Part, document string) string {
	guid := uuid.NewSHA1(uuid.NameSpaceOID, []byte(recordingID))
	return fmt.Sprintf("%s/%s/%s-%s/%d-%s.%s.%s", began.UTC().Format("20060102"), callID,
		recordingID[:min(8, len(recordingID))], guid, chunk, part, document, extensions[part])
}
