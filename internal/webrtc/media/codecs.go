package media

import (
	"strconv"
	"strings"

	"github.com/pion/webrtc/v4"

	"github.com/switchhook/switchhook/internal/codec"
	"github.com/switchhook/switchhook/internal/sdp"
)

// midExtension tells the m-line of a packet (RFC 9143 §15).
const midExtension = "urn:ietf:params:rtp-hdrext:sdes:mid"

// opusParameters are what we ask of the peer's encoder (RFC 7587 §6.1): mono, at most
// 32 kbit/s, with redundancy and with pauses.
const opusParameters = "minptime=10;useinbandfec=1;usedtx=1;maxaveragebitrate=32000"

// codecs are the formats that we offer, the best first, with the numbers that browsers
// use themselves: an answer takes those of the offer.
func codecs() (*webrtc.MediaEngine, error) {
	engine := &webrtc.MediaEngine{}
	for _, f := range formats() {
		if err := engine.RegisterCodec(f, webrtc.RTPCodecTypeAudio); err != nil {
			return nil, err
		}
	}
	if err := engine.RegisterHeaderExtension(webrtc.RTPHeaderExtensionCapability{URI: midExtension}, webrtc.RTPCodecTypeAudio); err != nil {
		return nil, err
	}
	return engine, registerVideo(engine)
}

func formats() (list []webrtc.RTPCodecParameters) {
	add := func(mime string, clock uint32, channels uint16, parameters string, number webrtc.PayloadType) {
		list = append(list, webrtc.RTPCodecParameters{
			RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: mime, ClockRate: clock, Channels: channels, SDPFmtpLine: parameters},
			PayloadType:        number,
		})
	}
	if _, usable := codec.Named(codec.Opus.Name); usable {
		add(webrtc.MimeTypeOpus, 48000, 2, opusParameters, 111)
		add(mimeRedundant, 48000, 2, "", 63)
	}
	add(webrtc.MimeTypeG722, 8000, 0, "", 9)
	add(webrtc.MimeTypePCMU, 8000, 0, "", 0)
	add(webrtc.MimeTypePCMA, 8000, 0, "", 8)
	add(mimeTones, 48000, 0, "", 110)
	add(mimeTones, 8000, 0, "", 126)
	return list
}

const mimeTones = "audio/telephone-event"

// mediaOf says what was agreed on, as package rtp takes it: the codec to send is the
// first of ours that the peer takes.
func mediaOf(agreed []webrtc.RTPCodecParameters) (sdp.Media, bool) {
	var both sdp.Formats
	for _, ours := range formats() {
		for _, theirs := range agreed {
			if !strings.EqualFold(ours.MimeType, theirs.MimeType) || ours.ClockRate != theirs.ClockRate {
				continue
			}
			number := uint8(theirs.PayloadType)
			switch ours.MimeType {
			case mimeTones:
				both.Events = append(both.Events, sdp.Events{PayloadType: number, Clock: int(ours.ClockRate)})
				continue
			case mimeRedundant:
				if copiesAre(theirs.SDPFmtpLine, both.Codecs) {
					both.Redundant = number
				}
				continue
			}
			format := sdp.Format{PayloadType: number, Codec: strings.ToUpper(strings.TrimPrefix(ours.MimeType, "audio/"))}
			if format.Codec == codec.Opus.Name {
				format.Opus = opusWishes(theirs.SDPFmtpLine)
			}
			both.Codecs = append(both.Codecs, format)
		}
	}
	return sdp.Media{Send: true, Receive: true, Sending: both, Receiving: both, RTCPMux: true}, len(both.Codecs) > 0
}

// withOpusParameters lets an answer say what we want of the peer's encoder of Opus: pion
// repeats what the peer wants of ours.
func withOpusParameters(answer string) string {
	_, after, found := strings.Cut(answer, "a=rtpmap:")
	for ; found; _, after, found = strings.Cut(after, "a=rtpmap:") {
		line, _, _ := strings.Cut(after, "\r\n")
		number, name, _ := strings.Cut(line, " ")
		if !strings.HasPrefix(strings.ToLower(name), "opus/48000") {
			continue
		}
		before, rest, ok := strings.Cut(answer, "a=fmtp:"+number+" ")
		if _, end, _ := strings.Cut(rest, "\r\n"); ok {
			return before + "a=fmtp:" + number + " " + opusParameters + "\r\n" + end
		}
	}
	return answer
}

// opusWishes reads what the peer wants of our encoder.
func opusWishes(parameters string) (wants sdp.Opus) {
	for parameter := range strings.SplitSeq(parameters, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(parameter), "=")
		switch strings.ToLower(name) {
		case "useinbandfec":
			wants.Redundant = value == "1"
		case "cbr":
			wants.Constant = value == "1"
		case "maxaveragebitrate":
			wants.BitRate, _ = strconv.Atoi(value)
		}
	}
	return wants
}
