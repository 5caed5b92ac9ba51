//go:build unix

package main

import (
	"os"
	"os/signal"
	"syscall"
)

// hearHangups begins to take SIGHUP, unless whoever started the process has it ignored
// (nohup(1)). A write into a pipe that nobody reads any more, such as that of a log, is an
// error from now on, and not the end of the process (SIGPIPE).
func hearHangups() hangups {
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE) // ignored, it would be so in programs that the server starts
	if signal.Ignored(syscall.SIGHUP) {
		return hangups{}
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGHUP)
	terminal, err := os.Open("/dev/tty")
	if err == nil {
		terminal.Close()
	}
	return hangups{signals, err == nil}
}
