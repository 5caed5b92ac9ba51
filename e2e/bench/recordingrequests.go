package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// record starts a recording of each call.
func (a *application) record(connections []string, channels string) ([]string, error) {
	ids := make([]string, len(connections))
	err := each(len(connections), func(i int) error {
		answer, err := a.post("calling/recordings", map[string]any{
			"callConnectionId": connections[i], "recordingContentType": "audio", "recordingChannelType": channels, "recordingFormatType": "wav",
		})
		if err != nil {
			return err
		}
		var made struct{ RecordingID string }
		err = json.Unmarshal(answer, &made)
		ids[i] = made.RecordingID
		return err
	})
	return ids, err
}

// endRecordings stops recordings, and returns when each of them was asked to.
func (a *application) endRecordings(ids []string) (asked map[string]time.Time, err error) {
	asked = make(map[string]time.Time, len(ids))
	var mu sync.Mutex
	return asked, each(len(ids), func(i int) error {
		mu.Lock()
		asked[ids[i]] = time.Now()
		mu.Unlock()
		request, err := http.NewRequest(http.MethodDelete, a.endpoint+"calling/recordings/"+ids[i]+"?api-version="+apiVersion, nil)
		if err != nil {
			return err
		}
		response, err := a.client.Do(request)
		if err != nil {
			return err
		}
		defer response.Body.Close()
		if response.StatusCode != http.StatusNoContent {
			return fmt.Errorf("the stop of a recording: %s", response.Status)
		}
		return nil
	})
}

// each does something so many times, some at once, and returns the first error.
func each(count int, do func(int) error) error {
	var wait sync.WaitGroup
	errs := make(chan error, count)
	slots := make(chan struct{}, requestsAtOnce)
	for i := range count {
		slots <- struct{}{}
		wait.Go(func() {
			defer func() { <-slots }()
			if err := do(i); err != nil {
				errs <- err
			}
		})
	}
	wait.Wait()
	select {
	case err := <-errs:
		return err
	default:
		return nil
	}
}
