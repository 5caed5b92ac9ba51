// Package signalling is the sessions of browsers: WebSockets on which a client and the
// server write messages of package protocol to each other, and what outlives a socket:
// events that were not seen yet, and answers that were given. It owns the sockets, the
// sessions and their bounds. It knows no calls: what requests mean is its Client's.
// docs/browser-protocol.md, RFC 6455.
package signalling
