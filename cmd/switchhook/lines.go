package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// maxLine bounds a line of an answer that goes on, in bytes.
const maxLine = 5 << 20

// lines makes a signed GET and tells the lines of its answer as they come, but
// for empty ones. It returns when the server ends the answer, which is an error,
// or tell fails.
func (c *api) lines(ctx context.Context, path string, tell func(line []byte) error) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.Endpoint.Scheme+"://"+c.Endpoint.Host+path, nil)
	if err != nil {
		return err
	}
	if err := sign(request, nil, c.Key.Base64(), time.Now()); err != nil {
		return err
	}
	patient := http.Client{Transport: c.client.Transport} // without a limit in time
	answer, err := patient.Do(request)
	if err != nil {
		return explain(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(answer.Body, maxAnswer)) // without it there is the status
		return refusal(answer.StatusCode, text)
	}
	scanner := bufio.NewScanner(answer.Body)
	scanner.Buffer(nil, maxLine)
	for scanner.Scan() {
		if line := bytes.TrimSpace(scanner.Bytes()); len(line) > 0 {
			if err := tell(line); err != nil {
				return err
			}
		}
	}
	if err := scanner.Err(); err != nil {
		return fmt.Errorf("the connection to the server was lost: %w", err)
	}
	return errors.New("the server closed the connection")
}
