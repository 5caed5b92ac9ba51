//go:build !linux

package main

// coarsenTimers has nothing to do where threads have no slack that can be chosen.
func coarsenTimers() {}
