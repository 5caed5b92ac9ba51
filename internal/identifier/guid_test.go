package identifier

import (
	"testing"

	"github.com/google/uuid"
)

func TestNewGUIDsAreOfVersion4AndDiffer(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		text := NewGUID()
		id, err := uuid.Parse(text)
		if err != nil || id.String() != text || id.Version() != 4 || id.Variant() != uuid.RFC4122 {
			t.Fatalf("%q is no GUID of version 4: %v", text, err)
		}
		if seen[text] {
			t.Fatalf("%q came twice", text)
		}
		seen[text] = true
	}
}

func TestANewGUIDMakesOneObject(t *testing.T) {
	if made := testing.AllocsPerRun(100, func() { _ = NewUser("11111111-2222-4333-8444-555555555555") }); made > 1+uninlined {
		t.Errorf("a new user makes %v objects", made)
	}
	if made := testing.AllocsPerRun(100, func() { sink = NewGUID() }); made > 1+uninlined {
		t.Errorf("a GUID makes %v objects", made)
	}
}

var sink string
