// Command phone is a SIP phone for the first call of README.md: it calls a number,
// listens for a while, presses keys, and prints what it heard.
//
//	go run ./examples/first-call/phone --press '123#' +15550100001
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"

	"github.com/switchhook/switchhook/internal/sip/siptest"
)

func main() {
	server := flag.String("server", "127.0.0.1:5060", "SIP address of the server")
	press := flag.String("press", "", "keys to press")
	wait := flag.Duration("after", 3*time.Second, "how long to listen before pressing them")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: phone [--press KEYS] NUMBER")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := call(ctx, *server, flag.Arg(0), *press, *wait); err != nil {
		fmt.Fprintln(os.Stderr, "phone:", err)
		os.Exit(1)
	}
}

// longest is how long the phone stays in a call that nobody ends.
const longest = time.Minute

func call(ctx context.Context, server, number, press string, wait time.Duration) error {
	phone, err := siptest.New(siptest.Config{Server: server})
	if err != nil {
		return err
	}
	defer phone.Close()
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	c, err := phone.Call(number)
	if err != nil {
		return err
	}
	if err := c.WaitAnswered(ctx); err != nil {
		return err
	}
	fmt.Println("answered")
	select {
	case <-time.After(wait):
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	if press != "" {
		if err := c.SendTones(ctx, press); err != nil {
			return err
		}
		fmt.Println("pressed", press)
	}
	err = c.WaitEnded(ctx)
	fmt.Printf("heard %.1f s of 440 Hz, and the keys %q\n", siptest.Seconds(c.Heard(), 440), c.HeardTones())
	return err
}
