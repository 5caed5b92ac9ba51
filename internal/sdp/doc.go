// Package sdp says what two ends of a call agree on: it reads session
// descriptions and writes offers and answers for one stream of sound. It is
// pure functions on text; it owns no socket and no state. RFC 4566, 3264, 4733.
//
// The parser is our own: telephones write descriptions that a strict one
// refuses (wrong order of lines, bare newlines, missing t=), and all that a
// call needs is a handful of attributes.
package sdp
