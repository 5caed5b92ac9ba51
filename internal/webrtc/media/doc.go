// Package media is the sound of browsers: peer connections whose audio is a port of a
// mix. It owns the UDP and TCP sockets that all of them share, the certificate of DTLS,
// and the negotiation of each. It knows neither calls nor signalling. RFC 8829 (JSEP),
// 8445 §2.5 (ICE-lite), 5763 (DTLS-SRTP); the stack is pion's.
package media
