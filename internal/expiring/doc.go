// Package expiring is a bounded map whose entries expire: caches, nonces that
// were used, sources that are locked out. There is one law for all of them: when
// the map is full, the entry that would expire first makes room.
//
// Time is an argument: the map has no clock and no goroutine. Entries that have
// expired are not found any more and are removed a few at a time by whoever
// writes next.
package expiring
