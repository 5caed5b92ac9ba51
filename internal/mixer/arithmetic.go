package mixer

import "github.com/switchhook/switchhook/internal/audio"

// sum adds all who speak, once a tick.
func (m *Mix) sum(w *workspace) {
	if w.summed {
		return
	}
	w.summed = true
	total := w.total[:m.samples]
	clear(total)
	for _, mb := range m.members {
		if !mb.spoke {
			continue
		}
		said := mb.said[:len(total)]
		for i, sample := range said {
			total[i] += int32(sample)
		}
	}
}

// subtract writes the total without what one says, limited.
func (w *workspace) subtract(dst, said audio.Frame, limit *audio.Limiter) audio.Frame {
	total, said := w.total[:len(dst)], said[:len(dst)]
	var bits uint32
	for i, t := range total {
		v := t - int32(said[i])
		dst[i] = int16(v)
		bits |= uint32(v + 1<<15)
	}
	if !audio.Over(bits) && limit.AtRest() {
		return dst
	}
	wide := w.wide[:len(dst)]
	for i, t := range total {
		wide[i] = t - int32(said[i])
	}
	limit.Sum(dst, wide)
	return dst
}

// add writes what two say, limited.
func (w *workspace) add(dst, a, b audio.Frame, limit *audio.Limiter) audio.Frame {
	wide, b := w.wide[:len(a)], b[:len(a)]
	for i, sample := range a {
		wide[i] = int32(sample) + int32(b[i])
	}
	limit.Sum(dst, wide)
	return dst
}
