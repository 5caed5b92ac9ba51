package delivery

import (
	"fmt"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/httpclient"
)

// TestTargetsAreBounded, by their number and their length.
func TestTargetsAreBounded(t *testing.T) {
	all := targets{}
	transport := httpclient.New(httpclient.Config{})
	one, err := all.of("https://app.test/events?code=1", transport)
	if err != nil || one.post == nil || one.address != "https://app.test" {
		t.Fatalf("%+v, %v", one, err)
	}
	if again, _ := all.of("https://app.test/events?code=1", transport); again != one {
		t.Error("it was prepared again")
	}
	if long, err := all.of("https://app.test/"+strings.Repeat("x", longestTarget), transport); err != nil || long.post == nil || len(all) != 1 {
		t.Errorf("%v, %d are kept", err, len(all))
	}
	for i := range 3 * maxTargets {
		if _, err := all.of(fmt.Sprint("https://app.test/calls/", i), transport); err != nil || len(all) > maxTargets {
			t.Fatalf("%v, %d are kept", err, len(all))
		}
	}
	if _, err := all.of("https://app.test/%zz", transport); err == nil {
		t.Error("a URL that is none has a target")
	}
	if queue, err := all.of("nats:events", nil); err != nil || queue.post != nil {
		t.Errorf("%+v, %v", queue, err)
	}
}
