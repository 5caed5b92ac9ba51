package insight

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/call"
)

func measuredByBrowser(h *Hub, media call.ClientMedia) {
	h.Leg(call.LegNews{CorrelationID: aCall, ServerCallID: aServerCall, What: call.LegMeasured, Who: caller, Media: &media})
}

// TestTimelineHasWhatBrowsersMeasure, as a share and in ms.
func TestTimelineHasWhatBrowsersMeasure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHub(t, Config{})
		defer h.Close()
		measuredByBrowser(h, call.ClientMedia{Received: 190, Lost: 10, Jitter: 4 * time.Millisecond, RoundTrip: 21 * time.Millisecond, Heard: 40, Pair: "udp host to\tprflx"})
		items := timelineOf(t, h, aCall)
		if fmt.Sprint(kindsOf(items)) != "[browser]" || !strings.Contains(items[0].Text, "loss 5.0 %") {
			t.Fatalf("got %+v", items)
		}
		var got BrowserMeasure
		if err := json.Unmarshal(items[0].Detail, &got); err != nil || got.Loss != 0.05 || got.JitterMS != 4 || got.RoundTripMS != 21 || got.Pair != "udp host to prflx" || got.Who != caller.Raw() {
			t.Errorf("%v, %+v", err, got)
		}
	})
}

// TestBrowsersMeasuresDriveNothingOut: while memory is short they are kept seldom.
func TestBrowsersMeasuresDriveNothingOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHub(t, Config{Memory: 3 << 10})
		defer h.Close()
		time.Sleep(measureInterval / 2) // between the hub's rounds
		for range 100 {
			measuredByBrowser(h, call.ClientMedia{Received: 200})
			time.Sleep(measureInterval)
		}
		if n := len(timelineOf(t, h, aCall)); n > 10+100/seldom+1 || n < 100/seldom {
			t.Errorf("%d of 100 measures are kept", n)
		}
	})
}
