package sdp

import "slices"

// offered are the formats of our offers, under our numbers.
func offered(codecs []string) (f Formats) {
	for _, codec := range codecs {
		format := Format{PayloadType: formats[codec].payloadType, Codec: codec}
		if codec == "OPUS" {
			format.Opus = parseOpus(opusParameters)
		}
		f.Codecs = append(f.Codecs, format)
	}
	for _, clock := range eventClocks(codecs) {
		f.Events = append(f.Events, Events{eventPayloadTypes[clock], clock})
	}
	return f
}

// receivable are the formats under which the far end may send after an answer to
// our offer: all that stand in both, under the numbers of the offer (RFC 3264 §5.1,
// §6.1). Some far ends send under those of their answer instead, so these count
// too, unless the offer gave them to something else that was answered.
func receivable(offer, answer Formats) (f Formats) {
	taken := map[uint8]bool{}
	for _, ours := range offer.Codecs {
		if slices.ContainsFunc(answer.Codecs, func(theirs Format) bool { return theirs.Codec == ours.Codec }) {
			f.Codecs, taken[ours.PayloadType] = append(f.Codecs, ours), true
		}
	}
	for _, ours := range offer.Events {
		if slices.ContainsFunc(answer.Events, func(theirs Events) bool { return theirs.Clock == ours.Clock }) {
			f.Events, taken[ours.PayloadType] = append(f.Events, ours), true
		}
	}
	for i, theirs := range answer.Codecs { // in the order of the offer, as the first of f.Codecs
		if !taken[theirs.PayloadType] {
			taken[theirs.PayloadType] = true
			f.Codecs = append(f.Codecs, Format{theirs.PayloadType, theirs.Codec, f.Codecs[i].Opus})
		}
	}
	for _, theirs := range answer.Events {
		if !taken[theirs.PayloadType] {
			taken[theirs.PayloadType] = true
			f.Events = append(f.Events, theirs)
		}
	}
	return f
}
