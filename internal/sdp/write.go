package sdp

import (
	"bytes"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// usualBytes is what most descriptions are shorter than.
const usualBytes = 512

// Offer writes a description with one stream that takes all codecs of local.
func Offer(local Local) []byte {
	var text bytes.Buffer
	text.Grow(usualBytes)
	writeSession(&text, local)
	profile := "RTP/AVP"
	if local.Security == Required {
		profile = "RTP/SAVP"
	}
	fmt.Fprintf(&text, "m=audio %d %s", local.Address.Port(), profile)
	writeFormats(&text, offered(local.Codecs))
	if local.Security != Off {
		for _, crypto := range local.Crypto {
			text.WriteString(crypto.line())
		}
	}
	writeMux(&text, local.Mux)
	writeTail(&text, local.PTime, local.Hold)
	return text.Bytes()
}

// writeAnswer repeats the offer's streams in their order (RFC 3264 §6): the
// chosen one as agreed, the others refused by port 0.
func writeAnswer(offer *Session, chosen int, media Media, local Local) []byte {
	var text bytes.Buffer
	text.Grow(usualBytes)
	writeSession(&text, local)
	for i, stream := range offer.Streams {
		if i != chosen {
			list := "0"
			if len(stream.Formats) > 0 {
				list = strings.Join(stream.Formats, " ")
			}
			fmt.Fprintf(&text, "m=%s 0 %s %s\r\n", stream.Written.Kind, stream.Written.Protocol, list)
			continue
		}
		fmt.Fprintf(&text, "m=%s %d %s", stream.Written.Kind, local.Address.Port(), stream.Written.Protocol)
		writeFormats(&text, media.Receiving)
		if p := media.Protection; p.Suite != Unprotected {
			text.WriteString(Crypto{media.tag, p.Suite, p.Send}.line())
		}
		writeMux(&text, media.RTCPMux)
		writeTail(&text, media.PTime, direction(media.Send, media.Receive))
	}
	return text.Bytes()
}

// writeFormats ends an m= line with the numbers of formats, and says what they are.
func writeFormats(text *bytes.Buffer, f Formats) {
	for _, codec := range f.Codecs {
		fmt.Fprintf(text, " %d", codec.PayloadType)
	}
	for _, events := range f.Events {
		fmt.Fprintf(text, " %d", events.PayloadType)
	}
	text.WriteString("\r\n")
	for _, codec := range f.Codecs {
		writeCodec(text, codec.PayloadType, codec.Codec)
	}
	for _, events := range f.Events {
		writeEvents(text, events.PayloadType, events.Clock)
	}
}

func writeSession(text *bytes.Buffer, local Local) {
	family := addressFamily(local.Address.Addr())
	fmt.Fprintf(text, "v=0\r\no=- %d %d IN %s\r\ns=-\r\nc=IN %s\r\nt=0 0\r\n", local.ID, local.Version, family, family)
}

// writeCodec names a codec and what we ask of its encoder.
func writeCodec(text *bytes.Buffer, payloadType uint8, codec string) {
	fmt.Fprintf(text, "a=rtpmap:%d %s\r\n", payloadType, formats[codec].encoding)
	if parameters := formats[codec].parameters; parameters != "" {
		fmt.Fprintf(text, "a=fmtp:%d %s\r\na=maxptime:%d\r\n", payloadType, parameters, opusLongest)
	}
}

// writeEvents offers or takes the sixteen keys (RFC 4733 §2.4.1, 0–15) and flash.
func writeEvents(text *bytes.Buffer, payloadType uint8, clock int) {
	fmt.Fprintf(text, "a=rtpmap:%d telephone-event/%d\r\na=fmtp:%d 0-16\r\n", payloadType, clock, payloadType)
}

func writeMux(text *bytes.Buffer, mux bool) {
	if mux {
		text.WriteString("a=rtcp-mux\r\n")
	}
}

func writeTail(text *bytes.Buffer, ptime time.Duration, d Direction) {
	if ptime == 0 {
		ptime = defaultPTime
	}
	text.WriteString("a=ptime:" + strconv.FormatInt(ptime.Milliseconds(), 10) + "\r\na=" + d.String() + "\r\n")
}

func addressFamily(address netip.Addr) string {
	if address.Is4() || address.Is4In6() {
		return "IP4 " + address.Unmap().String()
	}
	return "IP6 " + address.WithZone("").String()
}
