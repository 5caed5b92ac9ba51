// Package sdp negotiates one stream of audio: it reads session descriptions, writes
// offers and answers, and says what both ends have agreed on (Media). It is pure
// functions on text; it owns no socket and no state. RFC 4566, 3264, 4568, 4733, 7587.
//
// The parser is our own: telephones write descriptions that a strict one
// refuses (wrong order of lines, bare newlines, missing t=), and all that a
// call needs is a handful of attributes.
package sdp
