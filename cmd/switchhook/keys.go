package main

import (
	"errors"
	"fmt"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/datadir"
	"github.com/switchhook/switchhook/internal/resource"
)

type keysCommand struct {
	Show   keysShowCommand   `cmd:"" help:"Print both access keys and connection strings."`
	Rotate keysRotateCommand `cmd:"" help:"Replace an access key with a new one."`
}

// keysAnswer is ARM's answer to listKeys and regenerateKey.
type keysAnswer struct {
	Primary             string `json:"primaryKey"`
	Secondary           string `json:"secondaryKey"`
	PrimaryConnection   string `json:"primaryConnectionString"`
	SecondaryConnection string `json:"secondaryConnectionString"`
}

func (k keysAnswer) print(a *app) {
	for _, line := range [][2]string{
		{"primary key", k.Primary}, {"secondary key", k.Secondary},
		{"primary connection string", k.PrimaryConnection}, {"secondary connection string", k.SecondaryConnection},
	} {
		if line[1] != "" {
			fmt.Fprintf(a.out, "%-28s%s\n", line[0], line[1])
		}
	}
}

type keysShowCommand struct {
	ConnectionString string `placeholder:"TEXT" env:"SWITCHHOOK_CONNECTION_STRING" help:"Connection string of the server (default: the server of the data directory)."`
}

// Help ends the command's help.
func (keysShowCommand) Help() string { return "Example:\n  switchhook keys show" }

func (c keysShowCommand) Run(a *app) error {
	return a.keys(c.ConnectionString, "listKeys", nil, func(r *resource.Resource) error { return nil })
}

type keysRotateCommand struct {
	Key              string `arg:"" enum:"primary,secondary" help:"primary or secondary."`
	ConnectionString string `placeholder:"TEXT" env:"SWITCHHOOK_CONNECTION_STRING" help:"Connection string of the server (default: the server of the data directory)."`
}

// Help ends the command's help.
func (keysRotateCommand) Help() string {
	return `Requests that the old key signed are refused at once, and user tokens issued with it become invalid. Let applications
use the other key first.

Example:
  switchhook keys rotate secondary`
}

func (c keysRotateCommand) Run(a *app) error {
	name, slot := "Primary", auth.Primary
	if c.Key == "secondary" {
		name, slot = "Secondary", auth.Secondary
	}
	return a.keys(c.ConnectionString, "regenerateKey", map[string]string{"keyName": name}, func(r *resource.Resource) error {
		_, err := r.Rotate(slot)
		return err
	})
}

// keys asks the running server; when the data directory has none, it does the
// work there itself.
func (a *app) keys(connectionString, action string, body any, stopped func(*resource.Resource) error) error {
	var answer keysAnswer
	if connectionString == "" {
		done, err := a.whileStopped(func(data *datadir.Dir) error {
			resource, err := resource.Open(data, resource.Identity{})
			if err != nil {
				return err
			}
			if err := stopped(resource); err != nil {
				return err
			}
			answer.Primary, answer.Secondary = resource.Keys.Get(auth.Primary).Base64(), resource.Keys.Get(auth.Secondary).Base64()
			return nil
		})
		if err != nil {
			return err
		}
		if done {
			answer.print(a)
			return nil
		}
	}
	client, err := a.connect(connectionString)
	if err != nil {
		return err
	}
	if err := client.do(a.ctx, "POST", resource.ARMPath+"/"+action, managementVersion, body, &answer); err != nil {
		return err
	}
	answer.print(a)
	return nil
}

// whileStopped does some work on the data directory, holding it, unless a
// server does. It makes no resource: that is the first start's to do, with the
// id that it is given.
func (a *app) whileStopped(work func(*datadir.Dir) error) (done bool, err error) {
	cfg, err := a.config()
	if err != nil {
		return false, err
	}
	has, err := resource.Exists(cfg.Data)
	if err != nil {
		return false, err
	}
	if !has {
		return false, fmt.Errorf("the data directory %s has no resource yet: the first `switchhook serve` creates it (with --resource-id for that of an ACS resource); choose another directory with --data", cfg.Data)
	}
	data, err := datadir.Open(cfg.Data)
	var inUse *datadir.InUseError
	if errors.As(err, &inUse) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, errors.Join(work(data), data.Close())
}
