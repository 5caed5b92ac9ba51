// Package recording writes what is heard in calls into files, as it is heard. It
// owns the records of recordings, in a collection, and the bytes of their chunks.
//
// A recording listens to the mix of its call. Four goroutines serve all recordings:
// one takes frames from their queues and makes samples of them, one writes, one has
// the disk keep what was written, one deletes recordings whose time is over. None of
// them can delay a tick of sound. A chunk is raw samples, 16-bit at 16 kHz, that are only appended to; what
// is needed to read them is in the record, so that a chunk is valid at any moment,
// and after a crash. The header of WAV is made when it is read.
//
// A recording with pictures stores the packets of cameras and screens beside the sound,
// and who is to be seen; the file is composed of both after the end.
//
// It obeys the page "Call Recording overview" of Azure Communication Services, and
// what the service's metadata documents look like.
package recording
