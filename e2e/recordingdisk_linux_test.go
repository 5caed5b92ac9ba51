package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// recordingDisk is a file system of 16 MB for the recordings of a server.
type recordingDisk struct {
	t      *testing.T
	data   string // data directory
	folder string // of recordings, where it is mounted
}

// newRecordingDisk mounts one, until the end of the test. Without the rights for it the
// test is skipped.
func newRecordingDisk(t *testing.T) recordingDisk {
	t.Helper()
	for _, tool := range []string{"mkfs.ext4", "mount", "fsfreeze"} {
		if _, err := exec.LookPath(tool); os.Getuid() != 0 || err != nil {
			t.Skip("a file system of its own needs root, mkfs.ext4 (Debian: e2fsprogs), mount and fsfreeze (util-linux)")
		}
	}
	d := recordingDisk{t, filepath.Join(t.TempDir(), "data"), ""}
	d.folder = filepath.Join(d.data, "recordings")
	image := filepath.Join(t.TempDir(), "image")
	must(t, os.MkdirAll(d.folder, 0o700))
	must(t, os.WriteFile(image, nil, 0o600))
	must(t, os.Truncate(image, 16<<20))
	d.run("mkfs.ext4", "-q", "-m", "0", image)
	if out, err := exec.Command("mount", "-o", "loop", image, d.folder).CombinedOutput(); err != nil {
		t.Skipf("this machine mounts no files: %v %s", err, out)
	}
	t.Cleanup(func() { d.run("umount", "--lazy", d.folder) }) // the server has ended, its files are closed
	must(t, os.RemoveAll(filepath.Join(d.folder, "lost+found")))
	must(t, os.Chmod(d.folder, 0o700))
	return d
}

func (d recordingDisk) run(command string, arguments ...string) {
	d.t.Helper()
	if out, err := exec.Command(command, arguments...).CombinedOutput(); err != nil {
		d.t.Errorf("%s: %v %s", command, err, out)
	}
}

// fill writes a file until nothing more is taken.
func (d recordingDisk) fill() {
	d.t.Helper()
	file, err := os.Create(filepath.Join(d.data, "recordings", "other"))
	must(d.t, err)
	defer file.Close()
	for _, size := range []int{1 << 20, 1 << 12, 1} {
		for err = nil; err == nil; {
			_, err = file.Write(make([]byte, size))
		}
	}
}

// record answers a phone and records the call on the disk.
func (d recordingDisk) record() (*agent, connection, *siptest.Call, recordingOf) {
	d.t.Helper()
	p := start(d.t, setup{data: d.data, config: "recording: {min-free-mib: 0}"})
	a := startAgent(p, application{})
	subscribeRecordings(p, a)
	c, call := a.answered(newPhone(p))
	r := a.record(values{"connection": c.id, "format": "wav"})
	r.states(1)
	return a, c, call, r
}

// TestFullDiskEndsARecordingAndNoCall: the application is told why, and has what was
// heard before.
func TestFullDiskEndsARecordingAndNoCall(t *testing.T) {
	t.Parallel()
	d := newRecordingDisk(t)
	a, c, call, r := d.record()
	said(t, call, 440, 2000)
	d.fill()
	if states := r.states(2); states[1] != "inactive" {
		t.Errorf("the application was told %v", states)
	}
	c.do("playToAll", values{"urls": []string{a.saveTone("prompt.wav", promptLength)}, "operationContext": "prompt"}, nil)
	c.gotFor("prompt", "PlayCompleted")
	if heard := call.HeardFor(promptPitch); heard < promptLength.Seconds()/2 {
		t.Errorf("%v s of the prompt were heard afterwards", heard)
	}
	must(t, os.Remove(filepath.Join(d.folder, "other")))
	file := r.file()
	if file.SessionEndReason != "StorageFailed" {
		t.Errorf("the event says %+v", file)
	}
	wav, err := a.fetch(file.RecordingStorageInfo.RecordingChunks[0].ContentLocation, 0, 0)
	must(t, err)
	hasTone(t, channelsOf(t, wav)[0], 440, 1200*time.Millisecond, true)
	must(t, call.Hangup(within(t, 5*time.Second)))
	c.ended()
}

// TestDiskThatBlocksDelaysNoSound: for five seconds nothing can be written.
func TestDiskThatBlocksDelaysNoSound(t *testing.T) {
	t.Parallel()
	d := newRecordingDisk(t)
	a, c, call, r := d.record()
	d.run("fsfreeze", "--freeze", d.folder)
	thaw := time.AfterFunc(5*time.Second, func() { d.run("fsfreeze", "--unfreeze", d.folder) })
	t.Cleanup(func() {
		if thaw.Stop() {
			d.run("fsfreeze", "--unfreeze", d.folder)
		}
	})
	before := len(call.Heard())
	began := time.Now()
	c.do("playToAll", values{"urls": []string{a.saveTone("prompt.wav", promptLength)}, "operationContext": "prompt"}, nil)
	c.gotFor("prompt", "PlayCompleted")
	if heard, passed := time.Duration(len(call.Heard())-before)*time.Second/time.Duration(call.Rate()), time.Since(began); passed < 4*time.Second && heard < passed*3/4 {
		t.Errorf("%v of %v were heard while the disk was blocked", heard, passed)
	}
	said(t, call, 440, 2000)
	r.do("stopRecording")
	file := r.file()
	if file.SessionEndReason != "InitiatorLeft" || file.RecordingDurationMs < 3500 {
		t.Errorf("the event says %+v", file)
	}
	wav, err := a.fetch(file.RecordingStorageInfo.RecordingChunks[0].ContentLocation, 0, 0)
	must(t, err)
	hasTone(t, channelsOf(t, wav)[0], 440, 1200*time.Millisecond, true)
	hasTone(t, channelsOf(t, wav)[0], promptPitch, promptLength-200*time.Millisecond, true)
	must(t, call.Hangup(within(t, 5*time.Second)))
	c.ended()
}
