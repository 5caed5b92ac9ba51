package journal

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"syscall"
)

// simDisk is the directory of a store on a disk that loses power, is full and fails. What
// the process sees (the page cache) and what is on the disk are kept apart:
//
//   - a write is seen at once, and is on the disk after the next sync that succeeds;
//   - a sync that fails may have brought any blocks to the disk, and the kernel takes the
//     others for clean: no later sync brings them. It may forget that it had them, too;
//   - a power cut leaves any blocks of what was not synced, and of names a part of the changes.
type simDisk struct {
	random *rand.Rand

	seen   map[string]*simFile
	onDisk map[string]*simFile
	moves  []func(map[string]*simFile) // changes of names since the last sync of them

	full, failing, unreadable bool // some writes, syncs, reads fail
	crashIn                   int  // operations until the process is killed; 0: it is not
	killed                    bool
	lives                     int  // of processes: files of former ones are closed
	forgot                    bool // what was written is not seen any more, since a sync failed
}

// simFile is a file, whatever its name.
type simFile struct {
	content []byte // as it is seen
	disk    []byte
	changes []simChange // that are on the disk after a sync
}

// simChange is a write, or where there is no data, a truncation.
type simChange struct {
	data []byte
	at   int64
}

const simBlock = 64 // bytes that are on the disk together

var errKilled = errors.New("the process was killed")

func newSimDisk(random *rand.Rand) *simDisk {
	return &simDisk{random: random, seen: map[string]*simFile{}, onDisk: map[string]*simFile{}}
}

// apply makes a change of a content.
func (c simChange) apply(to []byte) []byte {
	if c.data == nil {
		to = to[:min(int64(len(to)), c.at)]
		return append(to, make([]byte, c.at-int64(len(to)))...)
	}
	if missing := c.at + int64(len(c.data)) - int64(len(to)); missing > 0 {
		to = append(to, make([]byte, missing)...)
	}
	copy(to[c.at:], c.data)
	return to
}

// step counts an operation; it fails once the process is killed.
func (d *simDisk) step() error {
	if d.crashIn > 0 {
		d.crashIn--
		d.killed = d.killed || d.crashIn == 0
	}
	if d.killed {
		return errKilled
	}
	return nil
}

func (d *simDisk) make() error { return d.step() }

func (d *simDisk) names() ([]string, error) {
	return slices.Sorted(maps.Keys(d.seen)), d.step()
}

func (d *simDisk) open(name string, flag int) (file, error) {
	if err := d.step(); err != nil {
		return nil, err
	}
	f := d.seen[name]
	switch {
	case f == nil && flag&os.O_CREATE == 0:
		return nil, &os.PathError{Op: "open", Path: name, Err: os.ErrNotExist}
	case f == nil:
		f = &simFile{}
		d.rename(func(names map[string]*simFile) { names[name] = f })
	case flag&os.O_TRUNC != 0:
		f.change(simChange{})
	}
	return &simOpen{disk: d, file: f, name: name, life: d.lives}, nil
}

func (d *simDisk) rename(change func(map[string]*simFile)) {
	change(d.seen)
	d.moves = append(d.moves, change)
}

