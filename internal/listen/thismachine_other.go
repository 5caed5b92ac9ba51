//go:build !linux

package listen

import "syscall"

// onlyThisMachine is a Control of net.ListenConfig: it fails, since there is no filter.
func onlyThisMachine(_, _ string, _ syscall.RawConn) error { return errNoFilter }
