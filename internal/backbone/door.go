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

// Door lets programs on this machine reach the embedded server, for events and
// nothing else: they have an account of their own, in which neither journals nor
// collections are.
type Door struct {
	Address string                   // host:port on loopback; port 0 takes a free one
	Admit   func(secret string) bool // asked for each client's password or token, from any goroutine
}

// What clients of the door may use at most.
const (
	doorAccount    = "events"
	maxDoorClients = 128
	maxDoorStore   = 1 << 30 // bytes of all their streams on disk
	maxDoorMemory  = 16 << 20
	maxDoorStreams = 64
	maxDoorReaders = 512 // durable consumers of all streams
	ownUser        = "switchhook"
	ownEventsUser  = "switchhook-events"
)

// doorkeeper says who a client is (server.Authentication). Until the account
// is there, nobody comes in but the server's own connection.
type doorkeeper struct {
	secret  string // of the server's own connections
	admit   func(secret string) bool
	account atomic.Pointer[server.Account]
}

// Check implements server.Authentication.
func (d *doorkeeper) Check(c server.ClientAuthentication) bool {
	client := c.GetOpts()
	own := subtle.ConstantTimeCompare([]byte(client.Password), []byte(d.secret)) == 1
	if own && client.Username == ownUser {
		return true // in the account of journals and collections
	}
	account := d.account.Load()
	if account == nil {
		return false
	}
	secret := client.Password
	if secret == "" {
		secret = client.Token
	}
	if !(own && client.Username == ownEventsUser) && (secret == "" || !d.admit(secret)) {
		return false
	}
	c.RegisterUser(&server.User{Username: client.Username, Account: account})
	return true
}

// options opens a server's door.
func (d *Door) options(to *server.Options) (*doorkeeper, error) {
	host, port, err := net.SplitHostPort(d.Address)
	if err != nil {
		return nil, err
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		return nil, err
	}
	// The server would only log that the port is taken.
	free, err := net.Listen("tcp", d.Address)
	if err != nil {
		return nil, err
	}
	free.Close()
	if number == 0 {
		number = server.RANDOM_PORT
	}
	keeper := &doorkeeper{secret: rand.Text(), admit: d.Admit}
	to.DontListen, to.Host, to.Port = false, host, number
	to.MaxConn = maxDoorClients
	to.CustomClientAuthentication = keeper
	return keeper, nil
}

// openAccount makes the account of those who come through the door, with its
// streams of earlier lives.
func (d *doorkeeper) openAccount(s *server.Server) error {
	account, _ := s.LookupOrRegisterAccount(doorAccount)
	if err := account.EnableJetStream(map[string]server.JetStreamAccountLimits{"": {
		MaxMemory: maxDoorMemory, MaxStore: maxDoorStore, MaxStreams: maxDoorStreams, MaxConsumers: maxDoorReaders, MaxAckPending: -1,
		MemoryMaxStreamBytes: -1, StoreMaxStreamBytes: -1,
	}}, nil); err != nil {
		return fmt.Errorf("open the streams of the account %s: %w", doorAccount, err)
	}
	d.account.Store(account)
	return nil
}

// openDoor connects the server's own side of the events.
func (b *Backbone) openDoor(options []nats.Option) error {
	if b.server.Addr() == nil {
		return errors.New("the door for events is not open; the log says why")
	}
	if err := b.keeper.openAccount(b.server); err != nil {
		return err
	}
	var err error
	if b.events, err = nats.Connect("", append(options, nats.InProcessServer(b.server), nats.UserInfo(ownEventsUser, b.keeper.secret))...); err != nil {
		return fmt.Errorf("connect to the account %s: %w", doorAccount, err)
	}
	b.eventStreams, err = jetstream.New(b.events, jetstream.WithDefaultTimeout(requestTimeout))
	return err
}

// Events returns the interface to the subjects and streams that clients of the
// door share with the server, nil without a door. It is not that of JetStream.
func (b *Backbone) Events() jetstream.JetStream { return b.eventStreams }

// DoorAddr is where clients connect, nil without a door.
func (b *Backbone) DoorAddr() net.Addr {
	if b.keeper == nil {
		return nil
	}
	return b.server.Addr()
}
