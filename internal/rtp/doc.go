// Package rtp carries one audio stream. It owns its two sockets (RTP and RTCP),
// its jitter buffer, the concealment of what was lost and the noise of pauses,
// tones in both directions, encryption, and the measures of quality. A Session is a port of the mix: all of its work happens
// inside ReadFrame and WriteFrame, on the shard that ticks it.
//
// RFC 3550 (RTP, RTCP), RFC 3551 (payload types), RFC 3389 (comfort noise), RFC
// 3611 (XR), RFC 3711 and 4568 (SRTP), RFC 4733 (tones), RFC 4961 (symmetric
// RTP), RFC 5761 (RTCP beside RTP); ITU-T G.107 (quality), G.711 appendix I
// (concealment), Q.24 (keys in the sound). Parsing is our own: a fixed header
// needs forty lines, and nothing here may allocate for each packet.
package rtp
