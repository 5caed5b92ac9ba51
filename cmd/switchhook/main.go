// Command switchhook is a softswitch driven by webhooks: the self-hosted
// continuation of Azure Communication Services calling. This package owns the
// command line; internal/server is the program.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/switchhook/switchhook/internal/config"
)

// app is what every command is given.
type app struct {
	ctx  context.Context // ends with the first interrupt
	in   io.Reader
	out  io.Writer // what was asked for
	err  io.Writer // what went on meanwhile
	root *root

	// What concerns the process; nil: nothing is done.
	tune   func()         // before it serves, and before it listens: it may execute the program again, which hears of no signal before
	listen func()         // begins to hear of interrupts
	hear   func() hangups // begins to hear of SIGHUP, before it serves
}

// root is the command line. Each command is a file of its name.
type root struct {
	Data   string `help:"Data directory (default: switchhook in the user's state directory)." placeholder:"DIR" env:"SWITCHHOOK_DATA"`
	Config string `help:"Configuration file, YAML." placeholder:"FILE" env:"SWITCHHOOK_CONFIG"`

	ShowVersion kong.VersionFlag `name:"version" help:"Print the version."`

	Serve         serveCommand         `cmd:"" default:"withargs" help:"Run the server. This is the default command."`
	Doctor        doctorCommand        `cmd:"" help:"Check the configuration and this machine; print what is missing and how to install it."`
	Health        healthCommand        `cmd:"" help:"Ask whether the server runs, and takes calls: for probes of containers."`
	Subscribe     subscribeCommand     `cmd:"" help:"Send the resource's events to a webhook, a queue or a file (an Event Grid subscription)."`
	Subscriptions subscriptionsCommand `cmd:"" help:"List, show, change and delete event subscriptions."`
	Events        eventsCommand        `cmd:"" help:"Show deliveries of events, and deliver events again."`
	Calls         callsCommand         `cmd:"" help:"List calls, and show what happened in one."`
	Trace         traceCommand         `cmd:"" help:"Print SIP messages, requests and events as a ladder, while they happen."`
	Numbers       numbersCommand       `cmd:"" help:"List the phone numbers that the resource owns."`
	Phones        phonesCommand        `cmd:"" help:"Manage desk phones of users: credentials and registrations."`
	Recordings    recordingsCommand    `cmd:"" help:"List, download, verify, hold and delete recordings of calls."`
	Trunks        trunksCommand        `cmd:"" help:"List the trunks and routes."`
	Console       consoleCommand       `cmd:"" help:"Print an address of the console that signs in, once."`
	Journal       journalCommand       `cmd:"" help:"Check and repair the journal of events, while no server runs."`
	Keys          keysCommand          `cmd:"" help:"Show and rotate the access keys."`
	CA            caCommand            `cmd:"" name:"ca" help:"Print or export the certificate that clients must trust."`
	Identity      identityCommand      `cmd:"" help:"Import users of an ACS resource."`
	Completion    completionCommand    `cmd:"" help:"Print the script by which a shell completes the command line."`
	Complete      completeCommand      `cmd:"" hidden:"" help:"Print what may come next on a command line."`
	Version       versionCommand       `cmd:"" help:"Print the version."`
	Help          helpCommand          `cmd:"" help:"Print the help of a command."`
}

func main() {
	ctx, end := context.WithCancel(context.Background())
	os.Exit(run(&app{
		ctx: ctx, in: os.Stdin, out: os.Stdout, err: os.Stderr,
		tune: coarsenTimers, listen: func() { hearInterrupts(end) }, hear: hearHangups,
	}, os.Args[1:]))
}

// hearInterrupts lets the first signal end what goes on. A second one ends the program at once.
func hearInterrupts(end func()) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-signals
		signal.Reset(os.Interrupt, syscall.SIGTERM)
		end()
	}()
}

// exit is how kong leaves after printing help.
type exit int

// run parses the arguments, runs the command and returns the exit code.
func run(a *app, args []string) (code int) {
	defer func() {
		switch reason := recover().(type) {
		case nil:
		case exit:
			code = int(reason)
		default:
			panic(reason)
		}
	}()
	a.root = &root{}
	parser, err := kong.New(a.root,
		kong.Name("switchhook"),
		kong.Description("A softswitch driven by webhooks: Azure Communication Services calling on your own machine. Without a command it runs the server. Exit codes: 0 done, 1 failed, 2 a command line that is none."),
		kong.Vars(config.Defaults()),
		kong.Vars{"version": versionLine()},
		kong.Writers(a.out, a.err),
		kong.Exit(func(code int) { panic(exit(code)) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
	)
	if err != nil {
		fmt.Fprintln(a.err, "switchhook:", err)
		return 1
	}
	command, err := parser.Parse(args)
	if err != nil {
		fmt.Fprint(a.err, mistyped(err, args))
		return 2
	}
	if a.tune != nil && command.Command() == "serve" {
		a.tune()
	}
	if a.listen != nil {
		a.listen()
	}
	if err := command.Run(a); err != nil {
		fmt.Fprintln(a.err, "switchhook:", err)
		return 1
	}
	return 0
}
