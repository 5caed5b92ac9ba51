package server

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/fault"
)

// maxKeyRequest bounds the body of regenerateKey, in bytes.
const maxKeyRequest = 4 << 10

// keysAnswer is what ARM answers to listKeys and regenerateKey.
type keysAnswer struct {
	Primary             string `json:"primaryKey"`
	Secondary           string `json:"secondaryKey"`
	PrimaryConnection   string `json:"primaryConnectionString"`
	SecondaryConnection string `json:"secondaryConnectionString"`
}

// ListKeys answers POST {ARMResource}/listKeys.
func (r *Resource) ListKeys(w http.ResponseWriter, _ *http.Request) error {
	r.mu.Lock()
	endpoint := r.endpoint
	r.mu.Unlock()
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	return json.NewEncoder(w).Encode(keysAnswer{
		Primary:             r.Keys.Get(auth.Primary).Base64(),
		Secondary:           r.Keys.Get(auth.Secondary).Base64(),
		PrimaryConnection:   r.ConnectionString(endpoint, auth.Primary),
		SecondaryConnection: r.ConnectionString(endpoint, auth.Secondary),
	})
}

// RegenerateKey answers POST {ARMResource}/regenerateKey. The new key is in
// force, and stored, when the answer is sent.
func (r *Resource) RegenerateKey(w http.ResponseWriter, request *http.Request) error {
	var body struct {
		KeyName string `json:"keyName"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, request.Body, maxKeyRequest)).Decode(&body); err != nil {
		return fault.Invalid(`the body must be {"keyName": "Primary"} or {"keyName": "Secondary"}`).WithCause(err)
	}
	slot := auth.Primary
	switch {
	case strings.EqualFold(body.KeyName, "Primary"):
	case strings.EqualFold(body.KeyName, "Secondary"):
		slot = auth.Secondary
	default:
		return fault.Invalid("keyName must be Primary or Secondary")
	}
	if _, err := r.Rotate(slot); err != nil {
		return err
	}
	return r.ListKeys(w, request)
}
