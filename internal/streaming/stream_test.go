package streaming

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gobwas/ws/wsutil"

	"github.com/switchhook/switchhook/internal/audio"
)

func TestStreamOpensAndCarriesTheMix(t *testing.T) {
	for _, rate := range []int{16000, 24000} {
		stream(t, Config{Rate: rate}, nil, func(s *session) {
			h := s.app.headers[0]
			if h.Get("Authorization") != "Bearer a-token" || h.Get("x-ms-call-connection-id") != "conn" || h.Get("x-ms-call-correlation-id") != "corr" || h.Get("Sec-WebSocket-Extensions") != "" {
				t.Errorf("the handshake's headers are %v", h)
			}
			if len(s.reports) != 1 || s.reports[0] != (Opened{}) {
				t.Fatalf("reports: %v", s.reports)
			}
			s.tick(50, loud)
			if m := s.app.got("AudioMetadata"); len(m) != 1 || s.app.messages[0].text != m[0].text {
				t.Errorf("metadata is not the first message: %v", s.app.messages[0].text)
			}
			frames := s.app.got("AudioData")
			if len(frames) != 50 {
				t.Fatalf("%d frames in a second", len(frames))
			}
			for _, m := range frames {
				var got struct {
					AudioData struct {
						ParticipantRawID *string
						Data             []byte
						Silent           *bool
					}
				}
				if err := json.Unmarshal([]byte(m.text), &got); err != nil || len(got.AudioData.Data) != rate/25 || got.AudioData.Silent == nil || got.AudioData.ParticipantRawID != nil || !m.frame.Fin || !m.frame.Masked {
					t.Fatalf("%v: %+v %+v", err, got, m.frame)
				}
			}
		})
	}
}

// TestSilentIsSaidAfterTwoSeconds: a pause is no silence, or no model would hear it.
func TestSilentIsSaidAfterTwoSeconds(t *testing.T) {
	stream(t, Config{}, nil, func(s *session) {
		s.tick(10, loud)
		s.tick(150, none)
		s.tick(1, loud)
		first, last := -1, -1
		for i, m := range s.app.got("AudioData") {
			if strings.Contains(m.text, `"silent":true`) {
				if first < 0 {
					first = i
				}
				last = i
			}
		}
		if first != 10+100 || last != 10+149 {
			t.Errorf("silent from frame %d to %d, want 110 to 159", first, last)
		}
	})
}

func TestUnmixedNamesParticipants(t *testing.T) {
	stream(t, Config{Unmixed: true}, nil, func(s *session) {
		a, b := s.Participant("4:+15551230001"), s.Participant("8:acs:b")
		s.tick(5, loud, a, b)
		if n := len(s.app.got("AudioData")); n != 10 {
			t.Fatalf("%d messages of two participants in 5 ticks", n)
		}
		a.(io.Closer).Close()
		s.tick(5, none, b)
		var who []string
		for _, m := range s.app.got("AudioData")[10:] {
			who = append(who, m.text[strings.Index(m.text, "participantRawID")+19:][:7])
		}
		if strings.Join(who, "") != strings.Repeat("8:acs:b", 5) {
			t.Errorf("after one has left: %v", who)
		}
	})
}

// TestDeafUnmixedStreamGoesOnInSilence: a frame of each participant in each tick, of zeros.
func TestDeafUnmixedStreamGoesOnInSilence(t *testing.T) {
	stream(t, Config{Unmixed: true}, nil, func(s *session) {
		a, b := s.Participant("4:+15551230001"), s.Participant("8:acs:b")
		silent := func(m message) bool { return strings.Contains(m.text, `"data":"`+strings.Repeat("A", 800)) }
		for _, deaf := range []bool{false, true, false} {
			s.Deafen(deaf)
			before := len(s.app.got("AudioData"))
			s.tick(10, loud, a, b)
			got := s.app.got("AudioData")[before:]
			if len(got) != 20 || silent(got[19]) != deaf {
				t.Errorf("deaf: %t; %d frames, the last one silent: %t", deaf, len(got), silent(got[19]))
			}
		}
	})
}

func TestUnmixedCarriesTheFourLoudest(t *testing.T) {
	stream(t, Config{Unmixed: true}, nil, func(s *session) {
		var ears []audio.Listener
		for _, who := range []string{"p1", "p2", "p3", "p4", "p5", "p6"} {
			ears = append(ears, s.Participant(who))
		}
		for range 100 {
			for i, l := range ears {
				f := audio.Frame(nil)
				if i >= 2 {
					f = tone(1)
				}
				l.HearFrame(s.ticks, f)
			}
			s.tick(1, none)
		}
		all := s.app.got("AudioData")
		if len(all) != 400 {
			t.Fatalf("%d messages in 100 ticks", len(all))
		}
		for _, m := range all[396:] {
			if strings.Contains(m.text, `"p1"`) || strings.Contains(m.text, `"p2"`) {
				t.Errorf("a silent participant is carried instead of a loud one: %.100s", m.text)
			}
		}
	})
}

