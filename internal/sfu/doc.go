// Package sfu is a selective forwarding unit: it passes camera and screen packets of
// each participant of a call on to those who want to see them. It owns which encoding
// each of them gets, the numbers of what they are sent, lost packets on both sides, key
// frames, and the bandwidth of each receiver. It decodes nothing, and knows neither
// sockets nor signalling. RFC 7667 §3.7, 8853, 4585, 4588, 7741, 6184; congestion
// control by draft-holmer-rmcat-transport-wide-cc-extensions-01.
//
// A Client sends by its Sources, whose Layers are encodings of one picture, and receives
// by its Lines. A Room joins the clients of a call. Locks: a room's comes first, then
// that of a layer or of a client, never both; nobody is told anything while one is held.
package sfu
