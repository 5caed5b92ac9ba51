// Package speechtest has services of speech for tests: each speaks its vendor's
// protocol over a real WebSocket, and fails the test where a client does not.
//
// They do not understand speech but tones, each of which is a word, so that what was
// sent, and when, can be told exactly.
package speechtest
