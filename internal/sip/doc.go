// Package sip brings phones into calls: it turns SIP dialogs into legs, and
// legs into SIP dialogs. It owns the SIP listeners and, for each leg, one
// goroutine that owns the dialog; sipgo gives transports, transactions and the
// parser. RFC 3261, 3264, 3326, 3581, 6026, 6086.
//
// Every message arrives on a goroutine of its own, so that a request may
// overtake another. The reader tells a leg the order of arrival before it lets
// a request go (order.go); an ACK goes to its leg straight from the reader.
package sip
