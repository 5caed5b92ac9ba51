package codec

import "testing"

func TestCodecsAreFoundByNameAndNumber(t *testing.T) {
	for _, test := range []struct {
		name  string
		clock int
		want  Codec
		found bool
	}{
		{"PCMU", 8000, PCMU, true},
		{"pcma", 8000, PCMA, true},
		{"G722", 8000, G722, true},
		{"G722", 16000, Codec{}, false}, // its clock lies, and must
		{"PCMA", 16000, Codec{}, false},
		{"G729", 8000, Codec{}, false},
		{"", 8000, Codec{}, false},
	} {
		if got, found := byName(test.name, test.clock); got != test.want || found != test.found {
			t.Errorf("byName(%q, %d) = %v, %v", test.name, test.clock, got, found)
		}
	}
}

func TestEveryCodecHasBothHalves(t *testing.T) {
	for _, c := range All {
		if !c.Valid() || c.NewEncoder() == nil || c.NewDecoder() == nil {
			t.Errorf("%s lacks an encoder or a decoder", c.Name)
		}
		payload := make([]byte, MaxPayload)
		n := c.NewEncoder().Encode(payload, make([]int16, c.Samples()))
		if got := c.Duration(payload[:n]); got != c.Ticks() {
			t.Errorf("%s: 20 ms encoded last %d units, want %d", c.Name, got, c.Ticks())
		}
	}
	if (Codec{Name: "G729"}).Valid() {
		t.Error("an unknown codec claims to be valid")
	}
}
