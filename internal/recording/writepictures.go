package recording

import "fmt"

// picturesName is the name of the file of a chunk's pictures.
func (r *Record) picturesName(chunk int) string { return fmt.Sprintf("%s.%d.pictures", r.key(), chunk) }

// appendPictures writes pictures. The file of a chunk begins with the first of them.
func (w *writer) appendPictures(p pendingPictures) {
	defer w.taken(len(p.bytes))
	r := w.r
	if w.broken == nil && w.pictures != nil && w.picturesOf != p.chunk {
		w.closePictures()
	}
	if w.broken == nil && w.pictures == nil {
		file, err := r.lib.files.Create(w.record.picturesName(p.chunk))
		w.check(err)
		if err == nil {
			w.pictures, w.picturesOf = file, p.chunk
			w.record.Chunks[p.chunk].Pictures = true
			w.keep()
		}
	}
	if w.broken == nil {
		w.check(w.pictures.Append(p.bytes))
		r.lib.fresh.Add(int64(len(p.bytes)))
	}
	r.pictures.spare(p.bytes)
	r.mu.Lock()
	r.unsyncedPictures = w.pictures
	r.mu.Unlock()
}

// closePictures completes the present file.
func (w *writer) closePictures() {
	if w.pictures == nil {
		return
	}
	w.check(w.pictures.Sync())
	w.check(w.pictures.Close())
	w.pictures = nil
}
