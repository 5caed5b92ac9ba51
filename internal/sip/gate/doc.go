// Package gate decides who may come in over SIP, before anything is kept of
// whoever asks: the rates of unknown sources and the number of their
// connections, digest authentication, and admission control under overload. It
// has no socket and no clock: bytes, addresses and times are arguments, and what
// is to be sent comes back. RFC 3261 §22, RFC 7616, RFC 8760, RFC 6357.
//
// A source is one of
//
//	known          the address of a trunk: everything passes but what overload refuses
//	registered     the address of a user's telephone: limited to what some thousand of them send
//	authenticated  it showed credentials a while ago: no limit of rate
//	unknown        limited in rate, and asked for credentials
package gate