func (d *simDisk) read(name string) ([]byte, error) {
	f, err := d.open(name, os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	if d.unreadable && d.random.IntN(4) == 0 {
		return nil, &os.PathError{Op: "read", Path: name, Err: syscall.EIO}
	}
	return bytes.Clone(f.(*simOpen).file.content), nil
}

func (d *simDisk) remove(name string) error {
	if err := d.step(); err != nil {
		return err
	}
	if d.seen[name] == nil {
		return &os.PathError{Op: "remove", Path: name, Err: os.ErrNotExist}
	}
	d.rename(func(names map[string]*simFile) { delete(names, name) })
	return nil
}

func (d *simDisk) sync() error {
	if err := d.step(); err != nil {
		return err
	}
	if d.failing && d.random.IntN(3) == 0 {
		return &os.PathError{Op: "sync", Path: ".", Err: syscall.EIO}
	}
	d.onDisk, d.moves = maps.Clone(d.seen), nil
	return nil
}

func (d *simDisk) syncData(f file) error { return f.Sync() }

// restart lets a process follow that was killed; before it the power may fail.
func (d *simDisk) restart(powerCut bool) {
	d.killed, d.crashIn = false, 0
	d.lives++
	if !powerCut {
		return
	}
	for _, move := range d.moves[:d.random.IntN(len(d.moves)+1)] {
		move(d.onDisk)
	}
	d.seen, d.moves, d.forgot = maps.Clone(d.onDisk), nil, false
	for _, name := range slices.Sorted(maps.Keys(d.seen)) {
		f := d.seen[name]
		f.disk = f.left(d.random)
		f.content, f.changes = bytes.Clone(f.disk), nil
	}
}

// change is seen at once.
func (f *simFile) change(c simChange) {
	f.content = c.apply(f.content)
	f.changes = append(f.changes, c)
}

// left is what may be on the disk while not everything is.
func (f *simFile) left(random *rand.Rand) []byte {
	some := func() int { return random.IntN(len(f.changes) + 1) }
	after := func(changes int) []byte {
		content := bytes.Clone(f.disk)
		for _, c := range f.changes[:changes] {
			content = c.apply(content)
		}
		return content
	}
	if random.IntN(3) == 0 { // the disk takes the changes in their order
		return after(some())
	}
	content, versions := after(some()), map[int][]byte{}
	for at := 0; at < len(content); at += simBlock {
		n := some()
		if versions[n] == nil {
			versions[n] = append(after(n), make([]byte, len(content))...)
		}
		block := content[at:min(at+simBlock, len(content))]
		if copy(block, versions[n][at:]); at >= len(f.disk) && random.IntN(8) == 0 {
			for i := range block { // what was there of another file
				block[i] = byte(random.Uint32())
			}
		}
	}
	return content
}

// simOpen is an open file.
type simOpen struct {
	disk *simDisk
	file *simFile
	name string
	life int
}

func (o *simOpen) step() error {
	if o.life != o.disk.lives {
		return os.ErrClosed
	}
	return o.disk.step()
}

func (o *simOpen) Name() string { return o.name }

func (o *simOpen) Close() error { return nil }

func (o *simOpen) ReadAt(p []byte, at int64) (int, error) {
	if err := o.step(); err != nil {
		return 0, err
	}
	if o.disk.unreadable && o.disk.random.IntN(4) == 0 {
		return 0, &os.PathError{Op: "read", Path: o.name, Err: syscall.EIO}
	}
	if at >= int64(len(o.file.content)) {
		return 0, io.EOF
	}
	n := copy(p, o.file.content[at:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (o *simOpen) WriteAt(p []byte, at int64) (int, error) {
	before := o.disk.killed
	err := o.step()
	if o.life != o.disk.lives || before {
		return 0, err
	}
	if err == nil && o.disk.full && o.disk.random.IntN(3) == 0 {
		err = &os.PathError{Op: "write", Path: o.name, Err: syscall.ENOSPC}
	}
	n := len(p)
	if err != nil && n > 0 { // a kill may come behind the write too
		n = o.disk.random.IntN(n + 1)
		if err != errKilled {
			n = min(n, len(p)-1)
		}
	}
	if n > 0 {
		o.file.change(simChange{bytes.Clone(p[:n]), at})
	}
	return n, err
}

func (o *simOpen) Truncate(size int64) error {
	if err := o.step(); err != nil {
		return err
	}
	o.file.change(simChange{at: size})
	return nil
}

func (o *simOpen) Sync() error {
	if err := o.step(); err != nil {
		return err
	}
	f, d := o.file, o.disk
	if d.failing && d.random.IntN(3) == 0 {
		f.disk, f.changes = f.left(d.random), nil
		if d.random.IntN(4) == 0 {
			f.content, d.forgot = bytes.Clone(f.disk), true
		}
		return &os.PathError{Op: "sync", Path: o.name, Err: syscall.EIO}
	}
	for _, c := range f.changes {
		f.disk = c.apply(f.disk)
	}
	f.changes = nil
	return nil
}
