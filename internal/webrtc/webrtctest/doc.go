// Package webrtctest has clients of the browser protocol for tests: real sockets, real
// peer connections, and ears. They obey the protocol where a test does not make them do
// otherwise.
package webrtctest
