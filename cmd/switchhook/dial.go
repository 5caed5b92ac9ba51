package main

import (
	"context"
	"net"
)

// dial connects to a server. localhost is both loopback addresses (RFC 6761 §6.3), whatever the hosts file says: a
// container may have none.
func dial(ctx context.Context, network, address string) (net.Conn, error) {
	var dialer net.Dialer
	host, port, err := net.SplitHostPort(address)
	if err != nil || host != "localhost" {
		return dialer.DialContext(ctx, network, address)
	}
	conn, err := dialer.DialContext(ctx, network, net.JoinHostPort("127.0.0.1", port))
	if err != nil {
		if other, err := dialer.DialContext(ctx, network, net.JoinHostPort("::1", port)); err == nil {
			return other, nil
		}
	}
	return conn, err
}
