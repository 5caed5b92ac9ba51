package storage

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
)

// defaultType is the type of a file that was put without one.
const defaultType = "application/octet-stream"

// Bounds of metadata: what Azure and S3 take, and their request headers.
const (
	maxMetadata = 2 << 10 // bytes of names and values together
)

// validMetadata is a name that Azure (a C# identifier) and S3 both keep.
var validMetadata = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func (p Properties) check() error {
	size := 0
	for name, value := range p.Metadata {
		if !validMetadata.MatchString(name) || strings.ContainsFunc(value, func(r rune) bool { return isControl(r) || r > '~' }) {
			return invalid("the metadata %q = %q must have a name of letters, digits and underscores and a value in ASCII", name, value)
		}
		size += len(name) + len(value)
	}
	if size > maxMetadata {
		return invalid("metadata of %d bytes is too long; at most %d are allowed", size, maxMetadata)
	}
	if strings.ContainsFunc(p.ContentType, isControl) {
		return invalid("%q is not a content type", p.ContentType)
	}
	return nil
}

func (p Properties) contentType() string {
	if p.ContentType == "" {
		return defaultType
	}
	return p.ContentType
}

// lowered is metadata as a service gives it back, whatever case it uses.
func lowered[V string | *string](metadata map[string]V, text func(V) string) map[string]string {
	if len(metadata) == 0 {
		return nil
	}
	lower := make(map[string]string, len(metadata))
	for name, value := range metadata {
		lower[strings.ToLower(name)] = text(value)
	}
	return lower
}

// typeOfExtension are the types that the folder tells by a file's name, without
// a properties file beside it.
var typeOfExtension = map[string]string{
	".json": "application/json; charset=utf-8",
	".wav":  "audio/wav",
	".mp3":  "audio/mpeg",
	".mp4":  "video/mp4",
}

// storedProperties is the properties file of a folder, ".properties-NAME".
type storedProperties struct {
	Version     int               `json:"version"`
	ContentType string            `json:"contentType"`
	Metadata    map[string]string `json:"metadata,omitempty"`
}

const propertiesVersion = 1

// maxProperties bounds what is read of a properties file, in bytes.
const maxProperties = 16 << 10

func propertiesFile(name string) string {
	return path.Join(path.Dir(name), ".properties-"+path.Base(name))
}

// writeProperties keeps what a file's name does not tell.
func writeProperties(root *os.Root, name string, p Properties) error {
	if len(p.Metadata) == 0 && p.contentType() == typeByName(name) {
		return removeProperties(root, name)
	}
	kept := storedProperties{propertiesVersion, p.contentType(), lowered(p.Metadata, func(s string) string { return s })}
	text, err := json.Marshal(kept)
	if err != nil {
		return err
	}
	return writeFile(root, propertiesFile(name), strings.NewReader(string(text)))
}

func removeProperties(root *os.Root, name string) error {
	if err := root.Remove(filepath.FromSlash(propertiesFile(name))); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func typeByName(name string) string {
	if known := typeOfExtension[path.Ext(name)]; known != "" {
		return known
	}
	return defaultType
}

// propertiesOf reads what is kept with a file. A damaged properties file does
// not keep anybody from the content.
func propertiesOf(root *os.Root, name string) Properties {
	usual := Properties{ContentType: typeByName(name)}
	file, err := root.Open(filepath.FromSlash(propertiesFile(name)))
	if err != nil {
		return usual
	}
	defer file.Close()
	var kept storedProperties
	if err := json.NewDecoder(io.LimitReader(file, maxProperties)).Decode(&kept); err != nil || kept.Version != propertiesVersion {
		return usual
	}
	return Properties{kept.ContentType, kept.Metadata}
}
