package listen

import (
	"context"
	"strings"
	"testing"
)

func TestLocalhostIsBothLoopbackAddresses(t *testing.T) {
	listeners, address, err := TCP(context.Background(), "--https", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	for _, listener := range listeners {
		defer listener.Close()
		if portOf(listener) != portOf(listeners[0]) {
			t.Error("the ports differ")
		}
	}
	if address != "localhost:"+portOf(listeners[0]) {
		t.Errorf("address is %s", address)
	}
	_, _, err = TCP(context.Background(), "--https", address)
	if err == nil || !strings.Contains(err.Error(), "--https") || !strings.Contains(err.Error(), "in use") {
		t.Errorf("taken port: %v", err)
	}
}

func TestWildcardIsReachedThroughLoopback(t *testing.T) {
	listeners, address, err := TCP(context.Background(), "--http", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listeners[0].Close()
	if address != "localhost:"+portOf(listeners[0]) {
		t.Errorf("address is %s", address)
	}
}

func TestAddressOfAnotherMachineIsExplained(t *testing.T) {
	_, _, err := TCP(context.Background(), "--https", "192.0.2.1:0") // of documentation, RFC 5737
	if err == nil || !strings.Contains(err.Error(), "no address of this machine") {
		t.Errorf("got %v", err)
	}
}
