package audio

// fadePart is the part of a frame that a fade takes: 5 ms.
const fadePart = 4

// FadeIn lets a frame begin within 5 ms, so that what follows nothing does not click.
func FadeIn(f Frame) {
	n := len(f) / fadePart
	for i := range f[:n] {
		f[i] = int16(int(f[i]) * i / n)
	}
}

// FadeOut lets a frame end within 5 ms, and be silent from there on.
func FadeOut(f Frame) {
	n := len(f) / fadePart
	for i := range f[:n] {
		f[i] = int16(int(f[i]) * (n - i) / n)
	}
	clear(f[n:])
}
