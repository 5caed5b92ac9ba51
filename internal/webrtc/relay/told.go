package relay

import (
	"net"

	"github.com/switchhook/switchhook/internal/webrtc/protocol"
)

// Servers are the addresses and credentials for a client of a user.
func (s *Server) Servers(user string) []protocol.IceServer {
	name, password := s.credentials.give(user)
	server := protocol.IceServer{Urls: []string{}, Username: name, Credential: password}
	if s.udp != nil {
		at := s.told(s.udp.LocalAddr())
		server.Urls = append(server.Urls, "turn:"+at+"?transport=udp", "turn:"+at+"?transport=tcp")
	}
	if s.secure != nil {
		server.Urls = append(server.Urls, "turns:"+s.told(s.secure.Addr())+"?transport=tcp")
	}
	return []protocol.IceServer{server}
}

// told is how clients are told of a listener.
func (s *Server) told(at net.Addr) string {
	host, port, _ := net.SplitHostPort(at.String()) // which it is
	if s.cfg.Host != "" {
		host = s.cfg.Host
	}
	return net.JoinHostPort(host, port)
}

// Addr is the address of UDP and TCP; Secure that of TLS. nil: there is none.
func (s *Server) Addr() net.Addr {
	if s.udp == nil {
		return nil
	}
	return s.udp.LocalAddr()
}

// SecureAddr is the address of TLS; nil: there is none.
func (s *Server) SecureAddr() net.Addr {
	if s.secure == nil {
		return nil
	}
	return s.secure.Addr()
}
