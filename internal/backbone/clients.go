package backbone

import (
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync/atomic"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Listener is a port of the embedded server for NATS clients on this machine. They
// have an account of their own for events, apart from journals and collections.
type Listener struct {
	Address string                   // host:port on loopback; port 0 takes a free one
	Admit   func(secret string) bool // asked for each client's password or token, from any goroutine
}

// The account of the clients and its limits.
const (
	clientAccount      = "events"
	maxClients         = 128
	maxClientStore     = 1 << 30 // bytes of all their streams on disk
	maxClientMemory    = 16 << 20
	maxClientStreams   = 64
	maxClientConsumers = 512
	ownUser            = "switchhook"
	ownEventsUser      = "switchhook-events"
)

// authenticator decides which account a client belongs to (server.Authentication).
// Until the account of the clients exists, only the server's own connection is
// accepted.
type authenticator struct {
	secret  string // of the server's own connections
	admit   func(secret string) bool
	account atomic.Pointer[server.Account]
}

// Check implements server.Authentication.
func (a *authenticator) Check(c server.ClientAuthentication) bool {
	client := c.GetOpts()
	own := subtle.ConstantTimeCompare([]byte(client.Password), []byte(a.secret)) == 1
	if own && client.Username == ownUser {
		return true // in the account of journals and collections
	}
	account := a.account.Load()
	if account == nil {
		return false
	}
	secret := client.Password
	if secret == "" {
		secret = client.Token
	}
	if !(own && client.Username == ownEventsUser) && (secret == "" || !a.admit(secret)) {
		return false
	}
	c.RegisterUser(&server.User{Username: client.Username, Account: account})
	return true
}

// configure sets the options of a server that listens.
func (l *Listener) configure(to *server.Options) (*authenticator, error) {
	host, port, err := net.SplitHostPort(l.Address)
	if err != nil {
		return nil, err
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		return nil, err
	}
	// The server would only log that the port is taken.
	free, err := net.Listen("tcp", l.Address)
	if err != nil {
		return nil, err
	}
	free.Close()
	if number == 0 {
		number = server.RANDOM_PORT
	}
	clients := &authenticator{secret: rand.Text(), admit: l.Admit}
	to.DontListen, to.Host, to.Port = false, host, number
	to.MaxConn = maxClients
	to.CustomClientAuthentication = clients
	return clients, nil
}

// openAccount makes the account of the clients, with its streams of earlier lives.
func (a *authenticator) openAccount(s *server.Server) error {
	account, _ := s.LookupOrRegisterAccount(clientAccount)
	if account.JetStreamEnabled() { // again, with its limits
		return nil
	}
	if err := account.EnableJetStream(map[string]server.JetStreamAccountLimits{"": {
		MaxMemory: maxClientMemory, MaxStore: maxClientStore, MaxStreams: maxClientStreams, MaxConsumers: maxClientConsumers, MaxAckPending: -1,
		MemoryMaxStreamBytes: -1, StoreMaxStreamBytes: -1,
	}}, nil); err != nil {
		return fmt.Errorf("open the streams of the account %s: %w", clientAccount, err)
	}
	a.account.Store(account)
	return nil
}

// openEvents connects the server itself to the account of the clients.
func (b *Backbone) openEvents(options []nats.Option) error {
	if b.server.Addr() == nil {
		return errors.New("the embedded server does not listen for NATS clients; the log says why")
	}
	if err := b.clients.openAccount(b.server); err != nil {
		return err
	}
	var err error
	if b.events, err = nats.Connect("", append(options, nats.InProcessServer(b.server), nats.UserInfo(ownEventsUser, b.clients.secret))...); err != nil {
		return fmt.Errorf("connect to the account %s: %w", clientAccount, err)
	}
	b.eventStreams, err = jetstream.New(b.events, jetstream.WithDefaultTimeout(requestTimeout))
	return err
}

// Events returns the interface to the subjects and streams that NATS clients share
// with the server, nil without a Listener. They are not those of JetStream.
func (b *Backbone) Events() jetstream.JetStream { return b.eventStreams }

// ListenAddr is where NATS clients connect, nil without a Listener.
func (b *Backbone) ListenAddr() net.Addr {
	if b.clients == nil {
		return nil
	}
	return b.server.Addr()
}
