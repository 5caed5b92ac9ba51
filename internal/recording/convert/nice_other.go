//go:build !linux

package convert

import "os/exec"

// Lowly does something; threads have the priority of the server.
func Lowly(do func()) { do() }

// startNice starts a child. Its priority and memory are those of the server where they
// cannot be set for a child alone.
func startNice(child *exec.Cmd) error { return child.Start() }
