package recording

import "fmt"

// filmName is the name of the file of a chunk's pictures.
func (r *Record) filmName(chunk int) string { return fmt.Sprintf("%s.%d.film", r.key(), chunk) }

// appendFilm writes pictures. The file of a chunk begins with the first of them.
func (w *writer) appendFilm(f reel) {
	r := w.r
	if w.broken == nil && w.film != nil && w.filmOf != f.chunk {
		w.closeFilm()
	}
	if w.broken == nil && w.film == nil {
		file, err := r.lib.files.Create(w.record.filmName(f.chunk))
		w.check(err)
		if err == nil {
			w.film, w.filmOf = file, f.chunk
			w.record.Chunks[f.chunk].Pictures = true
			w.keep()
		}
	}
	if w.broken == nil {
		w.check(w.film.Append(f.bytes))
		r.lib.fresh.Add(int64(len(f.bytes)))
	}
	if r.lib.waiting.Add(-int64(len(f.bytes))) > maxWaiting {
		w.check(errSlow)
	}
	r.film.spare(f.bytes)
	r.mu.Lock()
	r.unsyncedFilm = w.film
	r.mu.Unlock()
}

// closeFilm completes the present file.
func (w *writer) closeFilm() {
	if w.film == nil {
		return
	}
	w.check(w.film.Sync())
	w.check(w.film.Close())
	w.film = nil
}
