// Package sip brings phones into calls: it turns SIP dialogs into legs, and
// legs into SIP dialogs. It owns the SIP listeners and, for each leg, one
// goroutine that owns the dialog; sipgo gives transports, transactions and the
// parser. Sub-package header reads and writes header fields, gate decides who may
// come in. RFC 3261, 3264, 3326, 3581, 6026, 6086.
//
// Every message arrives on a goroutine of its own, so that a request may
// overtake another. The reader announces each request to its leg before it passes
// it on (requestorder.go); an ACK goes to its leg straight from the reader.
package sip
