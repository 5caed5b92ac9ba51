package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Screenshots of the documentation are made by the tests that look at the same
// pages: SWITCHHOOK_SCREENSHOTS=1 writes them into docs/images.

// shot takes a picture of the page, for the documentation where that is asked for.
func (x *tab) shot(name string, size ...int) {
	x.t.Helper()
	dir := x.t.TempDir()
	if os.Getenv("SWITCHHOOK_SCREENSHOTS") != "" {
		var err error
		dir, err = filepath.Abs("../docs/images")
		must(x.t, err)
		must(x.t, os.MkdirAll(dir, 0o755))
	}
	command := values{"do": "shot", "tab": x.name, "file": filepath.Join(dir, name+".png")}
	if len(size) == 2 {
		command["width"], command["height"] = size[0], size[1]
	}
	if _, err := x.do(command); err != nil {
		x.t.Fatal(err)
	}
}

// scene is a file of moving colours for a browser's fake camera: 640×360, 10 pictures a
// second, so that two cores carry several browsers.
func scene(t testing.TB, colours ...string) string {
	t.Helper()
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		return "" // the browser's own pattern does as well
	}
	file := filepath.Join(t.TempDir(), "camera.y4m")
	pattern := fmt.Sprintf("gradients=s=640x360:r=10:d=4:n=2:c0=%s:c1=%s:speed=0.03:x0=100:y0=50:x1=550:y1=325", colours[0], colours[1])
	if out, err := exec.Command("ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i", pattern, "-pix_fmt", "yuv420p", file).CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg: %v\n%s", err, out)
	}
	return file
}
