package main

import (
	"fmt"
	"time"

	"github.com/switchhook/switchhook/internal/admin"
	"github.com/switchhook/switchhook/internal/phonenumbers"
)

type numbersCommand struct {
	Numbers []string `name:"numbers" hidden:"" env:"SWITCHHOOK_NUMBERS"` // as serve takes them
	serverFlags
}

// Help ends the command's help.
func (numbersCommand) Help() string {
	return `If a server is running: all numbers of its inventory, which ones are owned, their capabilities, and which search or
reservation holds a free one. Otherwise the numbers of the configuration file or of SWITCHHOOK_NUMBERS, else two demo
numbers.

Example:
  switchhook numbers --config switchhook.yaml`
}

func (c numbersCommand) Run(a *app) error {
	cfg, err := settings{Numbers: c.Numbers}.load(a)
	if err != nil {
		return err
	}
	client, err := a.ifRunning(cfg, c.ConnectionString)
	if err != nil {
		return err
	}
	if client != nil {
		return a.runningNumbers(client)
	}
	for _, number := range cfg.Numbers {
		fmt.Fprintln(a.out, number)
	}
	return nil
}

// runningNumbers prints the inventory of a running server.
func (a *app) runningNumbers(client *api) error {
	var answer struct{ Value []phonenumbers.Known }
	if err := client.do(a.ctx, "GET", admin.NumbersPath, managementVersion, nil, &answer); err != nil {
		return err
	}
	table := a.table()
	fmt.Fprintln(table, "NUMBER\tSTATE\tCALLING\tASSIGNED TO\tHELD BY")
	for _, n := range answer.Value {
		state, holder := "available", "-"
		if n.Owned {
			state = "owned"
		}
		if n.HeldBy != "" {
			holder = fmt.Sprintf("%s until %s", n.HeldBy, n.HeldUntil.Local().Format(time.DateTime))
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", n.Number, state, n.Calling, n.Assignment, holder)
	}
	return table.Flush()
}
