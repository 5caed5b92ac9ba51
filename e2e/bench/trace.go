package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"
)

// profileDoor is where the server of the long run shows its insides.
const profileDoor = "127.0.0.1:16060"

// leaveTrace keeps 3 s of a server's execution in a file for go tool trace.
func leaveTrace(ctx context.Context, file string) error {
	const wait, length = 5 * time.Second, 3
	if err := pause(ctx, wait); err != nil {
		return err
	}
	response, err := http.Get(fmt.Sprintf("http://%s/debug/pprof/trace?seconds=%d", profileDoor, length))
	if err != nil {
		return err
	}
	defer response.Body.Close()
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, response.Body); err != nil {
		out.Close()
		return err
	}
	return out.Close()
}
