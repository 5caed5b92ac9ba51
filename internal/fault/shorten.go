package fault

import "unicode/utf8"

// What a message has at most, in bytes. Messages quote what they are about, which may be as long as
// a request.
const (
	longestMessage = 2 << 10
	shortenedHead  = 1 << 10
	shortenedTail  = 512
)

// Shorten leaves out the middle of a message that is very long. What is wrong stands before what a
// message quotes, and what to do behind it.
func Shorten(text string) string {
	if len(text) <= longestMessage {
		return text
	}
	head, tail := shortenedHead, len(text)-shortenedTail
	for range utf8.UTFMax - 1 { // what is no text at all has no beginning
		if !utf8.RuneStart(text[head]) {
			head--
		}
		if !utf8.RuneStart(text[tail]) {
			tail++
		}
	}
	return text[:head] + " … " + text[tail:]
}
