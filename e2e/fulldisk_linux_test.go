package e2e

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// newSmallDisk mounts a file system of 24 MB, until the end of the test. Without the rights
// for it the test is skipped.
func newSmallDisk(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", folder).CombinedOutput(); err != nil {
		t.Skipf("a file system of its own needs root, and mount: %v %s", err, out)
	}
	t.Cleanup(func() { _ = exec.Command("umount", "--lazy", folder).Run() }) // it is of memory
	return folder
}

// TestFullDiskOfTheDataDirectory: while nothing can be stored, changes are refused at once
// and no phone rings; with room again all goes on, and what was accepted is there.
func TestFullDiskOfTheDataDirectory(t *testing.T) {
	t.Parallel()
	disk := newSmallDisk(t)
	phone, port := newFarPhone(t)
	p := start(t, setup{data: filepath.Join(disk, "data"), trunk: port})
	accepted := map[string]bool{}
	makeRoom := func() int {
		var made struct{ ID string }
		began := time.Now()
		status := p.signed("POST", "/rooms?api-version=2025-03-13", nil, struct{}{}, &made)
		if took := time.Since(began); status != http.StatusCreated && took > patience/2 { // the NATS server never answers
			t.Errorf("the refusal took %v", took)
		}
		if status == http.StatusCreated {
			accepted[made.ID] = true
		}
		return status
	}
	call := func() int {
		return p.signed("POST", "/calling/callConnections?api-version="+apiVersion, nil, values{
			"targets": []values{{"rawId": far}}, "sourceCallerIdNumber": values{"value": ourNumber}, "callbackUri": "http://127.0.0.1:1/",
		}, nil)
	}
	makeRoom()
	eventually(t, 20*time.Second, "the signing key is stored", func() bool { _, err := os.Stat(filepath.Join(p.data, "signing-key.pem")); return err == nil })
	other := filepath.Join(disk, "other")
	file, err := os.Create(other)
	must(t, err)
	for err == nil {
		_, err = file.Write(make([]byte, 4<<10))
	}
	file.Close()

	eventually(t, 60*time.Second, "rooms are refused", func() bool { return makeRoom() == http.StatusServiceUnavailable })
	if status := call(); status != http.StatusServiceUnavailable {
		t.Errorf("a call is answered with %d while nothing can be stored", status)
	}
	if _, err := phone.Next(briefly(t, time.Second)); err == nil {
		t.Error("a phone rings for a call that was refused")
	}
	response, err := http.Get("http://" + p.addresses.HTTP + "/readyz")
	must(t, err)
	response.Body.Close()
	if response.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("/readyz has %d while nothing can be stored", response.StatusCode)
	}

	must(t, os.Remove(other))
	eventually(t, 60*time.Second, "rooms are made again", func() bool { return makeRoom() == http.StatusCreated })
	eventually(t, 60*time.Second, "calls are made again", func() bool { return call() == http.StatusCreated })
	if _, err := phone.Next(within(t, 20*time.Second)); err != nil {
		t.Error(err)
	}
	p.kill()
	again := start(t, setup{data: p.data, trunk: port})
	for id := range accepted {
		if status := again.signed("GET", "/rooms/"+id+"?api-version=2025-03-13", nil, nil, nil); status != http.StatusOK {
			t.Errorf("room %s, which was accepted, has %d", id, status)
		}
	}
}
