package datadir

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
)

// importFile holds the identities that were imported while no server ran.
const importFile = "identities-to-import.json"

// QueueIdentities keeps raw ids for the next start to take in.
func (d *Dir) QueueIdentities(ids []string) error {
	queued, err := d.QueuedIdentities()
	if err != nil {
		return err
	}
	queued = append(queued, ids...)
	slices.Sort(queued)
	text, err := json.Marshal(slices.Compact(queued))
	if err != nil {
		return err
	}
	return d.SaveFile(importFile, text)
}

// QueuedIdentities are the raw ids that wait, sorted, each once.
func (d *Dir) QueuedIdentities() ([]string, error) {
	text, err := d.LoadFile(importFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var ids []string
	if err := json.Unmarshal(text, &ids); err != nil {
		return nil, fmt.Errorf("%s is damaged (%w): delete it and import again", d.Path(importFile), err)
	}
	return ids, nil
}

// ForgetQueuedIdentities follows when they are stored.
func (d *Dir) ForgetQueuedIdentities() error { return d.remove(importFile) }
