package storage

import (
	"strings"
	"testing"
)

// TestContainersHaveNamesThatEveryPlaceKeeps asks the same of a folder and of Azure Blob
// Storage.
func TestContainersHaveNamesThatEveryPlaceKeeps(t *testing.T) {
	account := Account{Name: "one", Key: []byte("key"), BlobEndpoint: "http://127.0.0.1:1/one"}
	for name, valid := range map[string]bool{
		"letters": true, "$web": true, "": false, ".": false, "..": false, "x\x00": false, "x\n": false, "x\u0085": false, "a/b": false, `a\b`: false,
		"x ": false, "\xff": false, strings.Repeat("x", maxPart+1): false,
	} {
		if _, err := NewFolder(t.TempDir(), name); (err == nil) != valid {
			t.Errorf("folder %q: %v", name, err)
		}
		if _, err := NewBlobs(account, name, nil); (err == nil) != valid {
			t.Errorf("blobs %q: %v", name, err)
		}
	}
}
