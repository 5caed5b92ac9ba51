package mixer

// add takes a member in.
func (s *shard) add(mb *Member) {
	m := mb.mix
	if m.over || s.ended {
		s.closePort(mb)
		return
	}
	m.members = append(m.members, mb)
	m.pause, m.moves = 0, 0 // what suits them is another question now
	mb.in, mb.said = true, s.takeFrame()
	s.members.Add(1)
	s.schedule(m)
}

// schedule walks a mix while it has members or listeners.
func (s *shard) schedule(m *Mix) {
	busy := len(m.members)+len(m.taps) > 0
	switch {
	case busy && !m.walked:
		s.mixes[m.phase] = append(s.mixes[m.phase], m)
		s.walked++
	case !busy && m.walked:
		s.mixes[m.phase] = without(s.mixes[m.phase], m)
		s.walked--
		m.rests = false // it begins anew
	}
	m.walked = busy
}

// remove takes a member out and closes its port. It does nothing the second time.
func (s *shard) remove(mb *Member) {
	m := mb.mix
	if !mb.in {
		return
	}
	mb.in, mb.spoke = false, false
	s.keepFrame(mb.said)
	mb.said = nil
	m.members = without(m.members, mb)
	s.members.Add(-1)
	s.detachAll(m, mb)
	s.schedule(m)
	s.closePort(mb)
}

// maxFrames is how many frames of members that have left a shard keeps.
const maxFrames = 256

// takeFrame returns a silent frame: the sound of one call must not get into another.
func (s *shard) takeFrame() *spoken {
	last := len(s.frames) - 1
	if last < 0 {
		return new(spoken)
	}
	frame := s.frames[last]
	s.frames = s.frames[:last]
	*frame = spoken{}
	return frame
}

func (s *shard) keepFrame(frame *spoken) {
	if len(s.frames) < maxFrames {
		s.frames = append(s.frames, frame)
	}
}

// clear takes everybody out of a mix, listeners last.
func (s *shard) clear(m *Mix) {
	for len(m.members) > 0 {
		s.remove(m.members[0])
	}
	s.detachAll(m, nil)
}

// end makes everybody leave and the thread return.
func (s *shard) end() {
	s.ended = true
	for phase := range s.mixes {
		for len(s.mixes[phase]) > 0 {
			s.clear(s.mixes[phase][0])
		}
	}
}

func (s *shard) closePort(mb *Member) { s.closeOne(mb.port) }

// without removes one element, in order, and leaves no pointer to it behind.
func without[T comparable](list []T, gone T) []T {
	for i, have := range list {
		if have == gone {
			copy(list[i:], list[i+1:])
			var none T
			list[len(list)-1] = none
			return list[:len(list)-1]
		}
	}
	return list
}

// expel takes out whatever a mix was calling when it panicked.
func (s *shard) expel(m *Mix) {
	mb, private, listener := m.at, s.work.asked, m.telling
	m.at, s.work.asked, m.telling = nil, nil, nil
	switch {
	case listener != nil:
		s.detach(listener)
	case mb == nil:
	case private != nil:
		mb.private.CompareAndSwap(private, nil)
	default:
		s.remove(mb)
	}
}
