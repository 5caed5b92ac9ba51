// Package header reads and writes the text of SIP header fields and of the small
// bodies that travel with them. Its functions are pure: they know the message
// and nothing of the server. What a peer sends is bounded in length and in
// number, and control characters never get through. RFC 3261 §20 and §25.1, and
// the documents that each file names.
package header