func TestTonesAreTold(t *testing.T) {
	stream(t, Config{Tones: true}, nil, func(s *session) {
		s.Tone("4:+15551230001", "#")
		s.tick(1, none)
		if m := s.app.got("DtmfData"); len(m) != 1 || !strings.Contains(m[0].text, `"data":"#"`) {
			t.Errorf("got %v", m)
		}
	})
	stream(t, Config{}, nil, func(s *session) {
		s.Tone("4:+15551230001", "#")
		s.tick(1, none)
		if m := s.app.got("DtmfData"); len(m) != 0 {
			t.Errorf("without enableDtmfTones: %v", m)
		}
	})
}

func says(samples []int16, mark string) string {
	m := ""
	if mark != "" {
		m = `,"mark":{"id":"` + mark + `"}`
	}
	return `{"kind":"AudioData","audioData":{"data":"` + base64.StdEncoding.EncodeToString(appendPCM(nil, samples)) + `"` + m + `}}`
}

func TestApplicationIsHeardAndMarksComeBack(t *testing.T) {
	stream(t, Config{Bidirectional: true}, nil, func(s *session) {
		s.app.say(says(tone(25), "m1"))
		s.app.say(says(tone(25), "m2"))
		if loud := s.hear(26); loud < 24 {
			t.Errorf("%d frames of 25 were heard", loud)
		}
		if m := s.app.got("MarkData"); len(m) != 1 || m[0].text != `{"kind":"MarkData","markData":{"id":"m1","status":"Completed"}}` {
			t.Errorf("after the first half: %v", m)
		}
		s.app.say(`{"kind":"StopAudio","stopAudio":{}}`)
		synctest.Wait()
		s.hear(1) // fades out
		if loud := s.hear(5); loud != 0 {
			t.Errorf("%d frames were heard after StopAudio", loud)
		}
		if m := s.app.got("MarkData"); len(m) != 2 || !strings.Contains(m[1].text, `"m2","status":"Cancelled"`) {
			t.Errorf("after StopAudio: %v", m)
		}
		s.app.say(says(tone(5), ""))
		if loud := s.hear(8); loud < 4 {
			t.Errorf("%d frames of 5 were heard after StopAudio", loud)
		}
	})
}

// TestMessagesMayEndWithinASample cuts audio at every odd place.
func TestMessagesMayEndWithinASample(t *testing.T) {
	stream(t, Config{Bidirectional: true}, nil, func(s *session) {
		for pcm := appendPCM(nil, tone(10)); len(pcm) > 0; {
			n := min(333, len(pcm))
			s.app.say(`{"kind":"audioData","audioData":{"data":"` + base64.StdEncoding.EncodeToString(pcm[:n]) + `"},"stopAudio":{}}`)
			pcm = pcm[n:]
		}
		synctest.Wait()
		if got := s.playout.written.Load(); got != 10*320 {
			t.Errorf("%d samples came, want %d", got, 10*320)
		}
		if loud := s.hear(12); loud < 9 {
			t.Errorf("%d frames of 10 were heard", loud)
		}
	})
}

// TestStopAudioForgetsHalfASample: what comes after it begins with a whole one.
func TestStopAudioForgetsHalfASample(t *testing.T) {
	for _, rate := range []int{16000, 24000} {
		stream(t, Config{Bidirectional: true, Rate: rate}, nil, func(s *session) {
			s.app.say(`{"kind":"AudioData","audioData":{"data":"` + base64.StdEncoding.EncodeToString(make([]byte, 641)) + `"}}`)
			s.app.say(`{"kind":"StopAudio","stopAudio":{}}`)
			s.hear(5)
			quiet := make([]int16, rate/10) // 100 ms of one level, which a byte further is loud
			for i := range quiet {
				quiet[i] = 100
			}
			s.app.say(`{"kind":"AudioData","audioData":{"data":"` + base64.StdEncoding.EncodeToString(appendPCM(nil, quiet)) + `"}}`)
			synctest.Wait()
			for range 10 {
				f := make(audio.Frame, 320)
				s.ReadFrame(f)
				for _, sample := range f {
					if sample > 200 || sample < -200 {
						t.Errorf("at %d Hz a sample of 100 is heard as %d", rate, sample)
						return
					}
				}
			}
		})
	}
}

func TestAudioOfOneWayStreamsIsNotHeard(t *testing.T) {
	stream(t, Config{}, nil, func(s *session) {
		s.app.say(says(tone(25), ""))
		if loud := s.hear(10); loud != 0 {
			t.Errorf("%d frames were heard", loud)
		}
	})
}

