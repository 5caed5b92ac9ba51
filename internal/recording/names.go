package recording

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/google/uuid"
)

// Document is the name of a chunk's documents in URLs.
func (r *Record) Document(chunk int) string {
	return fmt.Sprintf("%s%d-%s", documentPrefix, chunk, strings.ReplaceAll(r.key(), "-", ""))
}

// documentPrefix begins the names of documents, as the service's begin with a
// region and a store.
const documentPrefix = "0-swh-d"

// parseDocument is the reverse of Document.
func parseDocument(name string) (guid string, chunk int, ok bool) {
	rest, ours := strings.CutPrefix(name, documentPrefix)
	index, digits, two := strings.Cut(rest, "-")
	if !ours || !two || len(digits) != 32 {
		return "", 0, false
	}
	id, err := uuid.Parse(digits)
	chunk, wrong := strconv.Atoi(index)
	if err != nil || wrong != nil || chunk < 0 || strconv.Itoa(chunk) != index {
		return "", 0, false
	}
	return id.String(), chunk, true
}

// identity is what a recordingId says: the service's are base64url of this, without
// padding.
type identity struct {
	Endpoint string `json:"PlatformEndpointId"`
	Resource string `json:"ResourceSpecificId"`
}

// NewID returns a recordingId that names a connection, or what stands for one.
func NewID(connection string) string {
	text, err := json.Marshal(identity{connection, uuid.NewString()})
	if err != nil {
		panic(err) // texts always marshal
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// GUID is the GUID of a recording, by which logs, commands and files name it; "" where
// the id is none of ours.
func GUID(id string) string {
	text, err := base64.RawURLEncoding.DecodeString(id)
	var of identity
	if err != nil || json.Unmarshal(text, &of) != nil {
		return ""
	}
	return of.Resource
}
