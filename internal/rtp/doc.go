// Package rtp carries one audio stream. It owns its two sockets (RTP and RTCP),
// its jitter buffer, the concealment of what was lost, and the tones of RFC 4733
// in both directions. A Session is a port of the mix: all of its work happens
// inside ReadFrame and WriteFrame, on the shard that ticks it.
//
// RFC 3550 (RTP, RTCP), RFC 3551 (payload types), RFC 4733 (tones), RFC 4961
// (symmetric RTP). Parsing is our own: a fixed header needs forty lines, and
// nothing here may allocate for each packet.
package rtp
