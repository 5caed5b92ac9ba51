package cdr

import (
	"github.com/switchhook/switchhook/internal/call"
)

// writeAll writes what waits now. While that fails, no more is taken than is written at once:
// the rest waits in the queue.
func (k *Keeper) writeAll() {
	if k.write(); len(k.lines) > mostWritten {
		return
	}
	list := k.records.take()
	var r Record // its lists serve for all
	for i := range list {
		if k.lines = appendLine(k.lines, &r, &list[i]); len(k.lines) > mostWritten && !k.failing {
			k.write()
		}
	}
	k.records.giveBack(list)
	if !k.failing {
		k.write()
	}
}

// writeLast writes what is left at the end, and tells what cannot be written.
func (k *Keeper) writeLast() {
	k.writeAll()
	k.sync()
	if lost := countLines(k.lines) + len(k.records.take()); lost > 0 {
		k.metrics.lost.Add(float64(lost))
		k.log.Error("call records are lost: they could not be written", "records", lost)
	}
}

// sync brings what was written to the disk: a loss of power takes a second of records.
func (k *Keeper) sync() {
	if err := k.files.sync(); err != nil {
		k.log.Error("call records may be lost: they could not be brought to the disk", "error", err)
	}
}

func appendLine(lines []byte, r *Record, d *call.Detail) []byte {
	r.fill(d)
	longer, err := appendRecord(lines, r)
	if err != nil { // it holds nothing that JSON could refuse
		return lines
	}
	return append(longer, '\n')
}

// write writes the lines that wait. Those that cannot be written wait for the next time.
func (k *Keeper) write() {
	if len(k.lines) == 0 {
		return
	}
	err := k.files.append(k.lines, k.cfg.Now(), fileSize)
	switch {
	case err != nil && !k.failing:
		k.log.Error("call records cannot be written; they wait until they can", "error", err)
	case err == nil && k.failing:
		k.log.Info("call records can be written again")
	}
	if k.failing = err != nil; !k.failing {
		k.lines = k.lines[:0]
	}
}

func countLines(lines []byte) (n int) {
	for _, b := range lines {
		if b == '\n' {
			n++
		}
	}
	return n
}
