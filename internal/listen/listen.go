// Package listen opens TCP listeners by the addresses that operators write, and
// says in words what to do when that fails.
package listen

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"syscall"
)

// TCP opens the listener of a flag. "localhost" opens both loopback addresses on
// one port, whichever of them the machine has. It returns the address to connect
// to; an error names the flag.
func TCP(ctx context.Context, flag, address string) ([]net.Listener, string, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, "", fmt.Errorf("%s: %w", flag, err)
	}
	if host != "localhost" {
		listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
		if err != nil {
			return nil, "", Error(flag, address, err)
		}
		return []net.Listener{listener}, net.JoinHostPort(Reachable(host, "localhost"), portOf(listener)), nil
	}
	for range 20 { // a port that is free on 127.0.0.1 may be taken on ::1
		listeners, err := listenLoopback(ctx, port)
		if err == nil {
			return listeners, net.JoinHostPort(host, portOf(listeners[0])), nil
		}
		if port != "0" || !errors.Is(err, syscall.EADDRINUSE) {
			return nil, "", Error(flag, address, err)
		}
	}
	return nil, "", fmt.Errorf("%s: no port is free on both loopback addresses", flag)
}

func listenLoopback(ctx context.Context, port string) ([]net.Listener, error) {
	var config net.ListenConfig
	four, err := config.Listen(ctx, "tcp4", net.JoinHostPort("127.0.0.1", port))
	if err != nil && !missing(err) {
		return nil, err
	}
	var listeners []net.Listener
	if four != nil {
		listeners, port = append(listeners, four), portOf(four)
	}
	six, err := config.Listen(ctx, "tcp6", net.JoinHostPort("::1", port))
	if six != nil {
		return append(listeners, six), nil
	}
	if four != nil && missing(err) {
		return listeners, nil
	}
	if four != nil {
		four.Close()
	}
	return nil, err
}

// missing reports that the machine lacks the address, or the whole family.
func missing(err error) bool {
	return errors.Is(err, syscall.EADDRNOTAVAIL) || errors.Is(err, syscall.EAFNOSUPPORT) || errors.Is(err, syscall.EPROTONOSUPPORT)
}

// Error explains why an address could not be opened.
func Error(flag, address string, err error) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("%s %s is in use by another program: stop that program, or choose another port (0 takes a free one): %w", flag, address, err)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("%s %s is not permitted: ports below 1024 need a privilege (on Linux CAP_NET_BIND_SERVICE): %w", flag, address, err)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return fmt.Errorf("%s %s is no address of this machine: choose one that it has, or 0.0.0.0 or [::] for all: %w", flag, address, err)
	}
	return fmt.Errorf("%s %s: %w", flag, address, err)
}

func portOf(listener net.Listener) string {
	return strconv.Itoa(listener.Addr().(*net.TCPAddr).Port)
}

// Reachable is the host that this machine connects to for a listening one: a
// wildcard address is reached through loopback.
func Reachable(host, loopback string) string {
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		return loopback
	}
	return host
}
