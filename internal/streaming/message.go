package streaming

import (
	"encoding/base64"
	"encoding/binary"
	"slices"
	"strconv"
	"time"
)

// Messages are written by appending, without reflection: there are fifty a second
// for each stream. The member kind is the first one, in Pascal case: the parsers
// of the official SDKs ask for both.

// appendAudioMetadata appends the first message of a stream. Rate is in Hz.
func appendAudioMetadata(dst []byte, subscription string, rate int) []byte {
	dst = append(dst, `{"kind":"AudioMetadata","audioMetadata":{"subscriptionId":`...)
	dst = appendString(dst, subscription)
	dst = append(dst, `,"encoding":"PCM","sampleRate":`...)
	dst = strconv.AppendInt(dst, int64(rate), 10)
	dst = append(dst, `,"channels":1,"length":`...)
	dst = strconv.AppendInt(dst, int64(frameBytes(rate)), 10)
	return append(dst, "}}"...)
}

// frameBytes is the size of 20 ms at a rate in Hz: 640 bytes at 16 kHz, 960 at
// 24 kHz. Applications refuse others.
func frameBytes(rate int) int { return 2 * rate / 50 }

// appendAudioData appends 20 ms of audio. Who is the raw id of the participant, "" for all
// of them together. Pcm is 16-bit little-endian.
func appendAudioData(dst []byte, at time.Time, who string, pcm []byte, silent bool) []byte {
	dst = append(dst, `{"kind":"AudioData","audioData":{"timestamp":"`...)
	dst = appendTime(dst, at)
	dst = append(dst, '"')
	dst = appendParticipant(dst, who)
	dst = append(dst, `,"data":"`...)
	dst = base64.StdEncoding.AppendEncode(dst, pcm)
	dst = append(dst, `","silent":`...)
	dst = strconv.AppendBool(dst, silent)
	return append(dst, "}}"...)
}

// appendTone appends a key that a participant has pressed, as the service names it
// there: "3", "*", "#", "A".
func appendTone(dst []byte, at time.Time, who, key string) []byte {
	dst = append(dst, `{"kind":"DtmfData","dtmfData":{"data":`...)
	dst = appendString(dst, key)
	dst = append(dst, `,"timestamp":"`...)
	dst = appendTime(dst, at)
	dst = append(dst, '"')
	dst = appendParticipant(dst, who)
	return append(dst, "}}"...)
}

// appendMark appends that the audio before a mark has been played, or was cleared.
func appendMark(dst []byte, id, status string) []byte {
	dst = append(dst, `{"kind":"MarkData","markData":{"id":`...)
	dst = appendString(dst, id)
	dst = append(dst, `,"status":"`...)
	dst = append(dst, status...)
	return append(dst, `"}}`...)
}

// appendParticipant appends the member that names a participant by the raw id. For "" it is
// absent, because JavaScript's parser refuses null.
func appendParticipant(dst []byte, who string) []byte {
	if who == "" {
		return dst
	}
	dst = append(dst, `,"participantRawID":`...)
	return appendString(dst, who)
}

// appendTime appends a time in UTC with its Z: Java's and .NET's parsers ask for it.
func appendTime(dst []byte, at time.Time) []byte {
	return at.UTC().AppendFormat(dst, "2006-01-02T15:04:05.000Z")
}

// appendString appends a JSON string. Bytes below a space, quotes and backslashes
// are escaped; the rest is UTF-8 as it is (RFC 8259 §7).
func appendString(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c < ' ':
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, '"')
}

// appendPCM appends samples as 16-bit little-endian.
func appendPCM(dst []byte, samples []int16) []byte {
	start := len(dst)
	dst = slices.Grow(dst, 2*len(samples))[:start+2*len(samples)]
	to := dst[start:]
	for i, s := range samples {
		binary.LittleEndian.PutUint16(to[2*i:], uint16(s))
	}
	return dst
}
