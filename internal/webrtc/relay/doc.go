// Package relay is a TURN server for browsers that reach our media by no other way. It
// owns its sockets and its credentials, and relays to our own media alone: nobody gets
// into the network through it. RFC 8656 (TURN), 8489 §9.2 (long-term credentials); the
// stack is pion's.
package relay
