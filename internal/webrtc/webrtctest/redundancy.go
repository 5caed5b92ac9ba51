package webrtctest

import (
	"encoding/binary"
	"slices"

	"github.com/pion/webrtc/v4"
)

// opus is the payload type of Opus in offers of clients.
const opus = 111

// redundant are the parameters of redundant audio data (RFC 2198) of Opus.
var redundant = webrtc.RTPCodecParameters{PayloadType: 63, RTPCodecCapability: webrtc.RTPCodecCapability{
	MimeType: "audio/red", ClockRate: 48000, Channels: 2, SDPFmtpLine: "111/111",
}}

// redundancy makes redundant audio data: each packet has a copy of the one before.
type redundancy struct{ before []byte }

// add is the payload of a packet with this sound, so many units of RTP time after the one before.
func (r *redundancy) add(sound []byte, ticks uint16) (payload []byte) {
	if len(r.before) > 0 {
		payload = binary.BigEndian.AppendUint32(payload, 1<<31|opus<<24|uint32(ticks)<<10|uint32(len(r.before)))
	}
	payload = append(append(append(payload, opus), r.before...), sound...)
	r.before = slices.Clone(sound)
	return payload
}
