package insight

import (
	"net/http"
	"slices"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/rest"
)

// captureRequest is how long the sound is captured.
type captureRequest struct {
	Seconds int `json:"seconds"` // 60
}

// beginCapture answers POST /calls/{id}:capture.
func (a *API) beginCapture(w http.ResponseWriter, r *http.Request) error {
	body, err := rest.Decode[captureRequest](r)
	if err != nil {
		return err
	}
	length := time.Duration(body.Seconds) * time.Second
	if body.Seconds == 0 {
		length = usualCapture
	}
	switch {
	case length < time.Second || length > maxCaptureTime:
		return rest.Field("seconds", fault.Invalid("seconds must be 1 to %.0f", maxCaptureTime.Seconds()))
	case a.NoSound:
		return fault.Forbidden("the sound of calls is not captured here: recording.mask-tones is on, and a capture has the keys that are pressed")
	}
	begun, err := a.Hub.Capture(r.PathValue("id"), length)
	if err != nil {
		return err
	}
	a.Hub.log.Info("the sound of a call is captured", "call", r.PathValue("id"), "by", nameOfSender(r), "from", r.RemoteAddr, "until", begun.Until)
	return rest.WriteJSON(w, http.StatusOK, begun)
}

// getSound answers GET /calls/{id}/sound with the SIP messages and the RTP packets that
// were captured. To look at calls does not permit to listen.
func (a *API) getSound(w http.ResponseWriter, r *http.Request) error {
	if !rest.Sender(r.Context()).Administrator {
		return fault.Forbidden("the sound of a call is for administrators").WithCode("AuthorizationFailed")
	}
	call, items, err := a.timeline(r)
	if err != nil {
		return err
	}
	found, packets := a.Hub.captured(r.PathValue("id"))
	if found == nil {
		return fault.NotFound("the sound of the call was not captured, or too long ago").WithCode("CaptureNotFound")
	}
	a.Hub.log.Info("the captured sound of a call was downloaded", "call", call.ID, "by", nameOfSender(r), "from", r.RemoteAddr)
	return download(w, "application/vnd.tcpdump.pcap", fileOf(call, "sound.pcap"), soundPCAP(items, packets))
}

// nameOfSender is who asks, for the log.
func nameOfSender(r *http.Request) string {
	who := rest.Sender(r.Context())
	if who.Key != "" {
		return who.Key + " key"
	}
	return who.Issuer + " " + who.Subject
}

// soundPCAP writes messages and packets in the order of time.
func soundPCAP(items []Item, packets []packet) []byte {
	eachMessage(items, func(at time.Time, m SIPMessage) {
		if local, remote, ok := m.addresses(); ok {
			packets = append(packets, packet{at: at, sent: m.Sent, local: local, remote: remote, payload: []byte(m.Text)})
		}
	})
	slices.SortStableFunc(packets, func(a, b packet) int { return a.at.Compare(b.at) })
	p := newPCAP()
	for _, one := range packets {
		if one.sent {
			p.datagram(one.at, one.local, one.remote, one.payload)
		} else {
			p.datagram(one.at, one.remote, one.local, one.payload)
		}
	}
	return p.Bytes()
}
