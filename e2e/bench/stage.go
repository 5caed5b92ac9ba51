package main

import (
	"bytes"
	"context"
	"errors"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/audio/audiotest"
)

const (
	ourNumber  = "+15550100001" // a first start owns it
	echoNumber = "+15550100099"
	echoes     = "echo-numbers: ['" + echoNumber + "']\n"
)

// stage starts a server and an application; both end with the function.
func (b *bench) stage(ctx context.Context, configuration string, prompt []byte, run func(*server, *application) error) error {
	s, err := startServer(ctx, b.binary, b.insides()+configuration)
	if err != nil {
		return err
	}
	a, err := startApplication(ctx, s, prompt)
	if err != nil {
		s.close()
		return err
	}
	err = run(s, a)
	s.close() // before the application, which its last events go to
	return errors.Join(err, a.close())
}

// prompt is what playing calls hear: five seconds of a 16 kHz tone.
func prompt() ([]byte, error) {
	var file bytes.Buffer
	err := audio.WriteWAV(&file, 16000, audiotest.Tone(16000, 5*time.Second, -12, 440))
	return file.Bytes(), err
}

func megabytes(bytes int) float64 { return float64(bytes) / 1e6 }