func TestStreamsShareABudget(t *testing.T) {
	var dialer *Dialer
	stream(t, Config{Bidirectional: true}, func(s *session) { s.dialer.Budget = NewBudget(2 * 320 * 30); dialer = s.dialer }, func(s *session) {
		s.app.say(says(tone(20), ""))
		s.app.say(says(tone(20), "")) // would be 40 frames
		synctest.Wait()
		if n := s.playout.waiting(); n != 20*320 || s.dialer.Counts.Refused.Load() != 1 {
			t.Errorf("%d samples wait, %d refused", n, s.dialer.Counts.Refused.Load())
		}
		s.hear(15)
		s.app.say(says(tone(20), ""))
		synctest.Wait()
		if n := s.playout.waiting(); n != 25*320 {
			t.Errorf("%d samples wait after some were played", n)
		}
	})
	if used := dialer.Budget.Used(); used != 0 {
		t.Errorf("%d bytes are charged after the end", used)
	}
}

func TestBusyApplicationsAloneAreDialledAgain(t *testing.T) {
	for _, test := range []struct {
		status, dials int
	}{{404, 1}, {401, 1}, {503, 4}, {429, 4}} {
		stream(t, Config{}, func(s *session) { s.app.status = test.status }, func(s *session) {
			time.Sleep(10 * time.Second)
			synctest.Wait()
			if len(s.reports) != 1 || s.app.dials != test.dials {
				t.Fatalf("%d: reports %v after %d tries, want one after %d", test.status, s.reports, s.app.dials, test.dials)
			}
			failed, _ := s.reports[0].(Failed)
			var status *StatusError
			if !errors.As(failed.Err, &status) || status.Status != test.status || failed.Interrupted || strings.Contains(failed.Err.Error(), "secret") {
				t.Errorf("%d: %+v", test.status, failed)
			}
		})
	}
}

// TestStreamComesBackAfterAnInterruption: with new metadata, and with the present
// sound.
func TestStreamComesBackAfterAnInterruption(t *testing.T) {
	stream(t, Config{}, nil, func(s *session) {
		s.tick(10, loud)
		s.app.conn.Close()
		s.tick(50, loud)
		if n := len(s.app.got("AudioMetadata")); n != 2 || s.app.dials != 2 {
			t.Errorf("%d times metadata after %d dials", n, s.app.dials)
		}
		if n := len(s.app.got("AudioData")); n < 45 {
			t.Errorf("%d frames of 60 came", n)
		}
		if len(s.reports) != 1 || s.dialer.Counts.Reconnected.Load() != 1 {
			t.Errorf("reports: %v", s.reports)
		}
		s.app.status = 410
		s.app.conn.Close()
		s.tick(60, loud)
		if failed, ok := s.reports[len(s.reports)-1].(Failed); !ok || !failed.Interrupted {
			t.Errorf("reports: %v", s.reports)
		}
	})
}

// TestDeafApplicationDelaysNothing: an application that does not read is given up
// after 5 s, and the mix never waits for it.
func TestDeafApplicationDelaysNothing(t *testing.T) {
	stream(t, Config{}, func(s *session) { s.app.deaf = true }, func(s *session) {
		began := time.Now()
		s.tick(400, loud)
		if took := time.Since(began); took != 8*time.Second {
			t.Errorf("400 ticks took %v", took)
		}
		if s.app.dials < 2 {
			t.Error("the connection was not given up")
		}
	})
}

// TestUselessMessagesEndNoStream: samples of Microsoft's answer every message of a stream
// with "Echo: " and the message, or in binary.
func TestUselessMessagesEndNoStream(t *testing.T) {
	for name, useless := range map[string]func(*application){
		"no JSON":   func(a *application) { a.say(`Echo: {"kind":"AudioData"}`) },
		"no base64": func(a *application) { a.say(`{"kind":"AudioData","audioData":{"data":"%%%"}}`) },
		"binary": func(a *application) {
			if err := wsutil.WriteServerBinary(a.conn, []byte(`{"kind":"StopAudio"}`)); err != nil {
				a.t.Fatal(err)
			}
		},
	} {
		stream(t, Config{Bidirectional: true}, nil, func(s *session) {
			for range 100 {
				useless(s.app)
			}
			s.tick(1, none)
			s.app.say(says(tone(20), ""))
			s.tick(1, none)
			if s.app.dials != 1 || len(s.reports) != 1 {
				t.Errorf("%s: %d connections, reports %v", name, s.app.dials, s.reports)
			}
			if n := s.playout.waiting(); n != 20*320 || s.dialer.Counts.Refused.Load() != 100 {
				t.Errorf("%s: %d samples wait, %d messages are refused", name, n, s.dialer.Counts.Refused.Load())
			}
		})
	}
}

func TestURLs(t *testing.T) {
	for text, want := range map[string]string{
		"wss://app.example/x?y=z": "wss://app.example/x?y=z", "ws://127.0.0.1:8080": "ws://127.0.0.1:8080", "WSS://app.example": "wss://app.example",
		"https://app.example/x": "wss://app.example/x", "http://127.0.0.1:8080": "ws://127.0.0.1:8080", " wss://app.example\n": "wss://app.example",
		"ftp://app.example": "", "app.example": "", "wss://": "", "wss:///x": "", "https:///x": "", "wss://app.example/#f": "", "": "", "wss://a b/": "",
	} {
		if got, err := Address(text); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v; want %q", text, got, err, want)
		}
	}
}
