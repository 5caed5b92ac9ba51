package mixer

import "testing"

// A frame that served another member is silent, and no more of them are kept than there
// should be.
func TestFramesOfWhoHasLeftAreSilent(t *testing.T) {
	s := &shard{}
	used := s.takeFrame()
	for i := range used {
		used[i] = 1
	}
	s.keepFrame(used)
	if next := s.takeFrame(); next != used || *next != (spoken{}) {
		t.Errorf("the same frame: %t, and it says %v", next == used, *next)
	}
	for range 2 * maxFrames {
		s.keepFrame(new(spoken))
	}
	if len(s.frames) != maxFrames {
		t.Errorf("%d frames are kept", len(s.frames))
	}
}
