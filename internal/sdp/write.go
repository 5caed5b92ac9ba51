package sdp

import (
	"net/netip"
	"strconv"
	"time"
)

// usualBytes is what most descriptions are shorter than.
const usualBytes = 512

// Offer writes a description with one stream that takes all codecs of local. Inside a
// session it is the stream that carries the sound already, beside those that were refused.
func Offer(local Local) []byte {
	text := appendSession(make([]byte, 0, usualBytes), local)
	layout := local.layout()
	if layout == nil {
		profile := "RTP/AVP"
		if local.Security == Required {
			profile = "RTP/SAVP"
		}
		return appendOffered(text, "audio", profile, layout, local)
	}
	for i, stream := range layout.streams {
		if i == layout.taken {
			text = appendOffered(text, stream.Written.Kind, stream.Written.Protocol, layout, local)
		} else {
			text = appendRefused(text, stream)
		}
	}
	return text
}

// appendOffered offers our sound.
func appendOffered(text []byte, kind, profile string, layout *layout, local Local) []byte {
	text = appendMedia(text, kind, local.Address.Port(), profile)
	text = appendFormats(text, layout.formats(local.Codecs))
	if local.Security != Off {
		for _, crypto := range local.offered() {
			text = append(text, crypto.line()...)
		}
	}
	return appendTail(text, local.Mux, local.PTime, local.Hold)
}

// writeAnswer repeats the offer's streams in their order (RFC 3264 §6): the
// chosen one as agreed, the others refused by port 0.
func writeAnswer(offer *Session, chosen int, media Media, local Local) []byte {
	text := appendSession(make([]byte, 0, usualBytes), local)
	for i, stream := range offer.Streams {
		if i != chosen {
			text = appendRefused(text, stream)
			continue
		}
		text = appendMedia(text, stream.Written.Kind, local.Address.Port(), stream.Written.Protocol)
		text = appendFormats(text, media.Receiving)
		if p := media.Protection; p.Suite != Unprotected {
			text = append(text, Crypto{Tag: media.tag, Suite: p.Suite, Key: p.Send}.line()...)
		}
		text = appendTail(text, media.RTCPMux, media.PTime, direction(media.Send, media.Receive))
	}
	return text
}

// appendMedia begins an m= line, up to its formats.
func appendMedia(text []byte, kind string, port uint16, profile string) []byte {
	text = append(append(append(text, "m="...), kind...), ' ')
	text = append(appendNumber(text, uint64(port)), ' ')
	return append(text, profile...)
}

// appendRefused repeats the m= line of a stream that is not taken.
func appendRefused(text []byte, stream Stream) []byte {
	text = appendMedia(text, stream.Written.Kind, 0, stream.Written.Protocol)
	if len(stream.Formats) == 0 {
		text = append(text, " 0"...)
	}
	for _, format := range stream.Formats {
		text = append(append(text, ' '), format...)
	}
	return append(text, "\r\n"...)
}

// appendFormats ends an m= line with the numbers of formats, and says what they are.
func appendFormats(text []byte, f Formats) []byte {
	for _, codec := range f.Codecs {
		text = appendNumber(append(text, ' '), uint64(codec.PayloadType))
	}
	for _, events := range f.Events {
		text = appendNumber(append(text, ' '), uint64(events.PayloadType))
	}
	text = append(text, "\r\n"...)
	for _, codec := range f.Codecs {
		text = appendCodec(text, codec.PayloadType, codec.Codec)
	}
	for _, events := range f.Events {
		text = appendEvents(text, events.PayloadType, events.Clock)
	}
	return text
}

func appendSession(text []byte, local Local) []byte {
	text = append(text, "v=0\r\no=- "...)
	text = append(appendNumber(text, local.ID), ' ')
	text = append(appendNumber(text, local.Version), " IN "...)
	text = append(appendAddress(text, local.Address.Addr()), "\r\ns=-\r\nc=IN "...)
	return append(appendAddress(text, local.Address.Addr()), "\r\nt=0 0\r\n"...)
}

// appendCodec names a codec and what we ask of its encoder.
func appendCodec(text []byte, payloadType uint8, codec string) []byte {
	text = append(appendNumber(append(text, "a=rtpmap:"...), uint64(payloadType)), ' ')
	text = append(append(text, formats[codec].encoding...), "\r\n"...)
	if parameters := formats[codec].parameters; parameters != "" {
		text = append(appendNumber(append(text, "a=fmtp:"...), uint64(payloadType)), ' ')
		text = append(append(text, parameters...), "\r\na=maxptime:"...)
		text = append(appendNumber(text, opusLongest), "\r\n"...)
	}
	return text
}

// appendEvents offers or takes the sixteen keys (RFC 4733 §2.4.1, 0–15) and flash.
func appendEvents(text []byte, payloadType uint8, clock int) []byte {
	text = append(appendNumber(append(text, "a=rtpmap:"...), uint64(payloadType)), " telephone-event/"...)
	text = append(appendNumber(text, uint64(clock)), "\r\na=fmtp:"...)
	return append(appendNumber(text, uint64(payloadType)), " 0-16\r\n"...)
}

// appendTail ends a stream.
func appendTail(text []byte, mux bool, ptime time.Duration, d Direction) []byte {
	if mux {
		text = append(text, "a=rtcp-mux\r\n"...)
	}
	if ptime == 0 {
		ptime = defaultPTime
	}
	text = append(strconv.AppendInt(append(text, "a=ptime:"...), ptime.Milliseconds(), 10), "\r\na="...)
	return append(append(text, d.String()...), "\r\n"...)
}

func appendNumber(text []byte, number uint64) []byte { return strconv.AppendUint(text, number, 10) }

// appendAddress writes an address with its family.
func appendAddress(text []byte, address netip.Addr) []byte {
	if address.Is4() || address.Is4In6() {
		return address.Unmap().AppendTo(append(text, "IP4 "...))
	}
	return address.WithZone("").AppendTo(append(text, "IP6 "...))
}
