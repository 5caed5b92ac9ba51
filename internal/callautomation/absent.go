package callautomation

import (
	"net/http"

	"github.com/switchhook/switchhook/internal/fault"
)

// operation is a documented operation that this version does not offer.
type operation struct {
	name, method, path string
}

// absent lists the documented operations that are not offered yet.
// docs/compatibility.md says the same, and a test compares the two.
var absent = []operation{
	{"startRecording", http.MethodPost, "/calling/recordings"},
	{"getRecordingProperties", http.MethodGet, "/calling/recordings/{recordingId}"},
	{"stopRecording", http.MethodDelete, "/calling/recordings/{recordingId}"},
	{"pauseRecording", http.MethodPost, "/calling/recordings/{recordingId}:pause"},
	{"resumeRecording", http.MethodPost, "/calling/recordings/{recordingId}:resume"},
}

// refuse says that the operation is not offered, with the service's own code for
// operations that a deployment does not support.
func (op operation) refuse(http.ResponseWriter, *http.Request) error {
	return fault.Unsupported("%s is not offered by this version of Switchhook; docs/compatibility.md lists what is.", op.name).WithCode("8520")
}
