package journal

import (
	"encoding/binary"
	"hash/crc32"
)

// A segment file is a sequence of frames. A frame is, little endian:
//
//	length of the content      4 bytes
//	CRC-32C of all that follows 4
//	sequence                   8  grows from frame to frame, through all files
//	synced                     8  so much of this file was on the disk when the frame was written
//	kind                       1
//	page                       8  its number
//	content
//
// The sequence tells a frame from what an earlier, failed write left at the same
// place. Synced tells a write that a crash has cut off, which nobody relied on, from
// damage to what was on the disk.
const frameHead = 33

// maxFrame bounds the content of a frame that is written, in bytes: a page, whose longest
// record is a message of MaxBody and what belongs to it. Longer ones are read: until 2026-11
// pages of contents that were moved had no bound.
const maxFrame = 32 << 20

// maxSkipped bounds the sequences that failed writes leave out before a frame.
const maxSkipped = 1 << 40

// frameKind is what a frame says. The numbers are on disk.
type frameKind byte

const (
	// frameStart is the first frame of a file. Its page is the number of the next
	// page; its content is the format's version, and how much of the file before
	// this one is on the disk.
	frameStart frameKind = 1
	// framePage has the data of a page.
	framePage frameKind = 2
	// frameDone lists pages that are forgotten: 8 bytes for each number.
	frameDone frameKind = 3
)

// frame is one frame; the content shares memory with what it was read from.
type frame struct {
	kind     frameKind
	sequence uint64
	synced   int64
	page     uint64
	content  []byte
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// appendFrame appends f to b.
func appendFrame(b []byte, f frame) []byte {
	at := len(b)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(f.content)))
	b = binary.LittleEndian.AppendUint32(b, 0)
	b = binary.LittleEndian.AppendUint64(b, f.sequence)
	b = binary.LittleEndian.AppendUint64(b, uint64(f.synced))
	b = append(b, byte(f.kind))
	b = binary.LittleEndian.AppendUint64(b, f.page)
	b = append(b, f.content...)
	binary.LittleEndian.PutUint32(b[at+4:], crc32.Checksum(b[at+8:], castagnoli))
	return b
}

// readFrame reads the frame at the front of b; false if there is no intact one with
// a sequence behind the given one.
func readFrame(b []byte, after uint64) (f frame, size int, intact bool) {
	if len(b) < frameHead {
		return f, 0, false
	}
	length := binary.LittleEndian.Uint32(b)
	if uint64(length) > uint64(len(b)-frameHead) {
		return f, 0, false
	}
	size = frameHead + int(length)
	f = frame{
		sequence: binary.LittleEndian.Uint64(b[8:]),
		synced:   int64(binary.LittleEndian.Uint64(b[16:])),
		kind:     frameKind(b[24]),
		page:     binary.LittleEndian.Uint64(b[25:]),
		content:  b[frameHead:size:size],
	}
	if f.sequence <= after || f.sequence-after > maxSkipped || f.kind < frameStart || f.kind > frameDone {
		return f, 0, false
	}
	return f, size, crc32.Checksum(b[8:size], castagnoli) == binary.LittleEndian.Uint32(b[4:])
}

// syncedBehind is how much of a file was on the disk according to the intact frames
// that follow somewhere in b.
func syncedBehind(b []byte, after uint64) (synced int64) {
	for at := range b {
		if f, _, intact := readFrame(b[at:], after); intact {
			synced = max(synced, f.synced)
		}
	}
	return synced
}
