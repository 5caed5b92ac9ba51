// Package mixer lets everybody in a call hear everybody else. It owns the
// shards: threads that wake every 5 ms, read a frame from each port of a quarter
// of their calls, mix, and write a frame to each. Everything that a port does in
// ReadFrame, WriteFrame and Close happens on its shard, so it must be short:
// no lock that is held elsewhere for long, no file, no allocation.
//
// docs/sound.md describes the way of a frame; nothing here knows RTP.
package mixer
