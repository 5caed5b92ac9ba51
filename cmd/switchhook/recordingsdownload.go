package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/switchhook/switchhook/internal/admin"
	"github.com/switchhook/switchhook/internal/recording/content"
)

type recordingsDownloadCommand struct {
	ID string `arg:"" help:"Id of the recording, of either kind."`
	To string `default:"." placeholder:"DIR" help:"Directory to write to (the present one). A file that is there already is not replaced."`
}

// Help ends the command's help.
func (recordingsDownloadCommand) Help() string {
	return "Each file is called by its document's name.\n\nExample:\n  switchhook recordings download ID --to /tmp"
}

func (c recordingsDownloadCommand) Run(a *app) error {
	client, err := a.connect(a.root.Recordings.ConnectionString)
	if err != nil {
		return err
	}
	client.client.Timeout = 0 // a file may be of gigabytes
	var r admin.Recording
	if err := client.do(a.ctx, "GET", admin.RecordingsPath+recordingPath(c.ID), managementVersion, nil, &r); err != nil {
		return err
	}
	if len(r.Documents) == 0 {
		return fmt.Errorf("recording %s has no files: it is in the state %s", r.ID, r.State)
	}
	for _, d := range r.Documents {
		for end, part := range map[string]string{d.Format: content.SoundPath, "json": content.MetadataPath} {
			name := filepath.Join(c.To, filepath.Base(d.Name)+"."+end)
			if err := client.download(a.ctx, content.ObjectsPath+d.Name+part, name); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			fmt.Fprintln(a.out, name)
		}
	}
	return nil
}

// download saves an answer as a file, which only its user can read.
func (c *api) download(ctx context.Context, path, name string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.Endpoint.Scheme+"://"+c.Endpoint.Host+path, nil)
	if err != nil {
		return err
	}
	if err := sign(request, nil, c.Key.Base64(), time.Now()); err != nil {
		return err
	}
	answer, err := c.client.Do(request)
	if err != nil {
		return explain(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
		return refusal(answer.StatusCode, text)
	}
	file, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, answer.Body)
	if err = errors.Join(err, file.Close()); err != nil {
		return errors.Join(err, os.Remove(name))
	}
	return nil
}
