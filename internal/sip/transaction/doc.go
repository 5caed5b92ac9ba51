// Package transaction carries SIP requests and their responses: it matches messages,
// repeats what a datagram may lose, absorbs what comes again, and tells its user of what
// is new. RFC 3261 §17; RFC 6026 for the 2xx to an INVITE; RFC 4320 for the end of
// requests that nobody answers; RFC 3581 for where a response goes.
//
// A transaction is a state, the bytes that it may have to send again, and one entry in a
// queue of times. It has no goroutine and no timer of its own. Its Layer reads no socket:
// whoever reads gives it the messages, in their order, and it sends through a function.
// The user is called without a lock, on the goroutine that brought the news: the reader's,
// or that of the timers. It must not block there.
package transaction
