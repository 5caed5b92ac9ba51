package streaming

import (
	"strconv"
	"time"

	"github.com/switchhook/switchhook/internal/speech"
)

// Transcription's messages have what the parsers of the official SDKs ask for: words
// is always an array, participantRawID always there, offset and duration are whole
// ticks, confidence is a number.

// tick is the unit of offsets and durations: 100 ns.
const tick = 100 * time.Nanosecond

// appendTranscriptionMetadata appends the first message of a transcription.
func appendTranscriptionMetadata(dst []byte, cfg TranscriptConfig) []byte {
	dst = append(dst, `{"kind":"TranscriptionMetadata","transcriptionMetadata":{"subscriptionId":`...)
	dst = appendString(dst, cfg.Subscription)
	dst = append(dst, `,"locale":`...)
	dst = appendString(dst, cfg.Locale)
	dst = append(dst, `,"callConnectionId":`...)
	dst = appendString(dst, cfg.ConnectionID)
	dst = append(dst, `,"correlationId":`...)
	dst = appendString(dst, cfg.CorrelationID)
	if cfg.Model != "" { // an old Python beta knows no other key
		dst = append(dst, `,"speechRecognitionModelEndpointId":`...)
		dst = appendString(dst, cfg.Model)
	}
	return append(dst, "}}"...)
}

// appendTranscription appends what a participant has said.
func appendTranscription(dst []byte, who string, r speech.Result) []byte {
	dst = append(dst, `{"kind":"TranscriptionData","transcriptionData":{"text":`...)
	dst = appendString(dst, r.Text)
	dst = append(dst, `,"format":"display","confidence":`...)
	confidence := 0.0
	if r.Confidence != nil {
		confidence = *r.Confidence
	}
	dst = strconv.AppendFloat(dst, confidence, 'f', -1, 64)
	dst = appendSpan(dst, r.Offset, r.Duration)
	dst = append(dst, `,"words":[`...)
	for i, word := range r.Words {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, `{"text":`...)
		dst = appendString(dst, word.Text)
		dst = append(appendSpan(dst, word.Offset, word.Duration), '}')
	}
	dst = append(dst, `],"participantRawID":`...)
	dst = appendString(dst, who)
	status := "Intermediate"
	if r.Final {
		status = "Final"
	}
	dst = append(dst, `,"resultStatus":"`...)
	dst = append(dst, status...)
	dst = append(dst, '"')
	if r.Language != "" { // of previews, which alone can ask for several
		dst = append(dst, `,"languageIdentified":`...)
		dst = appendString(dst, r.Language)
	}
	return append(dst, "}}"...)
}

// appendSpan appends an offset and a duration in ticks.
func appendSpan(dst []byte, offset, duration time.Duration) []byte {
	dst = append(dst, `,"offset":`...)
	dst = strconv.AppendInt(dst, int64(max(0, offset)/tick), 10)
	dst = append(dst, `,"duration":`...)
	return strconv.AppendInt(dst, int64(max(0, duration)/tick), 10)
}
