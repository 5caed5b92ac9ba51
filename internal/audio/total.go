package audio

// Total adds up what several say at one tick, limited. The zero Total is silent.
type Total struct {
	limit Limiter
	many  int // voices so far
	size  int // of their frames
	total [wideFrame]int32
	sum   [wideFrame]int16
}

// Add takes what one of them says; nil is silence. Of frames of different sizes the first
// one counts.
func (t *Total) Add(f Frame) {
	switch {
	case len(f) == 0:
		return
	case t.many == 0:
		t.size = copy(t.sum[:], f)
	case len(f) != t.size:
		return
	case t.many == 1:
		for i, s := range f {
			t.total[i] = int32(t.sum[i]) + int32(s)
		}
	default:
		for i, s := range f {
			t.total[i] += int32(s)
		}
	}
	t.many++
}

// Take returns what they say together, nil for silence, and begins anew. It is valid until
// the next Add. A single voice stays as it is, unless there were more a moment ago.
func (t *Total) Take() Frame {
	heard := t.sum[:t.size]
	switch t.many {
	case 0:
		t.limit.Silence()
		return nil
	case 1:
		heard = t.limit.Voice(heard, heard)
	default:
		t.limit.Sum(heard, t.total[:t.size])
	}
	t.many = 0
	return heard
}

// Drop forgets what was added since the last Take.
func (t *Total) Drop() { t.many = 0 }
