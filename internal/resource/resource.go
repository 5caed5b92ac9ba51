// Package resource is the ACS resource that a server is: its GUID, its two access
// keys, the connection string of applications, and the names by which Azure
// Resource Manager knows it.
package resource

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/google/uuid"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/datadir"
)

// Resource is the ACS resource that this server is.
type Resource struct {
	ID   string     // its immutable GUID, lower case
	Keys *auth.Keys // in force now

	given    Identity // by the settings of this start
	dir      *datadir.Dir
	mu       sync.Mutex // one rotation or announcement at a time
	endpoint string     // that applications reach, for the connection string
}

// Identity is an ACS resource whose id and keys the server takes over. A zero
// field was not given.
type Identity struct {
	ID   string
	Key1 auth.Key
	Key2 auth.Key
}

// resourceFile keeps the resource in the data directory.
const resourceFile = "resource.json"

// savedVersion is the version of resourceFile that is written. Version 0 did not say
// its version and had the same members.
const savedVersion = 1

var errNewer = errors.New("a newer build has stored it; use that build")

// savedResource is the content of resourceFile.
type savedResource struct {
	Version   int    `json:"version"`
	ID        string `json:"resourceId"`
	Primary   string `json:"primaryKey"`
	Secondary string `json:"secondaryKey"`
}

// Open loads the resource from the data directory, or creates it at the first
// start: with the given id and keys, and random ones in place of those that are
// not given. Later a given identity must be the stored one, since applications
// and users carry it in their ids.
func Open(dir *datadir.Dir, given Identity) (*Resource, error) {
	text, err := dir.LoadFile(resourceFile)
	if errors.Is(err, fs.ErrNotExist) {
		return create(dir, given)
	}
	if err != nil {
		return nil, err
	}
	r, err := parse(dir, text)
	if errors.Is(err, errNewer) {
		return nil, fmt.Errorf("%s: %w", dir.Path(resourceFile), err)
	}
	if err != nil {
		return nil, fmt.Errorf("%s is damaged (%w): restore it from a backup, or delete it and set --resource-id, --key1 and --key2 at the next start", dir.Path(resourceFile), err)
	}
	r.given = given
	return r, r.check(given)
}

func create(dir *datadir.Dir, given Identity) (*Resource, error) {
	r := &Resource{given: given, dir: dir}
	if given.ID == "" {
		given.ID = uuid.NewString()
	}
	if given.Key1.ID() == "" {
		given.Key1 = auth.NewKey()
	}
	if given.Key2.ID() == "" {
		given.Key2 = auth.NewKey()
	}
	keys, err := auth.NewKeys(given.Key1, given.Key2)
	if err != nil {
		return nil, fmt.Errorf("--key1 and --key2: %w", err)
	}
	r.ID, r.Keys = given.ID, keys
	return r, r.save(given.Key1, given.Key2)
}

func parse(dir *datadir.Dir, text []byte) (*Resource, error) {
	id, keys, err := decode(text)
	if err != nil {
		return nil, err
	}
	r := &Resource{ID: id, Keys: keys, dir: dir}
	if connection, err := dir.LoadFile(datadir.ConnectionStringFile); err == nil {
		r.endpoint, _, _ = cutConnectionString(string(connection))
	}
	return r, nil
}

// decode reads the content of resourceFile.
func decode(text []byte) (id string, keys *auth.Keys, err error) {
	var saved savedResource
	if err := json.Unmarshal(text, &saved); err != nil {
		return "", nil, errors.New("the file is not JSON") // the cause might quote a key
	}
	if saved.Version > savedVersion {
		return "", nil, fmt.Errorf("it has version %d, and this build reads versions up to %d: %w", saved.Version, savedVersion, errNewer)
	}
	if err := uuid.Validate(saved.ID); err != nil {
		return "", nil, errors.New("resourceId is not a GUID")
	}
	primary, err1 := auth.ParseKey(saved.Primary)
	secondary, err2 := auth.ParseKey(saved.Secondary)
	if err := errors.Join(err1, err2); err != nil {
		return "", nil, err
	}
	keys, err = auth.NewKeys(primary, secondary)
	return strings.ToLower(saved.ID), keys, err
}

// ReadKeys reads the access keys in a data directory, which a server may use at the
// same time: whoever may read its files may see both.
func ReadKeys(dir string) (*auth.Keys, error) {
	text, err := os.ReadFile(filepath.Join(dir, resourceFile))
	if err != nil {
		return nil, err
	}
	_, keys, err := decode(text)
	return keys, err
}

// check refuses an identity other than the stored one. Keys show as their ids.
func (r *Resource) check(given Identity) error {
	stored := r.dir.Path(resourceFile)
	if given.ID != "" && given.ID != r.ID {
		return fmt.Errorf("--resource-id %s contradicts %s, which is resource %s; a resource never changes its id: remove the setting, or choose an empty directory with --data", given.ID, stored, r.ID)
	}
	for _, key := range []struct {
		flag, name string
		given      auth.Key
		slot       auth.Slot
	}{{"--key1", "primary", given.Key1, auth.Primary}, {"--key2", "secondary", given.Key2, auth.Secondary}} {
		if have := r.Keys.Get(key.slot); key.given.ID() != "" && key.given.ID() != have.ID() {
			return fmt.Errorf("%s (%s) contradicts %s, whose %s key is %s: remove the setting to use the stored key; `switchhook keys show` prints it, `switchhook keys rotate %s` replaces it", key.flag, key.given, stored, key.name, have, key.name)
		}
	}
	return nil
}

func (r *Resource) save(primary, secondary auth.Key) error {
	text, err := json.MarshalIndent(savedResource{savedVersion, r.ID, primary.Base64(), secondary.Base64()}, "", "  ")
	if err != nil {
		return err
	}
	return r.dir.SaveFile(resourceFile, append(text, '\n'))
}

// Rotate puts a new random key into a slot, first on disk, then in force: what
// the old one signed is refused from then on.
func (r *Resource) Rotate(slot auth.Slot) (auth.Key, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	pair := [2]auth.Key{r.Keys.Get(auth.Primary), r.Keys.Get(auth.Secondary)}
	pair[slot] = auth.NewKey()
	if err := r.save(pair[auth.Primary], pair[auth.Secondary]); err != nil {
		return auth.Key{}, err
	}
	if err := r.Keys.Replace(slot, pair[slot]); err != nil {
		return auth.Key{}, err
	}
	return pair[slot], r.saveConnectionString()
}

// Exists reports whether a server has created its resource in a data directory.
func Exists(dir string) (bool, error) {
	_, err := os.Stat(filepath.Join(dir, resourceFile))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}
