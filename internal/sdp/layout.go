package sdp

import "slices"

// layout is what the descriptions of a session consist of once the far end has made an
// offer: its streams in their order, and the numbers of its formats. A later offer of
// ours has to repeat both (RFC 3264 §8, §8.3.2). Nil is that of our own offers.
type layout struct {
	streams []Stream
	taken   int // the stream that carries the sound
}

// layoutOf keeps what our own offers would not say in the same way: most far ends have
// one stream, with the numbers that we use too.
func layoutOf(offer *Session, taken int) *layout {
	if s := &offer.Streams[taken]; len(offer.Streams) == 1 && s.Protocol == "RTP/AVP" && !slices.ContainsFunc(s.maps, rtpmap.differs) {
		return nil
	}
	return &layout{offer.Streams, taken}
}

// differs reports whether our offers would give the number to something else, or the
// codec another number.
func (m rtpmap) differs() bool {
	ours, known := formats[m.codec]
	switch {
	case m.codec == telephoneEvent && eventPayloadTypes[m.clock] != 0:
		return m.payloadType != eventPayloadTypes[m.clock]
	case known && m.clock == ours.clock:
		return m.payloadType != ours.payloadType
	}
	return isOurs(m.payloadType)
}

// isOurs reports whether our offers use a number.
func isOurs(payloadType uint8) bool {
	for _, f := range formats {
		if f.payloadType == payloadType {
			return true
		}
	}
	for _, number := range eventPayloadTypes {
		if number == payloadType {
			return true
		}
	}
	return false
}

// formats are those of an offer of ours: under the numbers that the far end gave them,
// and where it knows none of them under numbers that it gave to nothing.
func (l *layout) formats(codecs []string) Formats {
	all := offered(codecs)
	if l == nil {
		return all
	}
	stream := &l.streams[l.taken]
	theirs := Formats{Events: stream.appendAllEvents(nil)}
	var used []uint8
	for _, m := range stream.maps {
		used = append(used, m.payloadType)
	}
	number := func(ours uint8) uint8 {
		for candidate := uint8(firstDynamic); slices.Contains(used, ours) && candidate <= lastDynamic; candidate++ {
			if !slices.Contains(used, candidate) {
				ours = candidate
			}
		}
		used = append(used, ours)
		return ours
	}
	for i, codec := range all.Codecs {
		if known, ok := stream.find(codec.Codec); ok {
			all.Codecs[i].PayloadType = known.PayloadType
		} else {
			all.Codecs[i].PayloadType = number(codec.PayloadType)
		}
	}
	for i, events := range all.Events {
		if at := slices.IndexFunc(theirs.Events, func(e Events) bool { return e.Clock == events.Clock }); at >= 0 {
			all.Events[i].PayloadType = theirs.Events[at].PayloadType
		} else {
			all.Events[i].PayloadType = number(events.PayloadType)
		}
	}
	return all
}

// The payload types that anybody may give to anything (RFC 3551 §6). Where the far end has
// given all of them to something, ours stay as they are.
const (
	firstDynamic = 96
	lastDynamic  = 127
)
