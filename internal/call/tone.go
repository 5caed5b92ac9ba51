package call

// Tone is a DTMF key: one of 0123456789ABCD#*.
type Tone byte

// Tones is every key.
const Tones = "0123456789ABCD#*"

// Valid reports whether t is a key.
func (t Tone) Valid() bool {
	switch {
	case t >= '0' && t <= '9', t >= 'A' && t <= 'D', t == '#', t == '*':
		return true
	}
	return false
}

// String returns the key.
func (t Tone) String() string { return string(rune(t)) }
