//go:build !unix

package main

// hearHangups has nothing to hear where there is no SIGHUP.
func hearHangups() hangups { return hangups{} }
