package main

import (
	"errors"
	"fmt"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/config"
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
	serverFlags
}

// Help ends the command's help.
func (keysShowCommand) Help() string {
	return `Without --connection-string, the keys are read from the data directory. A server that is asked by its address shows the
key that asks, and no other.

Example:
  switchhook keys show`
}

func (c keysShowCommand) Run(a *app) error {
	if c.ConnectionString == "" {
		return a.showStoredKeys()
	}
	return a.askForKeys(c.ConnectionString, "listKeys", nil)
}

type keysRotateCommand struct {
	Key string `arg:"" enum:"primary,secondary" help:"primary or secondary."`
	serverFlags
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
	body := map[string]string{"keyName": name}
	if c.ConnectionString != "" {
		return a.askForKeys(c.ConnectionString, "regenerateKey", body)
	}
	done, err := a.whileStopped(func(data *datadir.Dir) error {
		r, err := resource.Open(data, resource.Identity{})
		if err == nil {
			_, err = r.Rotate(slot)
		}
		return err
	})
	if err == nil && !done { // the running server does it
		var client *api
		if client, err = a.connect(""); err == nil {
			err = client.do(a.ctx, "POST", resource.ARMPath+"/regenerateKey", managementVersion, body, &keysAnswer{})
		}
	}
	if err != nil {
		return err
	}
	a.warnOfKeySetting(slot)
	return a.showStoredKeys()
}

// warnOfKeySetting says that the configuration still has a key that was replaced.
func (a *app) warnOfKeySetting(slot auth.Slot) {
	cfg, err := a.config()
	if err != nil {
		return
	}
	keys, err := resource.ReadKeys(cfg.Data)
	if err != nil {
		return
	}
	if setting := cfg.Identity.Outdates(slot, keys.Get(slot)); setting != "" {
		fmt.Fprintf(a.err, "The configuration has the former key in %s: remove it there, or the server does not start again.\n", setting)
	}
}

// askForKeys prints the keys that a server shows.
func (a *app) askForKeys(connectionString, action string, body any) error {
	client, err := a.connect(connectionString)
	if err != nil {
		return err
	}
	var answer keysAnswer
	if err := client.do(a.ctx, "POST", resource.ARMPath+"/"+action, managementVersion, body, &answer); err != nil {
		return err
	}
	answer.print(a)
	return nil
}

// showStoredKeys prints the keys in the data directory, and while a server runs on
// it, the connection strings.
func (a *app) showStoredKeys() error {
	cfg, err := a.resourceConfig()
	if err != nil {
		return err
	}
	keys, err := resource.ReadKeys(cfg.Data)
	if err != nil {
		return err
	}
	primary, secondary := keys.Get(auth.Primary).Base64(), keys.Get(auth.Secondary).Base64()
	answer := keysAnswer{Primary: primary, Secondary: secondary}
	if _, running, _ := datadir.Running(cfg.Data); running {
		connection, err := resource.ReadConnection(cfg.Data)
		if err != nil {
			return err
		}
		prefix := "endpoint=" + connection.Endpoint.String() + ";accesskey="
		answer.PrimaryConnection, answer.SecondaryConnection = prefix+primary, prefix+secondary
	}
	answer.print(a)
	return nil
}

// resourceConfig is the configuration, where the data directory has a resource.
func (a *app) resourceConfig() (config.Config, error) {
	cfg, err := a.config()
	if err != nil {
		return cfg, err
	}
	has, err := resource.Exists(cfg.Data)
	if err == nil && !has {
		err = fmt.Errorf("the data directory %s has no resource yet: the first `switchhook serve` creates it (with --resource-id for that of an ACS resource); choose another directory with --data", cfg.Data)
	}
	return cfg, err
}

// whileStopped does some work on the data directory, holding it, unless a
// server does. It makes no resource: that is the first start's to do, with the
// id that it is given.
func (a *app) whileStopped(work func(*datadir.Dir) error) (done bool, err error) {
	cfg, err := a.resourceConfig()
	if err != nil {
		return false, err
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
