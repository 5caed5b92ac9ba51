package main

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/admin"
)

// phonesCommand manages the telephones of users.
type phonesCommand struct {
	serverFlags

	Add    phonesAddCommand    `cmd:"" help:"Issue a user name and a password for a telephone of an identity."`
	List   phonesListCommand   `cmd:"" default:"1" help:"List credentials and registered telephones."`
	Show   phonesShowCommand   `cmd:"" help:"Show a credential and its registered telephones."`
	Remove phonesRemoveCommand `cmd:"" help:"Delete a credential. Telephones that have registered with it are signed out."`
	Reset  phonesResetCommand  `cmd:"" help:"Replace the password of a credential."`
}

type phonesAddCommand struct {
	Identity string `arg:"" help:"Raw id of the user, 8:acs:…"`
	User     string `help:"User name, which other phones dial: 101, or alice (default: six digits)." placeholder:"NAME"`
	CallerID string `name:"caller-id" help:"Owned number that its calls to phone numbers show. Without one it cannot call phone numbers." placeholder:"NUMBER"`
}

// Help ends the command's help.
func (phonesAddCommand) Help() string {
	return `The password is shown only this once. Enter the user name, the password and the registrar in the telephone.

Example:
  switchhook phones add 8:acs:RESOURCE_USER --user 101 --caller-id +15550100001`
}

func (c phonesAddCommand) Run(a *app) error {
	var made admin.Phone
	want := map[string]string{"identity": c.Identity, "userName": c.User, "callerId": c.CallerID}
	if err := a.phones("POST", "", want, &made); err != nil {
		return err
	}
	printPassword(a, made)
	return nil
}

// phones asks the server.
func (a *app) phones(method, rest string, in, out any) error {
	client, err := a.connect(a.root.Phones.ConnectionString)
	if err != nil {
		return err
	}
	return client.do(a.ctx, method, admin.PhonesPath+rest, managementVersion, in, out)
}

func printPassword(a *app, p admin.Phone) {
	lines := [][2]string{{"user name", p.UserName}, {"password", p.Password}}
	if p.Registrar != nil {
		lines = append(lines, [2]string{"registrar (UDP, TCP)", p.Registrar.SIP}, [2]string{"registrar (TLS)", p.Registrar.SIPS})
	}
	lines = append(lines, [2]string{"identity", p.Identity}, [2]string{"caller id", p.CallerID})
	for _, line := range lines {
		if line[1] != "" {
			fmt.Fprintf(a.out, "%-22s%s\n", line[0], line[1])
		}
	}
}

type phonesListCommand struct{}

// Help ends the command's help.
func (phonesListCommand) Help() string { return "Example:\n  switchhook phones list" }

func (phonesListCommand) Run(a *app) error {
	var list struct{ Value []admin.Phone }
	if err := a.phones("GET", "", nil, &list); err != nil {
		return err
	}
	table := a.table()
	fmt.Fprintln(table, "USER NAME\tIDENTITY\tCALLER ID\tDEVICE\tADDRESS\tFOR")
	for _, p := range list.Value {
		row := []string{p.UserName, p.Identity, p.CallerID}
		if len(p.Devices) == 0 {
			fmt.Fprintln(table, strings.Join(append(row, "not registered", "", ""), "\t"))
		}
		for _, d := range p.Devices {
			fmt.Fprintln(table, strings.Join(append(row, d.UserAgent, strings.ToLower(d.Transport)+" "+d.Address, left(d)), "\t"))
			row = []string{"", "", ""}
		}
	}
	return table.Flush()
}

// left is how long a registration still counts.
func left(d admin.PhoneDevice) string {
	return time.Until(d.Expires).Round(time.Second).String()
}

type phonesShowCommand struct {
	User string `arg:"" help:"User name."`
}

// Help ends the command's help.
func (phonesShowCommand) Help() string { return "Example:\n  switchhook phones show 101" }

func (c phonesShowCommand) Run(a *app) error {
	var p admin.Phone
	if err := a.phones("GET", "/"+url.PathEscape(c.User), nil, &p); err != nil {
		return err
	}
	printPassword(a, p)
	for _, d := range p.Devices {
		fmt.Fprintf(a.out, "%-22s%s %s, for %s: %s %s\n", "device", strings.ToLower(d.Transport), d.Address, left(d), d.Contact, d.UserAgent)
	}
	return nil
}

type phonesRemoveCommand struct {
	User string `arg:"" help:"User name."`
}

// Help ends the command's help.
func (phonesRemoveCommand) Help() string { return "Example:\n  switchhook phones remove 101" }

func (c phonesRemoveCommand) Run(a *app) error {
	if err := a.phones("DELETE", "/"+url.PathEscape(c.User), nil, nil); err != nil {
		return err
	}
	fmt.Fprintf(a.out, "The credential %s is deleted.\n", c.User)
	return nil
}

type phonesResetCommand struct {
	User string `arg:"" help:"User name."`
}

// Help ends the command's help.
func (phonesResetCommand) Help() string { return "Example:\n  switchhook phones reset 101" }

func (c phonesResetCommand) Run(a *app) error {
	var p admin.Phone
	if err := a.phones("POST", "/"+url.PathEscape(c.User)+":resetPassword", nil, &p); err != nil {
		return err
	}
	printPassword(a, p)
	return nil
}
