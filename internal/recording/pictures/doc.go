// Package pictures is what is stored of the cameras and screens of a recorded call: the
// packets as they came, when they came, and who was to be seen. It owns the format of
// such a file, and makes whole pictures of its packets again.
//
// A file is entries, each with its length, so that what a crash has cut off is noticed:
//
//	length of the rest (varint), kind (1), then
//	scene   JSON: from when on who is to be seen, and where
//	run     number (varint), stream (varint), codec (1): packets that belong together
//	packet  number of its run, time, wait of the sound in ms (varints), sequence number, timestamp (4 each), marker (1), payload
//
// Times are microseconds of the recording's sound, pauses left out. A run begins with a
// key frame; its sequence numbers and timestamps go on without a gap that is not a loss.
// Payloads are those of RFC 7741 (VP8) and RFC 6184 (H.264).
package pictures
