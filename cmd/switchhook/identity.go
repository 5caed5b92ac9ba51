package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/switchhook/switchhook/internal/admin"
	"github.com/switchhook/switchhook/internal/datadir"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/resource"
)

type identityCommand struct {
	Import identityImportCommand `cmd:"" help:"Import user ids of an ACS resource."`
}

type identityImportCommand struct {
	File string `arg:"" help:"Raw ids (8:acs:…), one per line or as a JSON array. - reads standard input."`
	serverFlags
}

// Help ends the command's help.
func (identityImportCommand) Help() string {
	return `The ids must belong to this server's resource: start the server with --resource-id first. If no server is running, its
next start imports the ids.

Example:
  switchhook identity import users.txt`
}

const (
	maxImport   = 256 << 20 // bytes of the list
	importBatch = 1000      // ids in one request
)

func (c identityImportCommand) Run(a *app) error {
	ids, err := c.read(a.in)
	if err != nil {
		return err
	}
	if c.ConnectionString == "" {
		done, err := a.whileStopped(func(data *datadir.Dir) error {
			resource, err := resource.Open(data, resource.Identity{})
			if err != nil {
				return err
			}
			if err := ofResource(ids, resource.ID); err != nil {
				return err
			}
			return data.QueueIdentities(ids)
		})
		if err != nil {
			return err
		}
		if done {
			fmt.Fprintf(a.out, "%d identities are queued. The next start of the server imports them.\n", len(ids))
			return nil
		}
	}
	return c.send(a, ids)
}

func (c identityImportCommand) send(a *app, ids []string) error {
	client, err := a.connect(c.ConnectionString)
	if err != nil {
		return err
	}
	for sent := 0; sent < len(ids); sent += importBatch {
		batch := ids[sent:min(sent+importBatch, len(ids))]
		if err := client.do(a.ctx, "POST", admin.IdentitiesPath+":import", managementVersion, map[string][]string{"ids": batch}, nil); err != nil {
			return fmt.Errorf("after %d of %d identities: %w", sent, len(ids), err)
		}
	}
	fmt.Fprintf(a.out, "%d identities imported.\n", len(ids))
	return nil
}

func (c identityImportCommand) read(standard io.Reader) ([]string, error) {
	from := standard
	if c.File != "-" {
		file, err := os.Open(c.File)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		from = file
	}
	text, err := io.ReadAll(io.LimitReader(from, maxImport+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxImport {
		return nil, fmt.Errorf("%s is larger than %d MB: split the file", c.File, maxImport>>20)
	}
	return parseIDs(text)
}

// parseIDs reads raw ids of users; empty lines and those that begin with # are
// none.
func parseIDs(text []byte) ([]string, error) {
	var ids []string
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte("[")) {
		if err := json.Unmarshal(text, &ids); err != nil {
			return nil, fmt.Errorf("not a JSON array of ids: %w", err)
		}
		for i, id := range ids {
			if err := checkID(id); err != nil {
				return nil, fmt.Errorf("element %d: %w", i, err)
			}
		}
		return some(ids)
	}
	lines := bufio.NewScanner(bytes.NewReader(text))
	for number := 1; lines.Scan(); number++ {
		id := strings.TrimSpace(lines.Text())
		if id == "" || strings.HasPrefix(id, "#") {
			continue
		}
		if err := checkID(id); err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
		ids = append(ids, id)
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	return some(ids)
}

func some(ids []string) ([]string, error) {
	if len(ids) == 0 {
		return nil, fmt.Errorf("the list has no id")
	}
	return ids, nil
}

func checkID(text string) error {
	id, err := identifier.Parse(text)
	if err != nil {
		return err
	}
	_, user, _ := strings.Cut(text, "_")
	if id.Kind() != identifier.CommunicationUser || id.Resource() == "" || user == "" {
		return fmt.Errorf("%q is not the raw id of an ACS user, such as 8:acs:RESOURCE_USER", text)
	}
	return nil
}

// ofResource refuses users of another resource: their tokens and calls would
// not be this server's.
func ofResource(ids []string, resource string) error {
	for _, text := range ids {
		id, err := identifier.Parse(text)
		if err != nil {
			return err
		}
		if !strings.EqualFold(id.Resource(), resource) {
			return fmt.Errorf("%s belongs to resource %s, but this server is resource %s: start the server on an empty data directory with --resource-id %[2]s", text, id.Resource(), resource)
		}
	}
	return nil
}
