package main

import (
	"net"
	"os"
)

// notifySocket is the variable by which systemd names the socket that takes notices of a
// service of Type=notify (sd_notify(3)).
const notifySocket = "NOTIFY_SOCKET"

// notify tells systemd the state of this service, such as READY=1; without systemd, nobody.
func notify(state string) error {
	name := os.Getenv(notifySocket)
	if name == "" {
		return nil
	}
	if name[0] == '@' {
		name = "\x00" + name[1:] // a socket without a file, unix(7)
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: name, Net: "unixgram"})
	if err != nil {
		return err
	}
	defer conn.Close()
	_, err = conn.Write([]byte(state))
	return err
}
