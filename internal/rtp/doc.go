// Package rtp carries one audio stream. A Stream is its media engine: it turns
// packets into frames and frames into packets. It has the jitter buffer, packet loss
// concealment, comfort noise, tones in both directions, RTCP reports and the measures
// of quality, and neither socket nor goroutine nor clock. A Session is a Stream on a
// pair of UDP sockets, with address latching and SRTP; all of its work happens inside
// ReadFrame and WriteFrame, on the shard that ticks it. An AsyncStream is a Stream on
// a goroutine of its own, for packets that come and go by function calls.
//
// RFC 3550 (RTP, RTCP), RFC 3551 (payload types), RFC 3389 (comfort noise), RFC
// 3611 (XR), RFC 3711 and 4568 (SRTP), RFC 4733 (tones), RFC 4961 (symmetric
// RTP), RFC 5761 (RTCP beside RTP); ITU-T G.107 (quality), G.711 appendix I
// (concealment), Q.24 (DTMF detection). Parsing is our own: a fixed header needs
// forty lines, and nothing here may allocate for each packet.
package rtp
