package main

import (
	"context"
	"errors"
	"fmt"
	"net"

	"github.com/switchhook/switchhook/internal/config"
	"github.com/switchhook/switchhook/internal/doctor"
	"github.com/switchhook/switchhook/internal/listen"
)

// listener is one that the server opens.
type listener struct {
	name, address string // the flag or the key; "" is off
	packets       bool   // UDP beside TCP
}

// listenersOf are those of a configuration.
func listenersOf(cfg config.Config) []listener {
	list := []listener{{"--https", cfg.HTTPS, false}, {"--http", cfg.HTTP, false}, {"events.nats", cfg.NATS, false}, {"profile", cfg.Profile, false}}
	if cfg.SIP != "" {
		list = append(list, listener{"--sip", cfg.SIP, true}, listener{"--sips", cfg.SIPS, false})
	}
	if cfg.WebRTC != "" {
		list = append(list, listener{"--webrtc", cfg.WebRTC, true}, listener{"turn.listen", cfg.TURN.Listen, true}, listener{"turn.tls", cfg.TURN.Secure, false})
	}
	return list
}

// freeListeners tries to open each listener as the server would.
func freeListeners(ctx context.Context, cfg config.Config) (list []doctor.Finding) {
	for _, l := range listenersOf(cfg) {
		if l.address == "" {
			continue
		}
		found := doctor.Finding{State: doctor.OK, What: "listener " + l.name + " " + l.address}
		if err := l.try(ctx); err != nil {
			found.State, found.Remedy = doctor.Fail, err.Error()
		}
		list = append(list, found)
	}
	return list
}

// try opens a listener, and closes it.
func (l listener) try(ctx context.Context) error {
	if host, port, err := net.SplitHostPort(l.address); err == nil && l.name == "--webrtc" && host == "localhost" {
		udp, tcp, err := listen.ThisMachine(ctx, l.name, port)
		if err != nil {
			return err
		}
		return errors.Join(udp.Close(), tcp.Close())
	}
	opened, _, err := listen.TCP(ctx, l.name, l.address)
	if err != nil {
		return err
	}
	defer func() {
		for _, one := range opened {
			one.Close()
		}
	}()
	if !l.packets {
		return nil
	}
	socket, err := new(net.ListenConfig).ListenPacket(ctx, "udp", l.address)
	if err != nil {
		return fmt.Errorf("%s %s is in use for UDP: %w", l.name, l.address, err)
	}
	return socket.Close()
}
